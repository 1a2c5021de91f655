import type { Database } from '../../../database/open.ts'
import { estimateWait } from './rules.ts'

/** How many of the latest chats show how long a chat lasts. */
const CHATS_MEASURED = 20

export interface Wait {
  /** In the queue of the requests to the same agent, team or round robin, from 1. */
  place: number
  /** null: nothing is known. */
  estimatedSeconds: number | null
  /** When the request is missed. */
  until: Date
}

interface WaitRow {
  id: string
  place: number
  until: Date
  activeChats: number
  chatSeconds: number | null
}

/** @returns what visitors are told whose requests wait, by the id of the conversation; null: it does not wait */
export async function readWaits(
  database: Database,
  conversationIds: string[],
): Promise<Map<string, Wait | null>> {
  const rows = await database.$queryRaw<WaitRow[]>`
    SELECT w."id", w."waitUntil" AS "until",
      (
        SELECT count(*)::int FROM "Conversation" q
        WHERE q."workspaceId" = w."workspaceId" AND q."state" = 'REQUESTED' AND q."target" = w."target"
          AND (q."requestedAt", q."id") <= (w."requestedAt", w."id")
      ) AS "place",
      (
        SELECT count(*)::int FROM "Conversation" a
        WHERE a."workspaceId" = w."workspaceId" AND a."state" = 'ACTIVE' AND CASE
          WHEN w."target"->>'agentId' IS NOT NULL THEN a."agentId" = (w."target"->>'agentId')::uuid
          WHEN w."target"->>'teamId' IS NOT NULL THEN EXISTS (
            SELECT FROM "TeamMember" m
            WHERE m."teamId" = (w."target"->>'teamId')::uuid AND m."agentId" = a."agentId"
          )
          ELSE true
        END
      ) AS "activeChats",
      (
        SELECT avg(extract(epoch FROM e."endedAt" - e."acceptedAt"))::float FROM (
          SELECT "acceptedAt", "endedAt" FROM "Conversation"
          WHERE "workspaceId" = w."workspaceId" AND "state" IN ('ENDED', 'TIMED_OUT')
          ORDER BY "requestedAt" DESC LIMIT ${CHATS_MEASURED}
        ) e
      ) AS "chatSeconds"
    FROM "Conversation" w
    WHERE w."id" = ANY (${conversationIds}::uuid[]) AND w."state" = 'REQUESTED'`
  const waits = new Map<string, Wait | null>(conversationIds.map((id) => [id, null]))
  for (const { id, place, until, ...chats } of rows) {
    waits.set(id, { place, until, estimatedSeconds: estimateWait({ place, ...chats }) })
  }
  return waits
}
