// Writes what counts: one row for each thing, whose key says what is the same (docs/semantics.md, section 10). So a retry
// and a second tab count nothing.
import { Prisma } from '../../../database/generated/client/client.ts'
import type { DialogueCountKind } from '../../../database/generated/client/enums.ts'

export interface NewCount {
  kind: DialogueCountKind
  /** A card, or what tells one occurrence from another; empty for what counts once in a visit. */
  occurrence: string
  /** Of a goal. */
  score?: number | null
}

/** What counts once in a visit. */
export const countOnce = (kind: DialogueCountKind): NewCount => ({ kind, occurrence: '' })

/** What counts once for each card. */
export const countCard = (kind: DialogueCountKind, cardKey: string): NewCount => ({
  kind,
  occurrence: cardKey,
})

/** What counts each time.
 * @param of.step how many cards had been answered before */
export function countEach(
  kind: 'GOAL_REACHED' | 'MEETING_BOOKED',
  of: { dialogueSessionId: string; step: number; cardKey: string; score?: number | null },
): NewCount {
  const { dialogueSessionId, step, cardKey, score = null } = of
  return { kind, occurrence: `${dialogueSessionId} ${step} ${cardKey}`, score }
}

/** A meeting that an answer has booked. */
export const countBooked = (
  dialogueSessionId: string,
  { step, cardKey }: { step: number; cardKey: string },
): NewCount => countEach('MEETING_BOOKED', { dialogueSessionId, step, cardKey })

/** Inserts counts, as a CTE without its name.
 * @param of.from a CTE `visitor`, which has the visitor's `id` and `sessionId`, and others on which it depends that
 *   anything is counted, in the notation of FROM
 * @param of.known whether the visitor had an e-mail address */
export function insertingCounts(of: {
  workspaceId: string
  dialogueId: string
  counts: NewCount[]
  known: boolean
  at: Date
  from: Prisma.Sql
}): Prisma.Sql {
  const { workspaceId, dialogueId, counts, known, at, from } = of
  return Prisma.sql`
    INSERT INTO "DialogueCount" ("workspaceId", "dialogueId", "kind", "visitorId", "sessionId", "occurrence", "at", "known", "score")
    SELECT ${workspaceId}::uuid, ${dialogueId}::uuid, given."kind", visitor."id", visitor."sessionId", given."occurrence",
      ${at}::timestamptz, ${known}::boolean, given."score"
    FROM ${from}, jsonb_to_recordset(${JSON.stringify(counts)}::jsonb)
      AS given("kind" "DialogueCountKind", "occurrence" text, "score" int)
    ON CONFLICT DO NOTHING`
}
