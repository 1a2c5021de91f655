// The precheck: asks the provider of an agent's calendar before a booking, because the stored busy times can be minutes
// old. A transaction that chooses an agent whose calendar was not yet asked is rolled back. The calendar is asked
// outside of it, and the transaction runs again (docs/semantics.md, section 3).

import { openCalendar } from '../calendars/connection/calendar-access.ts'
import { handleCalendarFault } from '../calendars/fault-policy.ts'
import { CalendarFault } from '../calendars/provider/calendar-fault.ts'
import { readExternalBusyTime, readMovedEvents } from '../calendars/readings/external-busy-time.ts'
import { requestReading } from '../calendars/worker/handle-webhook.ts'
import type { Services } from '../context.ts'
import type { Interval } from '../time.ts'
import type { MeetingCandidate } from './slots/meeting-candidates.ts'
import { isFree } from './slots/rules.ts'

/** The deadlines for one calendar and for all of them are short, because a visitor waits for the answer. */
const DEADLINE_MS = 3000
const DEADLINE_FOR_ALL_MS = 6000

type Precheck = 'FREE' | 'TAKEN' | 'CALENDAR_UNREACHABLE'

/** The results by agent, for the requested time. */
export type Prechecks = Map<string, Precheck>

/** @returns why the agent cannot be booked after the precheck; null when the calendar is free, or was not asked */
export function refusalOf(checks: Prechecks | null, agentId: string): Exclude<Precheck, 'FREE'> | null {
  const found = checks?.get(agentId) ?? 'FREE'
  return found === 'FREE' ? null : found
}

const UNREACHABLE = 'CALENDAR_UNREACHABLE'

class CheckNeeded extends Error {
  readonly agentId: string
  readonly meeting: Interval
  readonly bufferMinutes: number
  readonly exceptMeetingId: string | null
  constructor(
    agentId: string,
    details: { meeting: Interval; bufferMinutes: number; exceptMeetingId: string | null },
  ) {
    super(`The calendar of the agent ${agentId} is to be looked into.`)
    this.agentId = agentId
    this.meeting = details.meeting
    this.bufferMinutes = details.bufferMinutes
    this.exceptMeetingId = details.exceptMeetingId
  }
}

/** Runs a transaction that can choose agents with an external calendar. Runs it again after each precheck. */
export async function withPrechecks<Answer>(
  services: Services,
  work: (checks: Prechecks) => Promise<Answer>,
): Promise<Answer> {
  const checks: Prechecks = new Map()
  const deadline = AbortSignal.timeout(DEADLINE_FOR_ALL_MS)
  for (;;) {
    try {
      return await work(checks)
    } catch (error) {
      if (!(error instanceof CheckNeeded)) throw error
      checks.set(error.agentId, deadline.aborted ? UNREACHABLE : await checkCalendar(services, error))
    }
  }
}

/** Rolls the transaction back unless a precheck found the agent's calendar free. Called as soon as the agent is chosen.
 * @param request.exceptMeetingId the meeting that is moved; its present time does not count as busy */
export function requireChecked(
  { agentId, calendar, hasExternalCalendar }: MeetingCandidate,
  request: { checks: Prechecks; meeting: { startsAt: Date; endsAt: Date }; exceptMeetingId?: string },
): void {
  const { checks, meeting, exceptMeetingId = null } = request
  if (!hasExternalCalendar || checks.get(agentId) === 'FREE') return
  const time = { start: meeting.startsAt.getTime(), end: meeting.endsAt.getTime() }
  throw new CheckNeeded(agentId, { meeting: time, bufferMinutes: calendar.bufferMinutes, exceptMeetingId })
}

async function checkCalendar(
  services: Services,
  { agentId, meeting, bufferMinutes, exceptMeetingId }: CheckNeeded,
): Promise<Precheck> {
  const { database, calendars, clock } = services
  const connection = await database.calendarConnection.findUnique({ where: { agentId } })
  if (connection === null) return UNREACHABLE
  const { api } = calendars[connection.provider]
  if (api === null) return UNREACHABLE
  const buffer = bufferMinutes * 60_000
  const window = { start: meeting.start - buffer, end: meeting.end + buffer }
  try {
    const access = openCalendar(services, connection)
    const reading = await api.read(access, window, { deadlineMs: DEADLINE_MS })
    const foreign = await readExternalBusyTime(database, { agentId, reading, exceptMeetingId })
    const moved = await readMovedEvents(database, { agentId, own: reading.own, exceptMeetingId })
    const busy = [...foreign, ...moved]
    if (isFree(meeting, { busy, bufferMinutes })) return 'FREE'
    // The stored busy times lack this one. A new reading adds it, so that no visitor is offered this time.
    await requestReading(database, { calendars: { agentId }, at: clock.now() })
    return 'TAKEN'
  } catch (error) {
    if (!(error instanceof CalendarFault)) throw error
    await handleCalendarFault(services, { connection, fault: error })
    return UNREACHABLE
  }
}
