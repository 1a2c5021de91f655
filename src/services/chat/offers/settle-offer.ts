// Ends an offer that came to nothing, and lets the chat go on (docs/semantics.md, section 6).
import type { ChatOffer, Conversation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { OfferNoLongerOpenError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { chatOfferClosed, type NewEvent, newEvent } from '../../events/new-events.ts'
import { runTransaction } from '../../transaction.ts'
import { lockConversation } from '../conversation/lock-conversation.ts'
import { nextRequest, offerAgain } from './offer-next.ts'
import { offerStateAt } from './offer-state.ts'

export type Settlement = 'DECLINED' | 'EXPIRED' | 'REVOKED'

/** Settles the offer, and offers a requested chat to the next agent, or lets it be missed. A chat that was to be handed
 * over stays where it is.
 * @returns the offer as settled
 * @throws OfferNoLongerOpenError when it is settled already; when its time is up, for DECLINED */
export async function settleOffer(
  services: Services,
  { offer: { id, conversationId }, as }: { offer: Pick<ChatOffer, 'id' | 'conversationId'>; as: Settlement },
): Promise<ChatOffer> {
  const now = services.clock.now()
  return runTransaction(services, async (tx) => {
    const conversation = await lockConversation(tx, conversationId)
    const present = await tx.chatOffer.findUniqueOrThrow({ where: { id } })
    const isLate = as === 'DECLINED' && offerStateAt(present, now) !== 'PENDING'
    if (present.state !== 'PENDING' || isLate) throw new OfferNoLongerOpenError(offerStateAt(present, now))
    const settled = await closeOffer(services, { tx, offer: present, as, now })
    const told = chatOfferClosed(settled)
    const isOffered = !settled.transferredBy && (await goOn(services, { tx, conversation, told, now }))
    if (isOffered) return settled
    const events = [...told, newEvent.conversationUpdated(conversation)]
    await appendEvents(tx, { workspaceId: conversation.workspaceId, at: now, events })
    return settled
  })
}

/** Gives the seat back. An offer whose time is up has been EXPIRED since then, whatever ends it. */
export async function closeOffer(
  services: Pick<Services, 'jobs'>,
  { tx, offer, as, now }: { tx: Transaction; offer: ChatOffer; as: Settlement | 'RESCINDED'; now: Date },
): Promise<ChatOffer> {
  const state = offerStateAt(offer, now) === 'EXPIRED' ? 'EXPIRED' : as
  const data = { state, seat: null, settledAt: now } as const
  const settled = await tx.chatOffer.update({ where: { id: offer.id }, data })
  await takeBack(services, { tx, settled })
  return settled
}

/** Takes the notification of an offer out of the agent's browsers, where there is one. */
export async function takeBack(
  { jobs }: Pick<Services, 'jobs'>,
  { tx, settled }: { tx: Transaction; settled: ChatOffer },
): Promise<void> {
  if (settled.pushedAt) await jobs.enlist(tx, 'chat-push-settled', [{ offerId: settled.id }])
}

/** @returns whether the chat is offered again, which is told then; else it is missed */
async function goOn(
  services: Services,
  asked: { tx: Transaction; conversation: Conversation; told: NewEvent[]; now: Date },
): Promise<boolean> {
  const { tx, conversation, told, now } = asked
  const { id, workspaceId } = conversation
  const workspace = await tx.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const request = await nextRequest(tx, { conversation, workspace, told, now })
  const offer = request && (await offerAgain(services, { tx, request }))
  if (offer === null) await tx.conversation.update({ where: { id }, data: { state: 'MISSED', endedAt: now } })
  return offer !== null
}
