// Times in Graph's form: a wall time with seven decimals and without an offset, and the name of a zone.
import { IANAZone } from 'luxon'
import { addDays, fromWallTime, toWallTime } from '../recurrence.ts'
import type { EventTime } from './model.ts'
import { badRequest } from './refusals.ts'
import { ianaOfWindows } from './windows-zones.ts'

interface DateTimeTimeZone {
  dateTime: string
  timeZone: string
}

/** @returns the IANA name of a zone given by its Windows or IANA name; undefined when Graph does not know it */
export function findZone(name: string): string | undefined {
  if (/^(utc|etc\/utc|tzone:\/\/microsoft\/utc)$/i.test(name)) return 'UTC'
  const windows = ianaOfWindows(name)
  if (windows !== undefined) return windows
  return IANAZone.isValidZone(name) ? name : undefined
}

/** @throws GraphRefusal when Graph does not know the zone */
function requireZone(name: string): string {
  const zone = findZone(name)
  if (zone === undefined) {
    throw badRequest(
      'TimeZoneNotSupportedException',
      `A valid TimeZone value must be specified. The following TimeZone value is not supported: '${name}'.`,
    )
  }
  return zone
}

/** Reads the start or end that a client sent.
 * @returns the wall time in the zone that the client named */
export function readDateTime(
  value: unknown,
  field: string,
): { wall: string; zone: string; zoneName: string } {
  const { dateTime, timeZone } = (value ?? {}) as Partial<DateTimeTimeZone>
  if (typeof dateTime !== 'string' || typeof timeZone !== 'string') {
    throw badRequest('ErrorPropertyValidationFailure', `At least one property failed validation: ${field}.`)
  }
  const zone = requireZone(timeZone)
  const [, wall, fraction, offset] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.exec(
      /^\d{4}-\d\d-\d\d$/.test(dateTime) ? `${dateTime}T00:00:00` : dateTime,
    ) ?? []
  if (wall === undefined || Number.isNaN(Date.parse(`${wall}Z`))) {
    throw badRequest('ErrorInvalidProperty', `The value '${dateTime}' of ${field} is no date and time.`)
  }
  if (offset === undefined)
    return { wall: wall.length === 16 ? `${wall}:00` : wall, zone, zoneName: timeZone }
  const instant = new Date(`${wall}${fraction ?? ''}${offset}`)
  return { wall: toWallTime(instant, zone), zone, zoneName: timeZone }
}

/** Reads a parameter such as `startDateTime`, which is in UTC unless it has an offset. */
export function readInstant(text: string, name: string): Date {
  const withTime = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text
  // A "+" that was not escaped arrives as a space.
  const instant = new Date(
    /(Z|[+ -]\d\d:\d\d)$/i.test(withTime) ? withTime.replace(' ', '+') : `${withTime}Z`,
  )
  if (Number.isNaN(instant.getTime())) {
    throw badRequest('ErrorInvalidParameter', `The value '${text}' of parameter '${name}' is invalid.`)
  }
  return instant
}

/** @param mailboxZone the zone of all-day events */
export function instantsOf(time: EventTime, mailboxZone: string): { start: Date; end: Date } {
  const zone = time.isAllDay ? mailboxZone : time.zone
  return { start: fromWallTime(time.start, zone), end: fromWallTime(time.end, zone) }
}

/** @param shownIn the zone as the client named it */
export function writeInstant(instant: Date, shownIn: string): DateTimeTimeZone {
  return { dateTime: `${toWallTime(instant, requireZone(shownIn))}.0000000`, timeZone: shownIn }
}

/** All-day events are shown at midnight in any zone. */
export function writeDate(date: string, shownIn: string): DateTimeTimeZone {
  return { dateTime: `${date.slice(0, 10)}T00:00:00.0000000`, timeZone: shownIn }
}

/** Moves an event to another start. It keeps its length, which all-day events count in days. */
export function withStart(time: EventTime, start: string): EventTime {
  if (time.isAllDay) {
    const days = Math.round((Date.parse(time.end) - Date.parse(time.start)) / 86_400_000)
    return { ...time, start: start.slice(0, 10), end: addDays(start.slice(0, 10), days) }
  }
  const { start: from, end: to } = instantsOf(time, time.zone)
  const begin = fromWallTime(start, time.zone)
  const end = new Date(begin.getTime() + to.getTime() - from.getTime())
  return { ...time, start, end: toWallTime(end, time.zone) }
}
