// Pieces of SQL that find the rows of a report, and the day of each.
import { Prisma } from '../../database/generated/client/client.ts'
import type { Interval } from '../time.ts'
import type { ReportDays } from './report-range.ts'

/** @returns the starts or the ends of intervals, as Postgres reads them */
export function instants(of: Interval[], edge: 'start' | 'end'): string[] {
  return of.map((interval) => new Date(interval[edge]).toISOString())
}

/** @param column with an instant
 * @returns a condition: the instant is on one of the days */
export function isInRange(column: Prisma.Sql, { time }: Pick<ReportDays, 'time'>): Prisma.Sql {
  const within = time.map(({ start, end }) => {
    const [from, to] = [new Date(start), new Date(end)]
    return Prisma.sql`${column} >= ${from}::timestamptz AND ${column} < ${to}::timestamptz`
  })
  return within.length === 0 ? Prisma.sql`false` : Prisma.sql`(${Prisma.join(within, ' OR ')})`
}

/** @param column with an instant on one of the days
 * @returns the place of the date among those of the range, from 0 on */
export function dayOf(column: Prisma.Sql, { spans }: Pick<ReportDays, 'spans'>): Prisma.Sql {
  const days = spans.map(({ day }) => day ?? -1)
  return Prisma.sql`(${days}::int[])[width_bucket(${column}, ${instants(spans, 'start')}::timestamptz[])]`
}

/** @param rows of a statement that groups by `dayOf`
 * @param options.none what a date without a row has
 * @returns one for each date of the range */
export function byDay<Numbers extends Record<keyof Numbers, number>>(
  rows: (Numbers & { day: number })[],
  { range, none }: { range: ReportDays; none: () => Numbers },
): Numbers[] {
  const days = range.dates.map(none)
  for (const row of rows) {
    const day = days[row.day]
    if (day) addTo(day, row)
  }
  return days
}

/** @returns the sum of records of numbers
 * @param none what no record has */
export function sumOf<Numbers extends Record<keyof Numbers, number>>(
  all: Numbers[],
  none: () => Numbers,
): Numbers {
  const sum = none()
  for (const numbers of all) addTo(sum, numbers)
  return sum
}

function addTo<Numbers extends Record<keyof Numbers, number>>(sum: Numbers, more: Numbers): void {
  for (const name of Object.keys(sum) as (keyof Numbers)[]) {
    sum[name] = (sum[name] + more[name]) as Numbers[keyof Numbers]
  }
}
