// Hours as they are stored: the zone in a column, weekly blocks and overrides as JSON with the types of the rules. They
// are validated when they are saved, so reads trust them.
import type { DateOverride, Schedule, WeeklyBlock } from './rules.ts'

/** The columns that both tables of hours have for a schedule. */
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
