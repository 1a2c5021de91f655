// Looks into the calendar itself before an agent is booked: what is known of it may be minutes old. A transaction that
// comes to an agent whose calendar was not looked into yet is broken off; the calendar is asked, outside of it, and the
// transaction runs again (docs/semantics.md, section 3).

import { openCalendar } from '../calendars/connection/calendar-access.ts'
import { handleCalendarFault } from '../calendars/fault-policy.ts'
import { CalendarFault } from '../calendars/provider/calendar-fault.ts'
import { readExternalBusyTime, readMovedEvents } from '../calendars/readings/external-busy-time.ts'
import { requestReading } from '../calendars/worker/handle-webhook.ts'
import type { Services } from '../context.ts'
import type { Interval } from '../time.ts'
import type { MeetingCandidate } from './slots/meeting-candidates.ts'
import { isFree } from './slots/rules.ts'

/** A visitor is waiting: for one calendar, and for all of them. */
const DEADLINE_MS = 3000
const DEADLINE_FOR_ALL_MS = 6000

/** What the calendars of agents said, for the time that is asked for. */
export interface Prechecks {
  free: Set<string>
  /** Or could not be read: what is not known is not free. */
  busy: Set<string>
}

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

/** Runs a transaction that may come to agents with calendars that others keep. */
export async function withPrechecks<Answer>(
  services: Services,
  work: (checks: Prechecks) => Promise<Answer>,
): Promise<Answer> {
  const checks: Prechecks = { free: new Set(), busy: new Set() }
  const deadline = AbortSignal.timeout(DEADLINE_FOR_ALL_MS)
  for (;;) {
    try {
      return await work(checks)
    } catch (error) {
      if (!(error instanceof CheckNeeded)) throw error
      const isAgentFree = !deadline.aborted && (await lookInto(services, error))
      checks[isAgentFree ? 'free' : 'busy'].add(error.agentId)
    }
  }
}

/** Breaks the transaction off unless the agent's calendar said that the time is free. To be called once the agent is
 * chosen.
 * @param request.exceptMeetingId the meeting that is to be moved, which is not in its own way */
export function requireChecked(
  { agentId, calendar, isKeptOutside }: MeetingCandidate,
  request: { checks: Prechecks; meeting: { startsAt: Date; endsAt: Date }; exceptMeetingId?: string },
): void {
  const { checks, meeting, exceptMeetingId = null } = request
  if (!isKeptOutside || checks.free.has(agentId)) return
  const time = { start: meeting.startsAt.getTime(), end: meeting.endsAt.getTime() }
  throw new CheckNeeded(agentId, { meeting: time, bufferMinutes: calendar.bufferMinutes, exceptMeetingId })
}

async function lookInto(
  services: Services,
  { agentId, meeting, bufferMinutes, exceptMeetingId }: CheckNeeded,
): Promise<boolean> {
  const { database, calendars, clock } = services
  const connection = await database.calendarConnection.findUnique({ where: { agentId } })
  if (connection === null) return false
  const { api } = calendars[connection.provider]
  if (api === null) return false
  const buffer = bufferMinutes * 60_000
  const window = { start: meeting.start - buffer, end: meeting.end + buffer }
  try {
    const access = openCalendar(services, connection)
    const reading = await api.read(access, window, { deadlineMs: DEADLINE_MS })
    const foreign = await readExternalBusyTime(database, { agentId, reading })
    const moved = await readMovedEvents(database, { agentId, own: reading.own, exceptMeetingId })
    const busy = [...foreign, ...moved]
    if (isFree(meeting, { busy, bufferMinutes })) return true
    // What is new there is to be known to all.
    await requestReading(database, { calendars: { agentId }, at: clock.now() })
  } catch (error) {
    if (!(error instanceof CalendarFault)) throw error
    await handleCalendarFault(services, { connection, fault: error })
  }
  return false
}
