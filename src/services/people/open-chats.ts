// Whoever is chatting with a person is told when the person is known better, or turns out to be another.
import type { Transaction } from '../../database/open.ts'
import { conversationUpdated } from '../chat/chat-events.ts'
import { appendEvents } from '../events/append-events.ts'

/** Writes the events of all chats that are not over. Called last in a transaction, like `appendEvents`.
 * @param chats.of whose */
export async function updateOpenChats(
  tx: Transaction,
  chats: { workspaceId: string; of: { personId: string } | { visitorId: string }; at: Date },
): Promise<void> {
  const { workspaceId, of, at } = chats
  const { personId, visitorId } = { personId: null, visitorId: null, ...of }
  // Locked like everywhere else before the streams, so that whoever writes in one of them never waits for us for ever.
  const open = await tx.$queryRaw<{ id: string; agentId: string | null }[]>`
    SELECT "id", "agentId" FROM "Conversation"
    WHERE ("personId" = ${personId}::uuid OR "visitorId" = ${visitorId}::uuid)
      AND "state" IN ('REQUESTED', 'OFFERED', 'ACTIVE')
    ORDER BY "id" FOR NO KEY UPDATE`
  if (open.length === 0) return
  await appendEvents(tx, { workspaceId, at, events: open.map((chat) => conversationUpdated(chat)) })
}
