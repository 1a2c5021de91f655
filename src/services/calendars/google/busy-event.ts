// What an event in a Google calendar means for its owner's time. Pure. What it is about plays no part, and is not known.
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js'
import { DateTime } from 'luxon'
import { addDays, endOfLocalDate } from '../../availability/rules.ts'
import type { BusyEvent } from '../../ports/calendar-provider.ts'
import type { Interval } from '../../time.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'

export type GoogleEvent = calendar_v3.Schema$Event

/** Where somebody works, and whose birthday it is, keeps from nothing, whatever the event says. */
const NEVER_BUSY = ['workingLocation', 'birthday']

/** @param timeZone of the calendar, for events that are given in dates; IANA
 * @returns null when it keeps its owner from nothing
 * @throws CalendarFault when its times cannot be read */
export function busyEventOf(event: GoogleEvent, timeZone: string): BusyEvent | null {
  if (leavesFree(event)) return null
  const { start, end } = intervalOf(event, timeZone)
  return start < end ? { eventId: event.id ?? '', start, end } : null
}

/** A tentative event does not, nor does an invitation that the owner has not answered. */
function leavesFree(event: GoogleEvent): boolean {
  if (event.status === 'cancelled' || event.transparency === 'transparent') return true
  return answerOfOwner(event) === 'declined' || NEVER_BUSY.includes(event.eventType ?? '')
}

/** What the calendar's owner answered to an invitation. */
export function answerOfOwner({ attendees }: GoogleEvent): string | undefined {
  return attendees?.find(({ self }) => self)?.responseStatus ?? undefined
}

/** When an event is. One that is given in dates takes those dates as the calendar's zone has them.
 * @throws CalendarFault when it cannot be read */
export function intervalOf({ start, end }: GoogleEvent, timeZone: string): Interval {
  return { start: instantOf(start, timeZone), end: instantOf(end, timeZone) }
}

function instantOf(time: calendar_v3.Schema$EventDateTime | undefined, timeZone: string): number {
  if (time?.date) return endOfLocalDate(timeZone, addDays(time.date, -1))
  const instant = DateTime.fromISO(time?.dateTime ?? '', { zone: time?.timeZone ?? timeZone }).toMillis()
  // Nothing may be offered as free because something could not be read.
  if (Number.isNaN(instant)) throw new CalendarFault('RETRY', 'An event of the Google calendar has no time.')
  return instant
}
