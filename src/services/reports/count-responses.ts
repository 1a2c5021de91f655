// How long visitors waited for what agents wrote (docs/reports.md).
import type { Database } from '../../database/open.ts'
import { type ChatCounting, isRequest } from './count-chats.ts'

export interface Responses {
  /** Who wrote them. */
  agentId: string
  /** How many there were, and how long visitors waited for them together. */
  count: number
  seconds: number
}

/** A visitor waits from its first message on that no agent has answered, or from when the chat was accepted if that is
 * later, until an agent's next message. In one statement for the chats of the report. */
export function countResponses(database: Database, counting: ChatCounting): Promise<Responses[]> {
  return database.$queryRaw`
    WITH said AS (
      SELECT m."conversationId", m."seq", m."author", m."agentId", greatest(m."sentAt", c."acceptedAt") AS "at",
        lag(m."author") OVER (PARTITION BY m."conversationId" ORDER BY m."seq") AS "before"
      FROM "Conversation" c JOIN "Message" m ON m."conversationId" = c."id"
      WHERE ${isRequest(counting)} AND c."acceptedAt" IS NOT NULL AND m."author" IN ('VISITOR', 'AGENT')
    ), turn AS (
      SELECT "author", "at", lead("at") OVER next AS "answeredAt", lead("agentId") OVER next AS "answeredBy"
      FROM said WHERE "before" IS DISTINCT FROM "author"
      WINDOW next AS (PARTITION BY "conversationId" ORDER BY "seq")
    )
    SELECT "answeredBy" AS "agentId", count(*)::int AS "count",
      sum(extract(epoch FROM "answeredAt" - "at"))::float8 AS "seconds"
    FROM turn WHERE "author" = 'VISITOR' AND "answeredBy" IS NOT NULL
    GROUP BY 1`
}
