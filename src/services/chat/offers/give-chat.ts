// Gives a chat to an agent who has accepted it or takes it over.
import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { type NewEvent, newEvent } from '../../events/new-events.ts'

/** Frees the seat that a chat takes with its present agent, if it has one. */
export async function freeOwnersSeat(tx: Transaction, { id }: Pick<Conversation, 'id'>): Promise<void> {
  await tx.chatOffer.updateMany({
    where: { conversationId: id, state: 'ACCEPTED', seat: { not: null } },
    data: { seat: null },
  })
}

/** @param gift.conversation must be locked
 * @param gift.agentId must have a seat for it
 * @returns the events to append */
export async function giveChat(
  tx: Transaction,
  { conversation, agentId, now }: { conversation: Conversation; agentId: string; now: Date },
): Promise<NewEvent[]> {
  const acceptedAt = conversation.acceptedAt ?? now
  const lastActiveAt = now > conversation.lastActiveAt ? now : conversation.lastActiveAt
  const updated = await tx.conversation.update({
    where: { id: conversation.id },
    data: { state: 'ACTIVE', agentId, acceptedAt, lastActiveAt, agentGoneAt: null },
  })
  return updateEvents(conversation, updated)
}

/** A former agent loses access to the chat, unless the agent may see all conversations. */
function updateEvents(before: Conversation, after: Conversation): NewEvent[] {
  const { agentId: former } = before
  if (former === null) return [newEvent.conversationChanged(after)]
  return [
    newEvent.conversationChanged(after, { formerAgentId: former }),
    newEvent.accessChanged({ agentId: former, conversationId: after.id }),
  ]
}
