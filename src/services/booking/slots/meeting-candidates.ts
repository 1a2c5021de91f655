// Reads the agents of a pool with everything that decides whether they can be booked, in one SQL statement for any
// number of agents (docs/semantics.md, sections 2 and 4).

import { Prisma } from '../../../database/generated/client/client.ts'
import type { CalendarProvider, CalendarState } from '../../../database/generated/client/enums.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { everOpens } from '../../availability/rules.ts'
import { type ScheduleRow, toSchedule } from '../../availability/schedule.ts'
import { KNOWN_FOR_MS } from '../../calendars/rules.ts'
import type { Candidate } from '../../routing/decision.ts'
import type { Ineligibility } from '../../routing/rules.ts'
import type { Interval } from '../../time.ts'
import { type AgentCalendar, LONGEST_RESERVATION_MS } from './rules.ts'

/** `ineligibleBecause` has the reasons that hold for every time. */
export interface MeetingCandidate extends Candidate {
  calendar: AgentCalendar
  /** The busy time of the calendar without the time that is not known, for a time that a precheck asks about. */
  knownBusy: Interval[]
  /** The slots that visitors hold, if `holdsNear` asks for them. */
  held: { startsAt: Date; expiresAt: Date }[]
  /** Whether a provider keeps the calendar, so that it can have busy times that are not stored here yet. */
  hasExternalCalendar: boolean
}

interface CandidateQuery {
  workspaceId: string
  agentIds: string[]
  /** Enough busy time is read to decide every slot that starts in this range. */
  range: Interval
  now: Date
  /** One or several callers whose holds do not count as busy (see `callerOf`): callers can book the time they hold. */
  caller: string | string[]
  /** A meeting that does not count as busy, because it is the one to move. */
  exceptMeetingId?: string
  /** An instant: the holds of visitors within two days of it are read, without those of the caller. */
  holdsNear?: Date
}

/** The caller of no hold: every hold counts as busy. */
export const NO_CALLER = ''

interface CandidateRow extends ScheduleRow {
  agentId: string
  calendarState: CalendarState | null
  calendarProvider: CalendarProvider | null
  /** For an external calendar: the range whose busy time is known, and the time of the reading. */
  knownFrom: Date | null
  knownUntil: Date | null
  knownAt: Date | null
  mayTakeMeetings: boolean
  paused: boolean
  durationMinutes: number
  bufferMinutes: number
  minimumNoticeMinutes: number
  bookingWindowDays: number
  slotStepMinutes: number | null
  /** See `toIntervals`; null when there is no busy time. */
  busy: Uint8Array | null
  held: Date[]
  heldUntil: Date[]
}

/** @returns the candidates in the order of `agentIds`, without removed agents */
export async function readCandidates(
  database: Database | Transaction,
  query: CandidateQuery,
): Promise<MeetingCandidate[]> {
  const { workspaceId, agentIds, range, now, caller, exceptMeetingId } = query
  const from = new Date(range.start)
  const startsAfter = new Date(range.start - LONGEST_RESERVATION_MS)
  const to = new Date(range.end)
  const rows = await database.$queryRaw<CandidateRow[]>`
    SELECT a."id" AS "agentId", c."state" AS "calendarState", c."provider" AS "calendarProvider",
      c."knownFrom", c."knownUntil", c."lastSyncedAt" AS "knownAt", coalesce(p."paused", false) AS "paused",
      EXISTS (
        SELECT FROM "AgentRole" ar JOIN "Role" r ON r."id" = ar."roleId"
        WHERE ar."agentId" = a."id" AND 'CONNECT_CALENDAR' = ANY (r."permissions")
      ) AS "mayTakeMeetings",
      m."timeZone", m."weekly", m."overrides", m."durationMinutes", m."bufferMinutes",
      m."minimumNoticeMinutes", m."bookingWindowDays", m."slotStepMinutes",
      (
        SELECT string_agg(timestamptz_send(t."startsAt") || timestamptz_send(t."endsAt"), '') FROM (
          SELECT r."startsAt", r."endsAt"
          FROM "Reservation" r
          WHERE r."agentId" = a."id"
            AND r."startsAt" > ${startsAfter}::timestamptz - m."bufferMinutes" * interval '1 minute'
            AND r."startsAt" < ${to}::timestamptz + (m."durationMinutes" + m."bufferMinutes") * interval '1 minute'
            AND r."endsAt" > ${from}::timestamptz - m."bufferMinutes" * interval '1 minute'
            AND (r."expiresAt" IS NULL OR r."expiresAt" > ${now}::timestamptz AND r."holder" <> ALL (${[caller].flat()}))
            AND (r."meetingId" IS NULL OR r."meetingId" IS DISTINCT FROM ${exceptMeetingId ?? null}::uuid)
          UNION ALL
          SELECT b."startsAt", b."endsAt"
          FROM "CalendarBusy" b
          WHERE b."connectionId" = c."id"
            AND b."startsAt" < ${to}::timestamptz + (m."durationMinutes" + m."bufferMinutes") * interval '1 minute'
            AND b."endsAt" > ${from}::timestamptz - m."bufferMinutes" * interval '1 minute'
            ${exceptMeetingId === undefined ? Prisma.empty : notTheEventOf(exceptMeetingId)}
        ) t
      ) AS "busy", ${heldNear(query, Prisma.sql`h."startsAt"`)} AS "held",
      ${heldNear(query, Prisma.sql`h."expiresAt"`)} AS "heldUntil"
    FROM unnest(${agentIds}::uuid[]) WITH ORDINALITY AS asked("id", "place")
    JOIN "Agent" a ON a."id" = asked."id"
    JOIN "MeetingAvailability" m ON m."agentId" = a."id"
    LEFT JOIN "CalendarConnection" c ON c."agentId" = a."id"
    LEFT JOIN "RoutingPlace" p ON p."agentId" = a."id" AND p."kind" = 'MEETING'
    WHERE a."workspaceId" = ${workspaceId}::uuid AND a."removedAt" IS NULL
    ORDER BY asked."place"`
  return rows.map((row) => toCandidate(row, now))
}

