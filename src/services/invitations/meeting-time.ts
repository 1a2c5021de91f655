// Formats the time of a meeting in English in the reader's zone. The zone and its offset from UTC are included, because
// the hour that is repeated in autumn would be ambiguous without them.
import { DateTime } from 'luxon'
import { properZoneName } from '../zone-names.ts'

const DATE = 'cccc, d LLLL yyyy'
const TIME = 'HH:mm'

interface MeetingTime {
  startsAt: Date
  endsAt: Date
  timeZone: string
}

/** For example "Tuesday, 8 December 2026, 14:00–14:30 (Europe/Berlin, UTC+01:00)".
 * @throws RangeError for an unknown zone */
export function formatMeetingTime(meeting: MeetingTime): string {
  const { date, time } = describeMeetingTime(meeting)
  return `${date}, ${time}`
}

/** The same in parts: the date of the start, the span with the zone, and the start and end times alone. The span has
 * both dates and zones in full when the date or the offset differs between start and end.
 * @throws RangeError for an unknown zone */
export function describeMeetingTime(meeting: MeetingTime): Record<'date' | 'time' | 'start' | 'end', string> {
  const from = inZone(meeting.startsAt, meeting.timeZone)
  const to = inZone(meeting.endsAt, meeting.timeZone)
  const [start, end] = [from.toFormat(TIME), to.toFormat(TIME)]
  const isOneSpan = from.toISODate() === to.toISODate() && from.offset === to.offset
  const time = isOneSpan
    ? `${start}–${end} (${zone(from)})`
    : `${start} (${zone(from)}) – ${dateAndTime(to)} (${zone(to)})`
  return { date: from.toFormat(DATE), time, start, end }
}

/** For example "Tuesday, 8 December 2026, 14:00 (Europe/Berlin, UTC+01:00)".
 * @throws RangeError for an unknown zone */
export function formatMeetingStart(startsAt: Date, timeZone: string): string {
  const start = inZone(startsAt, timeZone)
  return `${dateAndTime(start)} (${zone(start)})`
}

function inZone(instant: Date, timeZone: string): DateTime {
  const local = DateTime.fromJSDate(instant, { zone: timeZone }).setLocale('en')
  // Without this check Luxon would print "Invalid DateTime" into the mail.
  if (!local.isValid) throw new RangeError(`${timeZone} is not a known time zone.`)
  return local
}

function dateAndTime(local: DateTime): string {
  return local.toFormat(`${DATE}, ${TIME}`)
}

function zone(local: DateTime): string {
  return `${properZoneName(local.zoneName ?? '')}, UTC${local.toFormat('ZZ')}`
}
