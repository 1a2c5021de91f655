// What decides which dialogue a visitor gets, as columns of the statement that counts its call.
import { Prisma, type Workspace } from '../../../database/generated/client/client.ts'
import type { OpenSession } from './choose-dialogue.ts'
import { overSince } from './session-rules.ts'
import { IS_OF_VISITOR } from './visitor-facts.ts'

export interface ResolutionFacts
  extends Pick<Workspace, 'dialogueRevision' | 'chatEnabled' | 'allowedOrigins'> {
  /** The visitor's sessions that are not over, and those of its person's other browsers that were answered. */
  open: OpenSession[]
  /** Those, and sessions that are over, whose card has booked a meeting with an answer that is yet to be applied: usually for
   * a moment only. */
  booked: { id: string; isOver: boolean }[]
  /** The visitor's sessions that are over, although nobody has recorded it. */
  stale: { id: string; dialogueId: string }[]
  /** The dialogues that the visitor has completed, or its person once it is verified. */
  completedIds: string[]
  /** The versions whose trigger the visitor has met. */
  metVersionIds: string[]
  /** Whether the workspace has the flow that was asked for. */
  isFlow: boolean
}

const SESSIONS = Prisma.sql`"DialogueSession" s JOIN "Dialogue" d ON d."id" = s."dialogueId"
  LEFT JOIN "Conversation" c ON c."id" = s."conversationId"`

/** Columns of the visitor `v` and its workspace `w`, each with a comma before it.
 * @param asked.flowId null: a dialogue was asked for */
export function resolutionFacts({ flowId, now }: { flowId: string | null; now: Date }): Prisma.Sql {
  const isLive = Prisma.sql`(
    s."seenAt" > ${overSince(now)}::timestamptz AND d."deletedAt" IS NULL AND coalesce(c."state" = 'AUTOMATED', true)
  )`
  const unended = Prisma.sql`
    ${SESSIONS} WHERE s."endedAt" IS NULL`
  return Prisma.sql`, w."dialogueRevision", w."chatEnabled", w."allowedOrigins", (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', s."id", 'dialogueId', s."dialogueId", 'versionId', s."versionId", 'answeredAt', s."answers"->-1->>'at',
        'isTriggered', s."triggeredAt" IS NOT NULL, 'isFlow', d."kind" = 'FLOW'
      )), '[]')
      FROM ${unended} AND ${isLive} AND ${IS_OF_VISITOR} AND (s."visitorId" = v."id" OR s."engagedAt" IS NOT NULL)
    ) AS "open", (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', s."id", 'isOver', s."endedAt" IS NOT NULL OR NOT ${isLive})), '[]')
      FROM ${SESSIONS} WHERE s."bookedStep" = s."step" AND ${IS_OF_VISITOR}
    ) AS "booked", (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', s."id", 'dialogueId', s."dialogueId")), '[]')
      FROM ${unended} AND s."visitorId" = v."id" AND NOT ${isLive}
    ) AS "stale", ARRAY(
      SELECT s."dialogueId" FROM "DialogueSession" s WHERE ${IS_OF_VISITOR} AND s."completedAt" IS NOT NULL
      UNION SELECT e."dialogueId" FROM "DialogueCompletion" e WHERE v."verified" AND e."personId" = v."personId"
    ) AS "completedIds", ARRAY(
      SELECT DISTINCT s."versionId" FROM "DialogueSession" s
      WHERE s."visitorId" = v."id" AND s."triggeredAt" IS NOT NULL
    ) AS "metVersionIds", EXISTS (
      SELECT FROM "Dialogue" f
      WHERE f."id" = ${flowId}::uuid AND f."workspaceId" = v."workspaceId" AND f."kind" = 'FLOW' AND f."deletedAt" IS NULL
    ) AS "isFlow"`
}
