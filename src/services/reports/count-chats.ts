// Counts the live chats that were requested on the days of a report, and what became of them (docs/reports.md).
import { Prisma } from '../../database/generated/client/client.ts'
import type { Database } from '../../database/open.ts'
import { byDay, dayOf, isInRange } from './in-range.ts'
import type { ReportDays } from './report-range.ts'

export interface ChatCounts {
  requested: number
  /** An agent accepted it. */
  connected: number
  /** It is over, and no agent had accepted it. */
  missed: number
  /** Of those that were missed: the visitor left before. */
  abandoned: number
  /** Of those that were connected: how many are over, and how long they took together. */
  over: number
  seconds: number
}

export const noChats = (): ChatCounts => ({
  requested: 0,
  connected: 0,
  missed: 0,
  abandoned: 0,
  over: 0,
  seconds: 0,
})

export interface ChatCounting {
  workspaceId: string
  range: ReportDays
}

export const REQUESTED_AT = Prisma.sql`c."requestedAt"`

/** A dialogue whose visitor has not come to a live chat, or never did, is no request.
 * @returns a condition: a conversation `c` is one of the report */
export function isRequest({ workspaceId, range }: ChatCounting): Prisma.Sql {
  return Prisma.sql`c."workspaceId" = ${workspaceId}::uuid AND ${isInRange(REQUESTED_AT, range)}
    AND c."state" <> 'AUTOMATED' AND (c."acceptedAt" IS NOT NULL OR c."state" NOT IN ('ENDED', 'TIMED_OUT'))`
}

const LENGTH = Prisma.sql`extract(epoch FROM c."endedAt" - c."acceptedAt")`

/** Of a conversation `c`. */
export const CHAT_COUNTS = Prisma.sql`
  count(*)::int AS "requested",
  count(c."acceptedAt")::int AS "connected",
  count(*) FILTER (WHERE c."acceptedAt" IS NULL AND c."endedAt" IS NOT NULL)::int AS "missed",
  count(*) FILTER (WHERE c."state" = 'ABANDONED')::int AS "abandoned",
  count(${LENGTH})::int AS "over",
  coalesce(sum(${LENGTH}), 0)::float8 AS "seconds"`

/** @returns the counts of each date of the range, in one statement */
export async function countChats(database: Database, counting: ChatCounting): Promise<ChatCounts[]> {
  const { range } = counting
  const rows = await database.$queryRaw<(ChatCounts & { day: number })[]>`
    SELECT ${dayOf(REQUESTED_AT, range)} AS "day", ${CHAT_COUNTS}
    FROM "Conversation" c WHERE ${isRequest(counting)} GROUP BY 1`
  return byDay(rows, { range, none: noChats })
}

/** @returns the counts of each team from which chats were requested, most first, in one statement; none of a team that was
 *   deleted */
export function countChatsOfTeams(
  database: Database,
  counting: ChatCounting,
): Promise<(ChatCounts & { teamId: string })[]> {
  return database.$queryRaw`
    SELECT t."id" AS "teamId", ${CHAT_COUNTS}
    FROM "Conversation" c JOIN "Team" t ON t."workspaceId" = c."workspaceId" AND t."id"::text = c."target"->>'teamId'
    WHERE ${isRequest(counting)}
    GROUP BY t."id" ORDER BY "requested" DESC, t."name"`
}

export interface AgentChats {
  agentId: string
  /** Chats that were offered to the agent, or that it took over. */
  offered: number
  connected: number
  /** Of those that were offered: the agent accepted none of the offers, and let one pass. */
  missed: number
  /** Of the chats that the agent had in the end: how many are over, and how long they took together. */
  over: number
  seconds: number
}

/** @param now decides whether an offer has expired
 * @returns the counts of each agent to whom chats were offered, most first, in one statement */
export function countChatsOfAgents(
  database: Database,
  counting: ChatCounting,
  now: Date,
): Promise<AgentChats[]> {
  return database.$queryRaw`
    WITH taken AS (
      SELECT o."agentId", c."id", bool_or(o."state" = 'ACCEPTED') AS "isAccepted",
        bool_or(o."state" IN ('DECLINED', 'EXPIRED', 'REVOKED') OR o."state" = 'PENDING' AND o."expiresAt" <= ${now}::timestamptz)
          AS "isMissed",
        CASE WHEN c."agentId" = o."agentId" THEN ${LENGTH} END AS "length"
      FROM "Conversation" c JOIN "ChatOffer" o ON o."conversationId" = c."id"
      WHERE ${isRequest(counting)}
      GROUP BY o."agentId", c."id"
    )
    SELECT a."id" AS "agentId", count(*)::int AS "offered",
      count(*) FILTER (WHERE "isAccepted")::int AS "connected",
      count(*) FILTER (WHERE "isMissed" AND NOT "isAccepted")::int AS "missed",
      count("length")::int AS "over", coalesce(sum("length"), 0)::float8 AS "seconds"
    FROM taken JOIN "Agent" a ON a."id" = taken."agentId"
    GROUP BY a."id" ORDER BY "connected" DESC, a."name", a."id"`
}
