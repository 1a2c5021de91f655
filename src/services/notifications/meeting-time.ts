// Says in English when a meeting is, on the clock of whoever reads it, with the zone and the offset from UTC,
// without which the hour that is repeated in autumn would be ambiguous.
import { DateTime } from 'luxon'

/** For example "Tuesday, 8 December 2026, 14:00–14:30 (Europe/Berlin, UTC+01:00)". Both ends are written in
 * full when the date or the offset differs between them.
 * @throws RangeError for an unknown zone */
export function formatMeetingTime(meeting: { startsAt: Date; endsAt: Date; timeZone: string }): string {
  const start = inZone(meeting.startsAt, meeting.timeZone)
  const end = inZone(meeting.endsAt, meeting.timeZone)
  if (start.toISODate() !== end.toISODate() || start.offset !== end.offset) {
    return `${dateAndTime(start)} (${zone(start)}) – ${dateAndTime(end)} (${zone(end)})`
  }
  return `${dateAndTime(start)}–${end.toFormat('HH:mm')} (${zone(start)})`
}

/** For example "Tuesday, 8 December 2026, 14:00 (Europe/Berlin, UTC+01:00)".
 * @throws RangeError for an unknown zone */
export function formatMeetingStart(startsAt: Date, timeZone: string): string {
  const start = inZone(startsAt, timeZone)
  return `${dateAndTime(start)} (${zone(start)})`
}

function inZone(instant: Date, timeZone: string): DateTime {
  const local = DateTime.fromJSDate(instant, { zone: timeZone }).setLocale('en')
  // Luxon would print "Invalid DateTime" into somebody's mail.
  if (!local.isValid) throw new RangeError(`Cannot tell the time in the zone ${timeZone}.`)
  return local
}

function dateAndTime(local: DateTime): string {
  return local.toFormat('cccc, d LLLL yyyy, HH:mm')
}

function zone(local: DateTime): string {
  return `${local.zoneName}, UTC${local.toFormat('ZZ')}`
}
