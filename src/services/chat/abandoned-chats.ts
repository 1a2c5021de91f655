// Chats that are over by the clock: requests whose visitor has gone before anybody accepted, and active chats that went
// idle or whose agent was removed (docs/semantics.md, section 6).
import type { Database, Transaction } from '../../database/open.ts'
import type { Services } from '../context.ts'
import { runTransaction } from '../transaction.ts'
import { endConversation } from './conversation/end-conversation.ts'
import { lockConversation } from './conversation/lock-conversation.ts'

/** For how long a visitor may be gone before the request is given up: longer than loading a page again takes, also over
 * a slow line or while another node takes over; and not so long that an agent takes a chat in which nobody is. */
export const VISITOR_GONE_MS = 15_000

/** Only those who once followed the chat can be missed: a client that asks now and then never did.
 * @param which.id looks at this one only
 * @returns the ids of requests that wait, of which no node has had a visitor's connection for so long */
export async function readLeftRequests(
  database: Database | Transaction,
  { now, most, id = null }: { now: Date; most: number; id?: string | null },
): Promise<string[]> {
  const goneSince = new Date(now.getTime() - VISITOR_GONE_MS)
  // A request that waits has a pending offer, by which it is found at once, however many chats there are.
  const rows = await database.$queryRaw<{ id: string }[]>`
    SELECT c."id" FROM "ChatOffer" o JOIN "Conversation" c ON c."id" = o."conversationId"
    WHERE o."state" = 'PENDING' AND c."state" IN ('REQUESTED', 'OFFERED')
      AND (${id}::uuid IS NULL OR c."id" = ${id}::uuid)
      AND EXISTS (SELECT FROM "VisitorLease" l WHERE l."conversationId" = c."id")
      AND NOT EXISTS (
        SELECT FROM "VisitorLease" l WHERE l."conversationId" = c."id" AND l."expiresAt" > ${goneSince}::timestamptz
      )
    ORDER BY o."expiresAt", o."id" LIMIT ${most}`
  return rows.map((row) => row.id)
}

/** Nothing happens to one that is not due. */
export async function abandonRequest(services: Services, id: string): Promise<void> {
  const now = services.clock.now()
  await runTransaction(services, async (tx) => {
    const conversation = await lockConversation(tx, id)
    // The visitor may have come back, or somebody accepted, in this moment.
    const isDue = (await readLeftRequests(tx, { now, most: 1, id })).length > 0
    if (isDue) await endConversation(services, { tx, conversation, as: 'ENDED', now })
  })
}

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
