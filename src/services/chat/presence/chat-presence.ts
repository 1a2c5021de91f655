// Whether the agent and the visitor of an open chat are there, by their leases and the clock (docs/semantics.md,
// section 6). A time in which a client could not show itself, because its node stopped or all nodes paused, makes nobody
// gone.
import { Prisma } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { leaseCounts } from '../../presence/lease-counts.ts'
import { SECOND } from '../../time.ts'
import { VISITOR_GONE_MS } from '../abandoned-chats.ts'

/** How long the agent of an active chat may have no console before the chat says so. Long enough for a console to
 * reconnect over a bad line. */
export const AGENT_ABSENT_MS = 30 * SECOND

export interface ChatPresence {
  agentPresent: boolean
  visitorPresent: boolean
}

/** A condition on the row `c` of "Conversation". Accepting the chat is a sign of the agent, whose console may still be
 * opening. Without an agent, and once the chat is over, nobody is present. */
export function isAgentPresent(now: Date): Prisma.Sql {
  const goneSince = new Date(now.getTime() - AGENT_ABSENT_MS)
  return Prisma.sql`(
    c."state" = 'ACTIVE'
    AND NOT EXISTS (SELECT FROM "Agent" a WHERE a."id" = c."agentId" AND a."removedAt" IS NOT NULL)
    AND (EXISTS (
      SELECT FROM "ConsoleLease" lease
      WHERE lease."agentId" = c."agentId" AND ${leaseCounts({ now, goneForMs: AGENT_ABSENT_MS })}
    ) OR EXISTS (
      SELECT FROM "ChatOffer" o
      WHERE o."conversationId" = c."id" AND o."state" = 'ACCEPTED' AND o."seat" IS NOT NULL
        AND o."settledAt" > ${goneSince}::timestamptz
    ))
  )`
}

/** A condition on the row `c` of "Conversation". A visitor that never subscribed, because its client polls, counts as
 * present. An expired lease is deleted after a while: a visitor that was recorded as gone remains so. */
export function isVisitorPresent(now: Date): Prisma.Sql {
  return Prisma.sql`(
    c."state" IN ('REQUESTED', 'OFFERED', 'ACTIVE')
    AND (EXISTS (
      SELECT FROM "VisitorLease" lease
      WHERE lease."conversationId" = c."id" AND ${leaseCounts({ now, goneForMs: VISITOR_GONE_MS })}
    ) OR c."visitorGoneAt" IS NULL AND NOT EXISTS (
      SELECT FROM "VisitorLease" l WHERE l."conversationId" = c."id"
    ))
  )`
}

/** @returns the presence in each conversation that exists, by its id, in one statement */
export async function readChatPresence(
  database: Database | Transaction,
  { ids, now }: { ids: string[]; now: Date },
): Promise<Map<string, ChatPresence>> {
  const rows = await database.$queryRaw<(ChatPresence & { id: string })[]>`
    SELECT c."id", ${isAgentPresent(now)} AS "agentPresent", ${isVisitorPresent(now)} AS "visitorPresent"
    FROM "Conversation" c WHERE c."id" = ANY (${ids}::uuid[])`
  return new Map(rows.map((row) => [row.id, row]))
}
