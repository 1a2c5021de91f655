// Hours as they are stored: the time zone in a column, weekly blocks and overrides as JSON in the shape of the rules.
// Their values are validated on save; a read checks the shape.
import { z } from 'zod'
import type { Schedule, WeeklyBlock } from './rules.ts'

/** The columns that both tables of hours have for a schedule. */
export interface ScheduleRow {
  timeZone: string
  weekly: unknown
  overrides: unknown
}

const block = z.object({ start: z.number(), end: z.number() })
const weeklyColumn = z.array(block.extend({ weekday: z.number() }))
const overridesColumn = z.array(z.object({ date: z.string(), blocks: z.array(block) }))

/** Weekly blocks for the column. */
export const toWeeklyColumn = (blocks: readonly WeeklyBlock[]) => blocks.map((block) => ({ ...block }))

export function toSchedule({ timeZone, weekly, overrides }: ScheduleRow): Schedule {
  return { timeZone, weekly: weeklyColumn.parse(weekly), overrides: overridesColumn.parse(overrides) }
}
