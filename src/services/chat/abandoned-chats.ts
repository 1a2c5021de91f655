// Ends requests whose visitor left before an agent accepted, and active chats that went idle (docs/semantics.md,
// section 6).
import type { Database, Transaction } from '../../database/open.ts'
import type { Services } from '../context.ts'
import { leaseCounts, WAS_LOST_IN_OUTAGE } from '../presence/lease-counts.ts'
import { endConversation } from './conversation/end-conversation.ts'
import { ifStillDue } from './conversation/if-still-due.ts'

/** How long a visitor may be gone before the request is abandoned. Long enough to reload a page over a slow line or to
 * reconnect to another node, and short enough that agents seldom accept a chat that its visitor has left. */
export const VISITOR_GONE_MS = 15_000

/** A visitor that never subscribed to its chat, because its client polls, has no lease and does not count as gone.
 * @param which.id left out: any request
 * @returns the ids of waiting requests whose visitor has been gone for too long */
export async function readLeftRequests(
  database: Database | Transaction,
  { now, limit, id = null }: { now: Date; limit: number; id?: string | null },
): Promise<string[]> {
  // Every request that is not accepted has a pending offer or a place in the queue. There are few of those, so the search
  // begins with them.
  const rows = await database.$queryRaw<{ id: string }[]>`
    SELECT c."id" FROM (
      SELECT "conversationId" AS "id", "expiresAt" AS "due" FROM "ChatOffer" WHERE "state" = 'PENDING'
      UNION ALL SELECT "id", "waitUntil" FROM "Conversation" WHERE "state" = 'REQUESTED'
    ) open JOIN "Conversation" c ON c."id" = open."id"
    WHERE c."state" IN ('REQUESTED', 'OFFERED')
      AND (${id}::uuid IS NULL OR c."id" = ${id}::uuid)
      AND EXISTS (SELECT FROM "VisitorLease" l WHERE l."conversationId" = c."id")
      AND NOT EXISTS (
        SELECT FROM "VisitorLease" lease
        WHERE lease."conversationId" = c."id" AND ${leaseCounts({ now, goneForMs: VISITOR_GONE_MS })}
      )
    ORDER BY open."due", c."id" LIMIT ${limit}`
  return rows.map((row) => row.id)
}

/** Has no effect on a request whose visitor has not been gone for too long. */
export async function abandonRequest(services: Services, id: string): Promise<void> {
  await ifStillDue(services, { id, readDue: readLeftRequests }, async ({ tx, conversation, now }) => {
    const as = (await wasLostInOutage(tx, id)) ? 'MISSED' : 'ENDED'
    await endConversation(services, { tx, conversation, as, now })
  })
}

/** Whether the visitor was there when its node stopped or all nodes paused, and has not been back since. */
async function wasLostInOutage(tx: Transaction, conversationId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "VisitorLease" lease
    WHERE lease."conversationId" = ${conversationId}::uuid AND ${WAS_LOST_IN_OUTAGE}`
  return rows.length > 0
}

/** @param which.id left out: any chat
 * @returns the ids of active chats that have been idle for too long */
export async function readIdleChats(
  database: Database | Transaction,
  { now, limit, id = null }: { now: Date; limit: number; id?: string | null },
): Promise<string[]> {
  const rows = await database.$queryRaw<{ id: string }[]>`
    SELECT c."id" FROM "Conversation" c
    JOIN "Workspace" w ON w."id" = c."workspaceId"
    WHERE c."state" = 'ACTIVE' AND (${id}::uuid IS NULL OR c."id" = ${id}::uuid)
      AND c."lastActiveAt" <= ${now}::timestamptz - w."idleTimeoutMinutes" * interval '1 minute'
    ORDER BY c."lastActiveAt" LIMIT ${limit}`
  return rows.map((row) => row.id)
}

/** Has no effect on a chat that has not been idle for too long. */
export async function endIdleChat(services: Services, id: string): Promise<void> {
  await ifStillDue(services, { id, readDue: readIdleChats }, (locked) =>
    endConversation(services, { ...locked, as: 'TIMED_OUT' }),
  )
}
