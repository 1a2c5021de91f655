// The open hours of an agent for display. Meetings within them are not taken into account.
import type { Interval } from '../time.ts'
import { parseRange } from './range.ts'
import { openIntervals } from './rules.ts'
import { type ScheduleRow, toSchedule } from './schedule.ts'

/** @returns the open time clipped to the range, joined and ascending
 * @throws InvalidInputError for a range that is reversed or longer than 62 days */
export function openHours(hours: ScheduleRow, range: { from: string; to: string }): Interval[] {
  return openIntervals(toSchedule(hours), parseRange(range))
}
