// Times of events: as clients send them, as the emulator stores them (instants in UTC, or dates), and as Google shows
// them. All-day events follow the calendar's zone.
import { DateTime, IANAZone } from 'luxon'
import { addDays, fromWallTime, type Series, toWallTime } from '../recurrence.ts'
import { badRequest, invalid, timeRangeEmpty } from './errors.ts'
import type { Calendar, EventResource, EventTime } from './state.ts'

export interface Window {
  from: Date
  to: Date
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i
const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/

/** Validates the times of an event.
 * @returns them in their stored form
 * @throws 400 */
export function readTimes(event: EventResource, calendar: Calendar): { start: EventTime; end: EventTime } {
  const isRecurring = (event.recurrence ?? []).length > 0
  const start = readTime(event.start, 'start', { calendar, isRecurring })
  const end = readTime(event.end, 'end', { calendar, isRecurring })
  if (!!start.date !== !!end.date) throw invalid('Invalid start or end time: both must be dates or neither.')
  const from = instantOf(start, calendar)
  const to = instantOf(end, calendar)
  if (to < from || (start.date && to <= from)) throw timeRangeEmpty()
  return { start, end }
}

function readTime(
  time: EventTime | null | undefined,
  which: string,
  { calendar, isRecurring }: { calendar: Calendar; isRecurring: boolean },
): EventTime {
  if (!time?.date && !time?.dateTime) throw badRequest(`Missing ${which} time.`)
  if (time.date && time.dateTime) throw invalid(`Invalid ${which} time.`)
  const { date, dateTime, timeZone } = time
  if (timeZone && !IANAZone.isValidZone(timeZone)) throw invalid(`Invalid time zone: ${timeZone}.`)
  if (date) {
    if (!DateTime.fromFormat(date, 'yyyy-MM-dd').isValid) throw invalid(`Invalid value for: ${date}`)
    return { date }
  }
  if (!timeZone && (isRecurring || LOCAL.test(String(dateTime)))) {
    throw invalid(`Missing time zone definition for ${which} time.`, `parameter ${which}`)
  }
  const zone = timeZone ?? calendar.timeZone
  return { dateTime: toUtc(readDateTime(String(dateTime), zone)), timeZone: zone }
}

/** Reads a time with an offset, or a wall time of the zone. */
function readDateTime(text: string, timeZone: string): Date {
  if (LOCAL.test(text)) return fromWallTime(text.slice(0, 19), timeZone)
  return readInstant(text, 'dateTime')
}

/** Reads a time of the query or of a free/busy request.
 * @throws 400 */
export function readInstant(text: string, name: string): Date {
  const instant = new Date(text)
  if (!RFC_3339.test(text) || Number.isNaN(instant.getTime()))
    throw badRequest('Bad Request', `parameter ${name}`)
  return instant
}

/** An instant as Google writes it: without fractions, with the zone's offset. */
export function showInstant(instant: Date, timeZone: string): string {
  return String(DateTime.fromJSDate(instant, { zone: timeZone }).toISO({ suppressMilliseconds: true }))
}

export const toUtc = (instant: Date) => instant.toISOString().replace(/\.\d+Z$/, 'Z')

/** @param timeZone of the answer */
export function toTimeJson(time: EventTime | null | undefined, timeZone: string): EventTime | undefined {
  if (!time?.dateTime) return time ?? undefined
  return { ...time, dateTime: showInstant(new Date(time.dateTime), timeZone) }
}

export function instantOf(time: EventTime | null | undefined, calendar: Calendar): Date {
  if (time?.date) return fromWallTime(time.date, calendar.timeZone)
  return new Date(String(time?.dateTime))
}

export function spanOf(event: EventResource, calendar: Calendar): { start: Date; end: Date } {
  return { start: instantOf(event.start, calendar), end: instantOf(event.end, calendar) }
}

/** Both bounds are exclusive, like `timeMin` and `timeMax`. */
export function isWithin(event: EventResource, calendar: Calendar, { from, to }: Window): boolean {
  const { start, end } = spanOf(event, calendar)
  return (end > from || (start.getTime() === end.getTime() && start >= from)) && start < to
}

export function seriesOf(event: EventResource, calendar: Calendar): Series {
  const timeZone = event.start?.timeZone ?? calendar.timeZone
  const wall = (time: EventTime | null | undefined) =>
    time?.date ?? toWallTime(new Date(String(time?.dateTime)), timeZone)
  return {
    start: wall(event.start),
    end: wall(event.end),
    timeZone: event.start?.date ? calendar.timeZone : timeZone,
    recurrence: event.recurrence ?? [],
  }
}

/** `20300304T140000Z` or `20300304`, which identifies an occurrence within its series. */
export function originalStartKey(time: EventTime): string {
  return (time.date ?? toUtc(new Date(String(time.dateTime)))).replaceAll(/[-:]/g, '')
}

/** @param time a date, an instant with its offset, or Google's own form */
export function toEventTime(time: string | EventTime): EventTime {
  if (typeof time !== 'string') return time
  return time.length === 10 ? { date: time } : { dateTime: time }
}

/** The end of an event when none is given: an hour after the start, or a day after a date. */
export function defaultEnd(start: EventTime): EventTime {
  if (start.date) return { date: addDays(start.date, 1) }
  const from = readDateTime(String(start.dateTime), start.timeZone ?? 'UTC')
  return { ...start, dateTime: toUtc(new Date(from.getTime() + 60 * 60_000)) }
}
