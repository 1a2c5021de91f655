// The arguments and fields that all reports have.
import { DEFAULT_REPORT_DAYS, MAX_REPORT_MONTHS } from '../services/reports/report-range.ts'

export const VIEWS_REPORTS = 'Requires VIEW_REPORTS.'

/** The cost of what reads more than a few rows. */
export const REPORT_COST = 10
/** The cost counts so many agents or teams. */
export const TYPICAL_PARTS = 20

export const RANGE = {
  from: 'The first day, for example `2026-03-01`.',
  to: `The last day, which is part of the report, for example \`2026-03-31\`. At most ${MAX_REPORT_MONTHS} months after \`from\`.`,
  timeZone:
    'The time zone by whose days is counted. A day on which its clocks change is shorter or longer than others.',
}

export const OPEN_RANGE = {
  from: `${RANGE.from} If omitted or null, the day with which \`to\` ends ${DEFAULT_REPORT_DAYS} days.`,
  to: `${RANGE.to} If omitted or null, today.`,
  timeZone: `${RANGE.timeZone} If omitted or null, that of the workspace.`,
}

/** A day of a report, by the place of its date. */
export function withDates<Numbers>(dates: string[], days: Numbers[]): (Numbers & { date: string })[] {
  return days.flatMap((numbers, index) => {
    const date = dates[index]
    return date === undefined ? [] : { ...numbers, date }
  })
}

export const EVERY_DAY =
  'One for each day of the report in ascending order, also if nothing was counted on it.'

/** @returns the average in the unit of which there are `perUnit` seconds; null if there is nothing to average */
export function average(
  seconds: number,
  { count, perUnit }: { count: number; perUnit: number },
): number | null {
  return count === 0 ? null : seconds / count / perUnit
}
