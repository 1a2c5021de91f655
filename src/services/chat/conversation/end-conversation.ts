import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { chatOfferClosed, newEvent } from '../../events/new-events.ts'
import { closeOffer } from '../offers/settle-offer.ts'

/** Ends a conversation, rescinds a pending offer and frees the agent's seat.
 * @param end.conversation must be locked
 * @param end.as the state of a chat that an agent has accepted, or that a dialogue leads; any other chat is ABANDONED, or MISSED if an outage of
 *   ours ended it. MISSED also: the agent was removed, and nobody can take the chat
 * @param end.endedById the agent who ends it; left out or null: the visitor or the product does
 * @returns the conversation afterwards */
export async function endConversation(
  services: Pick<Services, 'jobs'>,
  end: {
    tx: Transaction
    conversation: Conversation
    as: 'ENDED' | 'TIMED_OUT' | 'MISSED'
    endedById?: string | null
    now: Date
  },
): Promise<Conversation> {
  const { tx, conversation, as, endedById = null, now } = end
  const { id: conversationId, workspaceId } = conversation
  const pending = await tx.chatOffer.findFirst({ where: { conversationId, state: 'PENDING' } })
  const rescinded = pending && (await closeOffer(services, { tx, offer: pending, as: 'RESCINDED', now }))
  await tx.chatOffer.updateMany({ where: { conversationId, state: 'ACCEPTED' }, data: { seat: null } })
  const isRequest = conversation.state !== 'ACTIVE' && conversation.state !== 'AUTOMATED'
  const state = isRequest && as !== 'MISSED' ? 'ABANDONED' : as
  const ended = await tx.conversation.update({
    where: { id: conversationId },
    data: { state, endedAt: now, endedById },
  })
  const settled = rescinded ? chatOfferClosed(rescinded) : []
  const events = [...settled, newEvent.conversationChanged(ended)]
  await appendEvents(tx, { workspaceId, at: now, events })
  return ended
}
