// An agent accepts a chat that was offered.
import { z } from 'zod'
import type { ChatOffer, Conversation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError, OfferNoLongerOpenError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import { once } from '../../idempotency.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, requirePermission } from '../../identity/viewer.ts'
import { idempotencyKey, parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { lockConversation } from '../conversation/lock-conversation.ts'
import { findVisible } from '../conversation/visible-conversations.ts'
import { freeOwnersSeat, giveChat } from './give-chat.ts'
import { offerStateAt } from './offer-state.ts'
import { removeOfferNotification } from './settle-offer.ts'

const acceptChatInput = z.object({ offerId: z.string(), idempotencyKey })

/** @returns the conversation, which now belongs to the viewer
 * @throws ForbiddenError without VIEW_MY_CONVERSATIONS
 * @throws NotFoundError for an offer that is not the viewer's
 * @throws OfferNoLongerOpenError when the offer is settled, or has expired by the clock; also for a retry with the same
 *   key after the viewer handed the chat over
 * @throws InvalidInputError, ConflictError (a key that was used before with other input) */
export async function acceptChat(
  context: RequestContext,
  raw: z.input<typeof acceptChatInput>,
): Promise<Conversation> {
  const viewer = requirePermission(context.viewer, 'VIEW_MY_CONVERSATIONS')
  const { offerId, idempotencyKey: key } = parseInput(acceptChatInput, raw)
  const { workspaceId, agentId } = viewer
  const now = context.clock.now()
  const call = { workspaceId, caller: callerOf(viewer), key, operation: 'acceptChat', input: raw, now }
  return runTransaction(context, async (tx) => {
    const offer = await tx.chatOffer.findFirst({ where: { id: offerId, workspaceId, agentId } })
    if (offer === null) throw new NotFoundError('input.offerId')
    const id = await once(tx, call, () => accept(context, { tx, offer, now }))
    // A retry may come after the agent handed the chat over, and then sees as little of it as any other call.
    const accepted = await findVisible(tx, { id, viewer })
    if (accepted === null) throw new OfferNoLongerOpenError('ACCEPTED')
    return accepted
  })
}

/** @returns the conversation's id */
async function accept(
  context: RequestContext,
  { tx, offer, now }: { tx: Transaction; offer: ChatOffer; now: Date },
): Promise<string> {
  const { id, conversationId } = offer
  const conversation = await lockConversation(tx, conversationId)
  const state = offerStateAt(await tx.chatOffer.findUniqueOrThrow({ where: { id } }), now)
  if (state !== 'PENDING') throw new OfferNoLongerOpenError(state)
  await acceptOffer(context, { tx, offer, conversation, now })
  return conversationId
}

/** Gives the chat to the agent of a pending offer. To be called last in a transaction, like `appendEvents`.
 * @param given.conversation must be locked */
export async function acceptOffer(
  services: Pick<Services, 'jobs'>,
  given: { tx: Transaction; offer: ChatOffer; conversation: Conversation; now: Date },
): Promise<void> {
  const { tx, offer, conversation, now } = given
  const { id, workspaceId, agentId } = offer
  await freeOwnersSeat(tx, conversation)
  const accepted = await tx.chatOffer.update({ where: { id }, data: { state: 'ACCEPTED', settledAt: now } })
  await removeOfferNotification(services, { tx, settled: accepted })
  const events = [
    newEvent.chatOfferSettled(accepted),
    ...(await giveChat(tx, { conversation, agentId, now })),
  ]
  await appendEvents(tx, { workspaceId, at: now, events })
}
