// Decides whether an event of a Google calendar is busy time. Pure. The content of the event is neither read nor
// needed.
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js'
import { DateTime } from 'luxon'
import { addDays, endOfLocalDate } from '../../availability/rules.ts'
import type { BusyEvent } from '../../ports/calendar-provider.ts'
import type { Interval } from '../../time.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'

export type GoogleEvent = calendar_v3.Schema$Event

/** A working location or a birthday is never busy time, however the event is shown. */
const NEVER_BUSY = ['workingLocation', 'birthday']

/** @param timeZone of the calendar, for events that have dates only; IANA
 * @returns null when the event leaves its owner free
 * @throws CalendarFault when its times cannot be read */
export function busyEventOf(event: GoogleEvent, timeZone: string): BusyEvent | null {
  if (leavesFree(event)) return null
  const { start, end } = intervalOf(event, timeZone)
  return start < end ? { eventId: event.id ?? '', start, end } : null
}

/** Tentative events and unanswered invitations count as busy. */
function leavesFree(event: GoogleEvent): boolean {
  if (event.status === 'cancelled' || event.transparency === 'transparent') return true
  return answerOfOwner(event) === 'declined' || NEVER_BUSY.includes(event.eventType ?? '')
}

/** The owner's answer to an invitation. */
export function answerOfOwner({ attendees }: GoogleEvent): string | undefined {
  return attendees?.find(({ self }) => self)?.responseStatus ?? undefined
}

/** The time of an event. An event that has dates only takes whole days in the calendar's zone.
 * @throws CalendarFault when it cannot be read */
export function intervalOf({ start, end }: GoogleEvent, timeZone: string): Interval {
  return { start: instantOf(start, timeZone), end: instantOf(end, timeZone) }
}

function instantOf(time: calendar_v3.Schema$EventDateTime | undefined, timeZone: string): number {
  if (time?.date) return endOfLocalDate(timeZone, addDays(time.date, -1))
  const instant = DateTime.fromISO(time?.dateTime ?? '', { zone: time?.timeZone ?? timeZone }).toMillis()
  // Time that cannot be read must not be offered as free.
  if (Number.isNaN(instant)) throw new CalendarFault('RETRY', 'An event of the Google calendar has no time.')
  return instant
}
