// Hours as they are stored: the zone in a column, weekly blocks and overrides as JSON in the shape of the
// rules. They are checked when they are saved, so that a read need not.
import type { DateOverride, Schedule, WeeklyBlock } from './rules.ts'

/** The columns that make a schedule, of either table of hours. */
export interface ScheduleRow {
  timeZone: string
  /** WeeklyBlock[] */
  weekly: unknown
  /** DateOverride[] */
  overrides: unknown
}

export function toSchedule({ timeZone, weekly, overrides }: ScheduleRow): Schedule {
  return { timeZone, weekly: weekly as WeeklyBlock[], overrides: overrides as DateOverride[] }
}
