// Counts the meetings that were booked on the days of a report, and what became of them (docs/reports.md).
import { Prisma } from '../../database/generated/client/client.ts'
import type { Database } from '../../database/open.ts'
import { byDay, dayOf, isInRange } from './in-range.ts'
import type { ReportDays } from './report-range.ts'

export interface MeetingCounts {
  booked: number
  cancelled: number
  noShows: number
}

export const noMeetings = (): MeetingCounts => ({ booked: 0, cancelled: 0, noShows: 0 })

/** Of a meeting `m`. */
export const MEETING_COUNTS = Prisma.sql`
  count(*)::int AS "booked",
  count(*) FILTER (WHERE m."status" = 'CANCELLED')::int AS "cancelled",
  count(*) FILTER (WHERE m."outcome" = 'NO_SHOW')::int AS "noShows"`

export interface MeetingCounting {
  workspaceId: string
  range: ReportDays
}

/** @returns a condition: a meeting `m` is one of the report */
export function isReported({ workspaceId, range }: MeetingCounting): Prisma.Sql {
  return Prisma.sql`m."workspaceId" = ${workspaceId}::uuid AND ${isInRange(BOOKED_AT, range)}`
}

export const BOOKED_AT = Prisma.sql`m."bookedAt"`

/** @returns the counts of each date of the range, in one statement */
export async function countMeetings(database: Database, counting: MeetingCounting): Promise<MeetingCounts[]> {
  const { range } = counting
  const rows = await database.$queryRaw<(MeetingCounts & { day: number })[]>`
    SELECT ${dayOf(BOOKED_AT, range)} AS "day", ${MEETING_COUNTS}
    FROM "Meeting" m WHERE ${isReported(counting)} GROUP BY 1`
  return byDay(rows, { range, none: noMeetings })
}

/** @returns the counts of each agent who has one of the meetings, most first, in one statement */
export function countMeetingsOfAgents(
  database: Database,
  counting: MeetingCounting,
): Promise<(MeetingCounts & { agentId: string })[]> {
  return database.$queryRaw`
    SELECT m."agentId", ${MEETING_COUNTS}
    FROM "Meeting" m JOIN "Agent" a ON a."id" = m."agentId"
    WHERE ${isReported(counting)}
    GROUP BY m."agentId", a."name" ORDER BY "booked" DESC, a."name", m."agentId"`
}
