// Whoever is chatting with a person is told when the person is known better, or turns out to be another.
import { type Conversation, Prisma } from '../../database/generated/client/client.ts'
import { lockConversations } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { appendEvents, type NewEvent } from '../events/append-events.ts'
import { conversationUpdated } from '../events/chat-events.ts'

/** A condition on "Conversation". */
export const IS_OPEN = Prisma.sql`"state" IN ('REQUESTED', 'OFFERED', 'ACTIVE')`

type Whose = { personId: string } | { visitorId: string }

/** Writes the events of all chats that are not over. Called last in a transaction, like `appendEvents`.
 * @param chats.also what else is told */
export async function updateOpenChats(
  tx: Transaction,
  chats: { workspaceId: string; of: Whose; also: NewEvent[]; at: Date },
): Promise<void> {
  const { workspaceId, of, also, at } = chats
  // Locked like everywhere else before the streams, so that whoever writes in one of them never waits for us for ever.
  const open = await lockOpenChats(tx, of)
  const events = [...also, ...open.map((chat) => conversationUpdated(chat))]
  if (events.length > 0) await appendEvents(tx, { workspaceId, at, events })
}

/** @returns the chats that are not over, locked, with the agents who have them */
export function lockOpenChats(tx: Transaction, of: Whose): Promise<Pick<Conversation, 'id' | 'agentId'>[]> {
  const { personId, visitorId } = { personId: null, visitorId: null, ...of }
  return lockConversations(
    tx,
    Prisma.sql`("personId" = ${personId}::uuid OR "visitorId" = ${visitorId}::uuid) AND ${IS_OPEN}`,
  )
}
