// Expands recurring events. RFC 5545 rules are evaluated on the wall clock of the series' zone, so that nine o'clock
// stays nine o'clock across clock changes; each wall time is then turned into an instant.
import ICAL from 'ical.js'
import { IANAZone } from 'luxon'

export interface Series {
  /** The first occurrence on the wall clock of the zone: `yyyy-MM-ddTHH:mm[:ss]`, or `yyyy-MM-dd` for a whole day. */
  start: string
  /** In the same form; exclusive. */
  end: string
  /** IANA name. */
  timeZone: string
  /** Lines of RFC 5545: `RRULE:…`, `EXDATE…:…`, `RDATE…:…`. If empty, the event occurs once. */
  recurrence: string[]
}

/** An occurrence before exceptions are applied. The caller applies an exception that moved or cancelled it, and finds it
 * by `start`. */
export interface Occurrence {
  /** The original start and end; for a whole day they are midnights in the series' zone. */
  start: Date
  end: Date
  /** The same on the wall clock of the zone, in the form of the series' own times. */
  localStart: string
  localEnd: string
}

interface Line {
  name: string
  parameters: string
  value: string
}

const DAY = 24 * 60 * 60_000
/** A rule with more occurrences until the end of the window is refused. */
const MAX_STEPS = 100_000

/** @returns the occurrences that end after `from` and start before `to`, in order, without those excluded by EXDATE */
export function expandSeries(series: Series, window: { from: Date; to: Date }): Occurrence[] {
  const lines = series.recurrence.map(readLine)
  const excluded = new Set(
    lines.filter(({ name }) => name === 'EXDATE').flatMap((line) => readTimes(line, series)),
  )
  const starts = new Set([
    ...startsByRule(series, lines, window.to),
    ...lines.filter(({ name }) => name === 'RDATE').flatMap((line) => readTimes(line, series)),
  ])
  return [...starts]
    .filter((start) => !excluded.has(start))
    .sort()
    .map((start) => occurrenceAt(start, series))
    .filter(({ start, end }) => end > window.from && start < window.to)
}

/** The occurrence that starts at an instant; undefined when there is none. */
export function occurrenceStartingAt(series: Series, start: Date): Occurrence | undefined {
  const window = { from: new Date(start.getTime() - 1), to: new Date(start.getTime() + 1) }
  return expandSeries(series, window).find((one) => one.start.getTime() === start.getTime())
}

/** The wall time of the zone at an instant: `yyyy-MM-ddTHH:mm:ss`. */
export function toWallTime(instant: Date, timeZone: string): string {
  const localMs = instant.getTime() + zoneNamed(timeZone).offset(instant.getTime()) * 60_000
  return new Date(localMs).toISOString().slice(0, 19)
}

/** The instant of a wall time in the zone. A repeated wall time means its first instant; a skipped one is moved later
 * by the length of the gap.
 * @param wallTime a date stands for its midnight */
export function fromWallTime(wallTime: string, timeZone: string): Date {
  const zone = zoneNamed(timeZone)
  const localMs = Date.parse(wallTime.length === 10 ? `${wallTime}T00:00:00Z` : `${wallTime}Z`)
  if (Number.isNaN(localMs)) throw new RangeError(`"${wallTime}" is not a wall time.`)
  const [before, after] = [localMs - DAY, localMs + DAY].map((probe) => localMs - zone.offset(probe) * 60_000)
  const fitting = [before, after].filter(
    (instant) => instant !== undefined && instant + zone.offset(instant) * 60_000 === localMs,
  )
  return new Date(Math.min(...((fitting.length > 0 ? fitting : [before]) as number[])))
}

/** Adds whole days to a date.
 * @returns `yyyy-MM-dd` */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10)
}

