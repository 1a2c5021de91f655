// Settles an offer that was not accepted, and offers the chat to the next agent (docs/semantics.md, section 6).
import type { ChatOffer, Conversation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { OfferNoLongerOpenError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { chatOfferClosed, type NewEvent, newEvent } from '../../events/new-events.ts'
import { runTransaction } from '../../transaction.ts'
import { lockConversation } from '../conversation/lock-conversation.ts'
import { offerOrWaitAgain } from '../waiting/offer-or-wait.ts'
import { nextRequest } from './offer-next.ts'
import { offerStateAt } from './offer-state.ts'

export type Settlement = 'DECLINED' | 'EXPIRED' | 'REVOKED'

/** Settles the offer. A request is offered to the next agent; if there is none, it waits or is
 * MISSED. A chat that was being
 * transferred stays with its agent.
 * @returns the offer afterwards
 * @throws OfferNoLongerOpenError when the offer is settled already, or is to be DECLINED and has expired by the clock */
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
    const precedingEvents = chatOfferClosed(settled)
    const isOffered =
      !settled.transferredBy && (await offerToNextAgent(services, { tx, conversation, precedingEvents, now }))
    if (isOffered) return settled
    const events = [...precedingEvents, newEvent.conversationChanged(conversation)]
    await appendEvents(tx, { workspaceId: conversation.workspaceId, at: now, events })
    return settled
  })
}

/** Records the state and frees the seat. An offer that has expired by the clock becomes EXPIRED, whatever ends it. */
export async function closeOffer(
  services: Pick<Services, 'jobs'>,
  { tx, offer, as, now }: { tx: Transaction; offer: ChatOffer; as: Settlement | 'RESCINDED'; now: Date },
): Promise<ChatOffer> {
  const state = offerStateAt(offer, now) === 'EXPIRED' ? 'EXPIRED' : as
  const data = { state, seat: null, settledAt: now } as const
  const settled = await tx.chatOffer.update({ where: { id: offer.id }, data })
  await removeOfferNotification(services, { tx, settled })
  return settled
}

/** Removes the push notification of an offer from the agent's browsers, if one was sent. */
export async function removeOfferNotification(
  { jobs }: Pick<Services, 'jobs'>,
  { tx, settled }: { tx: Transaction; settled: ChatOffer },
): Promise<void> {
  if (settled.pushedAt) await jobs.enlist(tx, 'chat-push-settled', [{ offerId: settled.id }])
}

/** If there is no next agent, the conversation waits for one with room, or is MISSED.
 * @returns whether the chat was offered again, in which case all events are appended */
async function offerToNextAgent(
  services: Services,
  given: { tx: Transaction; conversation: Conversation; precedingEvents: NewEvent[]; now: Date },
): Promise<boolean> {
  const { tx, conversation, precedingEvents, now } = given
  const { id, workspaceId } = conversation
  const workspace = await tx.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const request = await nextRequest(tx, { conversation, workspace, precedingEvents, now })
  const outcome = request && (await offerOrWaitAgain(services, { tx, request }))
  if (outcome === null || outcome.state === 'MISSED') {
    await tx.conversation.update({ where: { id }, data: { state: 'MISSED', endedAt: now } })
  }
  return outcome?.state === 'OFFERED'
}
