// Adds up what was counted of dialogues (docs/reports.md). Each statement counts ranges of an index, one for each kind and
// span of time: Postgres does this at half the cost of finding the day of each row.
import { Prisma } from '../../database/generated/client/client.ts'
import type { DialogueCountKind } from '../../database/generated/client/enums.ts'
import type { Database } from '../../database/open.ts'
import type { DaySpan } from './days.ts'
import { instants, sumOf } from './in-range.ts'
import type { ReportDays } from './report-range.ts'

/** What counts of a dialogue, by the names of the API. */
export const KINDS = {
  triggered: 'TRIGGERED',
  engaged: 'ENGAGED',
  completed: 'COMPLETED',
  peopleAcquired: 'PERSON_ACQUIRED',
  meetingsBooked: 'MEETING_BOOKED',
  goalsReached: 'GOAL_REACHED',
} as const satisfies Record<string, DialogueCountKind>

export type DialogueNumber = keyof typeof KINDS
export type DialogueNumbers = Record<DialogueNumber, number>
export const DIALOGUE_NUMBERS = Object.keys(KINDS) as DialogueNumber[]

export interface DialogueCounts {
  total: DialogueNumbers
  /** One for each date of the range; null: not asked for. */
  days: DialogueNumbers[] | null
}

export interface DialogueCounting {
  workspaceId: string
  /** Counted each on its own; null: all of the workspace together. */
  dialogueIds: string[] | null
  range: ReportDays
  /** Only what visitors did whose e-mail address was known by then, or only what others did; null: all. */
  known: boolean | null
  /** Whether the days are asked for, which costs little more than their total. */
  byDay: boolean
}

/** As the partial indexes say, so that Postgres uses them. */
const OF_DIALOGUES = Prisma.sql`
  c."kind" IN ('TRIGGERED', 'ENGAGED', 'COMPLETED', 'PERSON_ACQUIRED', 'MEETING_BOOKED', 'GOAL_REACHED')`

/** The key of the whole workspace. */
export const ALL_DIALOGUES = ''

interface Row {
  dialogueId: string | null
  kind: DialogueCountKind
  /** For each of the spans. */
  counts: number[]
}

/** @returns the counts by dialogue, in one statement; those of a workspace by `ALL_DIALOGUES` */
export async function countDialogues(
  database: Database,
  counting: DialogueCounting,
): Promise<Map<string, DialogueCounts>> {
  const { dialogueIds, range, byDay } = counting
  const spans = byDay
    ? range.spans.filter(({ day }) => day !== null)
    : range.time.map((time) => ({ ...time, day: 0 }))
  const rows = spans.length === 0 ? [] : await readRows(database, { counting, spans })
  const byDialogue = Map.groupBy(rows, ({ dialogueId }) => dialogueId ?? ALL_DIALOGUES)
  return new Map(
    (dialogueIds ?? [ALL_DIALOGUES]).map((id) => {
      const days = addUp(byDialogue.get(id) ?? [], { spans, dates: range.dates.length })
      return [id, { total: sumOf(days, nothing), days: byDay ? days : null }]
    }),
  )
}

function readRows(
  database: Database,
  { counting, spans }: { counting: DialogueCounting; spans: DaySpan[] },
): Promise<Row[]> {
  const { workspaceId, dialogueIds, known } = counting
  const whose =
    dialogueIds === null
      ? {
          id: Prisma.sql`NULL::text`,
          from: Prisma.empty,
          counted: Prisma.sql`c."workspaceId" = ${workspaceId}::uuid`,
        }
      : {
          id: Prisma.sql`d."id"`,
          from: Prisma.sql`"Dialogue" d CROSS JOIN`,
          counted: Prisma.sql`c."dialogueId" = d."id"`,
        }
  const asked =
    dialogueIds === null
      ? Prisma.empty
      : Prisma.sql`WHERE d."id" = ANY (${dialogueIds}::uuid[]) AND d."workspaceId" = ${workspaceId}::uuid`
  const ifKnown = known === null ? Prisma.empty : Prisma.sql`AND c."known" = ${known}`
  return database.$queryRaw<Row[]>`
    SELECT ${whose.id} AS "dialogueId", k."kind"::text, array_agg(found."count" ORDER BY s."place")::int[] AS "counts"
    FROM ${whose.from} unnest(${Object.values(KINDS)}::text[]::"DialogueCountKind"[]) AS k("kind")
    CROSS JOIN unnest(${instants(spans, 'start')}::timestamptz[], ${instants(spans, 'end')}::timestamptz[])
      WITH ORDINALITY AS s("start", "end", "place")
    CROSS JOIN LATERAL (
      SELECT count(*) AS "count" FROM "DialogueCount" c
      WHERE ${whose.counted} AND c."kind" = k."kind" AND ${OF_DIALOGUES}
        AND c."at" >= s."start" AND c."at" < s."end" ${ifKnown}
    ) found
    ${asked}
    GROUP BY 1, 2`
}

function addUp(rows: Row[], { spans, dates }: { spans: DaySpan[]; dates: number }): DialogueNumbers[] {
  const days = Array.from({ length: dates }, nothing)
  for (const { kind, counts } of rows) {
    const name = DIALOGUE_NUMBERS.find((each) => KINDS[each] === kind)
    for (const [index, count] of counts.entries()) {
      const day = days[spans[index]?.day ?? 0]
      if (name && day) day[name] += count
    }
  }
  return days
}

const nothing = (): DialogueNumbers => ({
  triggered: 0,
  engaged: 0,
  completed: 0,
  peopleAcquired: 0,
  meetingsBooked: 0,
  goalsReached: 0,
})
