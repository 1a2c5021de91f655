// Ends an offer that came to nothing, and lets the chat go on (docs/semantics.md, section 6).
import type { ChatOffer, Conversation } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import { OfferNoLongerOpenError } from '../../errors.ts'
import type { Services } from '../context.ts'
import { appendEvents, type NewEvent } from '../events/append-events.ts'
import { runTransaction } from '../transaction.ts'
import { chatOfferClosed, chatOffered, conversationUpdated } from './chat-events.ts'
import { lockConversation } from './lock-conversation.ts'
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
    const events = settled.transferredBy
      ? [...chatOfferClosed(settled), conversationUpdated(conversation)]
      : [...chatOfferClosed(settled), ...(await goOn(services, { tx, conversation, now }))]
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

async function goOn(
  services: Services,
  { tx, conversation, now }: { tx: Transaction; conversation: Conversation; now: Date },
): Promise<NewEvent[]> {
  const workspace = await tx.workspace.findUniqueOrThrow({ where: { id: conversation.workspaceId } })
  const request = await nextRequest(tx, { conversation, workspace, now })
  const offer = request && (await offerAgain(services, { tx, request }))
  return placeRequest(tx, { conversation, offer, now })
}

/** Notes what came of offering a requested chat.
 * @returns what is to be told */
export async function placeRequest(
  tx: Transaction,
  { conversation: { id }, offer, now }: { conversation: Conversation; offer: ChatOffer | null; now: Date },
): Promise<NewEvent[]> {
  const data = offer ? { state: 'OFFERED' as const } : { state: 'MISSED' as const, endedAt: now }
  const updated = conversationUpdated(await tx.conversation.update({ where: { id }, data }))
  if (offer === null) return [updated]
  return [chatOffered(offer), updated, { type: 'RoutingChanged', payload: { kind: 'LIVE_CHAT' } }]
}