function startsByRule(series: Series, lines: Line[], to: Date): string[] {
  const rules = lines.filter(({ name }) => name === 'RRULE')
  if (rules.length === 0) return [normalise(series.start)]
  const last = toWallTime(new Date(to.getTime() + DAY), series.timeZone)
  return rules.flatMap(({ value }) => {
    const rule = ICAL.Recur.fromString(withLocalUntil(value, series))
    const iterator = rule.iterator(firstTime(normalise(series.start)))
    const starts: string[] = []
    for (let step = 0; step < MAX_STEPS; step++) {
      const next = iterator.next()?.toString()
      if (!next || next > last) return starts
      starts.push(next)
    }
    throw new RangeError(`"${value}" has more than ${MAX_STEPS} occurrences until ${last}.`)
  })
}

/** The rule with its UNTIL as a wall time of the series, because ical.js evaluates it without a zone. */
function withLocalUntil(rule: string, series: Series): string {
  return rule.replace(/UNTIL=([0-9TZ]+)/, (_, until: string) => {
    const local = until.endsWith('Z')
      ? toWallTime(fromWallTime(fromBasic(until.slice(0, -1)), 'UTC'), series.timeZone)
      : fromBasic(until)
    const wanted = isDate(series.start)
      ? local.slice(0, 10)
      : local.length === 10
        ? `${local}T23:59:59`
        : local
    return `UNTIL=${wanted.replaceAll(/[-:]/g, '')}`
  })
}

function occurrenceAt(localStart: string, series: Series): Occurrence {
  const { timeZone } = series
  const start = fromWallTime(localStart, timeZone)
  if (isDate(localStart)) {
    const days = Math.round((Date.parse(series.end) - Date.parse(series.start)) / DAY)
    const localEnd = addDays(localStart, days)
    return { start, end: fromWallTime(localEnd, timeZone), localStart, localEnd }
  }
  // All occurrences last as long as the first one, in elapsed time (RFC 5545, 3.8.5.3).
  const length = fromWallTime(series.end, timeZone).getTime() - fromWallTime(series.start, timeZone).getTime()
  const end = new Date(start.getTime() + length)
  return { start, end, localStart, localEnd: toWallTime(end, timeZone) }
}

function readLine(text: string): Line {
  const [, name = '', parameters = '', value = ''] =
    /^([A-Za-z-]+)((?:;[^:]*)?):(.*)$/.exec(text.trim()) ?? []
  if (!['RRULE', 'EXDATE', 'RDATE'].includes(name.toUpperCase())) {
    throw new RangeError(`"${text}" is not an RRULE, EXDATE or RDATE line.`)
  }
  return { name: name.toUpperCase(), parameters, value }
}

/** The times of an EXDATE or RDATE as wall times of the series. */
function readTimes({ parameters, value }: Line, series: Series): string[] {
  const timeZone = /;TZID=([^;:]+)/i.exec(parameters)?.[1] ?? series.timeZone
  return value.split(',').map((text) => {
    const time = fromBasic(text.replace(/Z$/, ''))
    if (isDate(series.start)) return time.slice(0, 10)
    if (isDate(time)) return `${time}${normalise(series.start).slice(10)}`
    const instant = fromWallTime(time, text.endsWith('Z') ? 'UTC' : timeZone)
    return toWallTime(instant, series.timeZone)
  })
}

const firstTime = (start: string) =>
  isDate(start) ? ICAL.Time.fromDateString(start) : ICAL.Time.fromDateTimeString(start)

const isDate = (time: string) => time.length === 10

/** With seconds and without fractions, as ical.js writes it. */
function normalise(time: string): string {
  if (isDate(time)) return time
  return time.length === 16 ? `${time}:00` : time.slice(0, 19)
}

function fromBasic(text: string): string {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?$/.exec(text) ?? []
  if (!year) throw new RangeError(`"${text}" is not a time of a recurrence.`)
  const date = `${year}-${month}-${day}`
  return hour === undefined ? date : `${date}T${hour}:${minute}:${second}`
}

function zoneNamed(name: string): IANAZone {
  const zone = IANAZone.create(name)
  if (!zone.isValid) throw new RangeError(`"${name}" is not a time zone.`)
  return zone
}
