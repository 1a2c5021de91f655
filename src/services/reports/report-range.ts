// The days that a report is about.
import { DateTime } from 'luxon'
import { z } from 'zod'
import { InvalidInputError } from '../../errors.ts'
import { fault, localDate, parseInput, timeZone } from '../input.ts'
import type { Interval } from '../time.ts'
import { type DaySpan, dateAt, datesBetween, spansOf, timeOf } from './days.ts'

/** As long as what is counted is kept. */
export const MAX_REPORT_MONTHS = 24
/** How many days a report is about if nobody says. */
export const DEFAULT_REPORT_DAYS = 30
const YEARS = { first: 1970, last: 9998 }

const date = localDate.refine(
  (value) => !(Number(value.slice(0, 4)) < YEARS.first || Number(value.slice(0, 4)) > YEARS.last),
  fault('OUT_OF_RANGE', `Must be a date of the years ${YEARS.first} to ${YEARS.last}.`),
)

const rangeArguments = z.object({ from: date, to: date, timeZone })
const openRangeArguments = z.object({
  from: date.nullish(),
  to: date.nullish(),
  timeZone: timeZone.nullish(),
})

export interface ReportRange {
  /** Local dates, both inclusive. */
  from: string
  to: string
  timeZone: string
}

/** A range with its days as instants. */
export interface ReportDays extends ReportRange {
  /** Every date of the range. */
  dates: string[]
  /** See `spansOf`. */
  spans: DaySpan[]
  /** See `timeOf`. */
  time: Interval[]
}

/** @throws InvalidInputError for a date or a zone that is none, a range that is reversed, or one of more than 24 months */
export function parseReportRange(raw: { from: string; to: string; timeZone: string }): ReportDays {
  return withDays(parseInput(rangeArguments, raw, []))
}

/** @param raw what is left out or null: the last 30 days up to `to` or today, in the zone of the workspace
 * @param defaults.timeZone of the workspace
 * @throws InvalidInputError like `parseReportRange` */
export function parseOpenReportRange(
  raw: z.input<typeof openRangeArguments>,
  defaults: { timeZone: string; now: Date },
): ReportDays {
  const given = parseInput(openRangeArguments, raw, [])
  const zone = given.timeZone ?? defaults.timeZone
  const to = given.to ?? dateAt(zone, defaults.now.getTime())
  const from =
    given.from ??
    utc(to)
      .minus({ days: DEFAULT_REPORT_DAYS - 1 })
      .toISODate() ??
    to
  return withDays({ from, to, timeZone: zone })
}

const utc = (of: string) => DateTime.fromISO(of, { zone: 'utc' })

function withDays(range: ReportRange): ReportDays {
  const { from, to } = range
  if (to < from) {
    const message = 'Must not be before from.'
    throw new InvalidInputError([{ path: ['to'], code: 'CONFLICTING', message }])
  }
  if (utc(to) > utc(from).plus({ months: MAX_REPORT_MONTHS })) {
    const message = `Must be at most ${MAX_REPORT_MONTHS} months after from.`
    throw new InvalidInputError([{ path: ['to'], code: 'OUT_OF_RANGE', message, limit: MAX_REPORT_MONTHS }])
  }
  const spans = spansOf(range)
  return { ...range, dates: datesBetween(from, to), spans, time: timeOf(spans) }
}