/** About a day, in any zone.
 * @param column of the holds, in the order of their ids */
function heldNear({ holdsNear, caller, now }: CandidateQuery, column: Prisma.Sql): Prisma.Sql {
  if (holdsNear === undefined) return Prisma.sql`ARRAY[]::timestamptz[]`
  return Prisma.sql`ARRAY (
    SELECT ${column} FROM "Reservation" h
    WHERE h."agentId" = a."id" AND h."startsAt" > ${holdsNear}::timestamptz - interval '2 days'
      AND h."startsAt" < ${holdsNear}::timestamptz + interval '2 days' AND h."expiresAt" > ${now}::timestamptz
      AND h."holder" LIKE 'visitor:%' AND h."holder" <> ALL (${[caller].flat()})
    ORDER BY h."id"
  )`
}

/** A meeting without a reservation, because the agent moved it onto another one, is busy time of the calendar. */
const notTheEventOf = (meetingId: string) => Prisma.sql`
  AND NOT EXISTS (
    SELECT FROM "CalendarEntry" e
    WHERE e."meetingId" = ${meetingId}::uuid AND e."agentId" = a."id" AND e."eventId" = b."eventId"
  )`

/** Whether the agent can keep a meeting or hold that the agent already has: a pause stops only new ones. */
export function mayKeep({ ineligibleBecause }: MeetingCandidate): boolean {
  return ineligibleBecause.every((reason) => reason === 'PAUSED')
}

function toCandidate(row: CandidateRow, now: Date): MeetingCandidate {
  const knownBusy = row.busy === null ? [] : toIntervals(row.busy)
  const schedule = toSchedule(row)
  return {
    agentId: row.agentId,
    ineligibleBecause: ineligibilities(row),
    hasHours: everOpens(schedule, now.getTime()),
    hasExternalCalendar: hasExternalCalendar(row),
    calendar: {
      schedule,
      durationMinutes: row.durationMinutes,
      bufferMinutes: row.bufferMinutes,
      minimumNoticeMinutes: row.minimumNoticeMinutes,
      bookingWindowDays: row.bookingWindowDays,
      slotStepMinutes: row.slotStepMinutes,
      busy: [...knownBusy, ...unknownTimes(row, now)],
    },
    knownBusy,
    held: row.held.map((startsAt, index) => ({ startsAt, expiresAt: row.heldUntil[index] ?? startsAt })),
  }
}

const hasExternalCalendar = ({ calendarProvider }: CandidateRow) =>
  calendarProvider !== null && calendarProvider !== 'BUILT_IN'

/** The time for which no fresh reading of the calendar exists: it counts as busy (docs/semantics.md, section 2). */
function unknownTimes(row: CandidateRow, now: Date): Interval[] {
  if (!hasExternalCalendar(row)) return []
  const { knownFrom, knownUntil, knownAt } = row
  const isKnown = knownAt !== null && now.getTime() - knownAt.getTime() <= KNOWN_FOR_MS
  if (!isKnown || knownFrom === null || knownUntil === null) return [{ start: -Infinity, end: Infinity }]
  return [
    { start: -Infinity, end: knownFrom.getTime() },
    { start: knownUntil.getTime(), end: Infinity },
  ]
}

function ineligibilities({ mayTakeMeetings, calendarState, paused }: CandidateRow): Ineligibility[] {
  const reasons: Ineligibility[] = []
  if (!mayTakeMeetings) reasons.push('NO_PERMISSION')
  if (calendarState === null || calendarState === 'DISCONNECTED') reasons.push('NO_CALENDAR')
  if (calendarState === 'NEEDS_REAUTHENTICATION') reasons.push('NEEDS_REAUTHENTICATION')
  if (paused) reasons.push('PAUSED')
  return reasons
}

/** Postgres's epoch, 2000-01-01, in epoch milliseconds. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1)

/** Decodes start, end, start, end … in the binary form of timestamptz: microseconds since Postgres's epoch, 8 bytes
 * each. A hundred agents have tens of thousands of them; decoding them from text took most of the time of `slots`
 * (docs/benchmarks.md). */
function toIntervals(bytes: Uint8Array): Interval[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const instantAt = (offset: number) =>
    POSTGRES_EPOCH_MS + (view.getInt32(offset) * 2 ** 32 + view.getUint32(offset + 4)) / 1000
  return Array.from({ length: bytes.byteLength / 16 }, (_, index) => ({
    start: instantAt(16 * index),
    end: instantAt(16 * index + 8),
  }))
}
