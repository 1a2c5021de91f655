// Chats that nobody goes on with: without a message for too long, or without an agent (docs/semantics.md, section 6).
import type { Database, Transaction } from '../../database/open.ts'
import type { Services } from '../context.ts'
import { runTransaction } from '../transaction.ts'
import { endConversation } from './conversation/end-conversation.ts'
import { lockConversation } from './conversation/lock-conversation.ts'

/** @param which.id looks at this one only
 * @returns the ids of active chats that are over by the clock, or whose agent was removed */
export async function readIdleChats(
  database: Database | Transaction,
  { now, most, id = null }: { now: Date; most: number; id?: string | null },
): Promise<string[]> {
  const rows = await database.$queryRaw<{ id: string }[]>`
    SELECT c."id" FROM "Conversation" c
    JOIN "Workspace" w ON w."id" = c."workspaceId"
    JOIN "Agent" a ON a."id" = c."agentId"
    WHERE c."state" = 'ACTIVE' AND (${id}::uuid IS NULL OR c."id" = ${id}::uuid) AND (
      a."removedAt" IS NOT NULL
      OR c."lastActiveAt" <= ${now}::timestamptz - w."idleTimeoutMinutes" * interval '1 minute'
    )
    ORDER BY c."lastActiveAt" LIMIT ${most}`
  return rows.map((row) => row.id)
}

/** Nothing happens to one that is not due. */
export async function endIdleChat(services: Services, id: string): Promise<void> {
  const now = services.clock.now()
  await runTransaction(services, async (tx) => {
    const conversation = await lockConversation(tx, id)
    // Somebody may have written in this moment.
    const isDue = (await readIdleChats(tx, { now, most: 1, id })).length > 0
    if (isDue) await endConversation(services, { tx, conversation, as: 'TIMED_OUT', now })
  })
}
