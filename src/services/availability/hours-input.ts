// Hours as a client sends them: a zone, blocks for every week, and overrides for single dates.
import { z } from 'zod'
import { fault, integer, localDate, localEndTime, localTime, timeZone } from '../input.ts'

export const MAX_WEEKLY_BLOCKS = 100
export const MAX_OVERRIDES = 400
export const MAX_BLOCKS_A_DAY = 50

const blockFields = { start: localTime, end: localEndTime }
const END_AFTER_START = { path: ['end'], ...fault('CONFLICTING', 'Must be after start.') }
const endsAfterStart = ({ start, end }: { start: number; end: number }) => end > start

const dayBlock = z.object(blockFields).refine(endsAfterStart, END_AFTER_START)
const weeklyBlock = z
  .object({ weekday: integer(1, 7), ...blockFields })
  .refine(endsAfterStart, END_AFTER_START)

const dateOverride = z.object({
  date: localDate,
  blocks: z.array(dayBlock).max(MAX_BLOCKS_A_DAY, `Must be at most ${MAX_BLOCKS_A_DAY} blocks.`),
})

const dateOverrides = z
  .array(dateOverride)
  .max(MAX_OVERRIDES, `Must be at most ${MAX_OVERRIDES} dates.`)
  .superRefine((overrides, check) => {
    const dates = new Set<string>()
    for (const [index, { date }] of overrides.entries()) {
      if (dates.has(date)) {
        check.addIssue({
          code: 'custom',
          path: [index, 'date'],
          ...fault('DUPLICATE', 'Must not be the date of another override.'),
        })
      }
      dates.add(date)
    }
  })

/** Blocks may overlap and adjoin; they are stored as sent. `weekday` is 1 for Monday to 7 for Sunday. Omitted overrides
 * keep the existing ones. */
export const hoursInput = z.object({
  agentId: z.string().nullish(),
  timeZone,
  weekly: z.array(weeklyBlock).max(MAX_WEEKLY_BLOCKS, `Must be at most ${MAX_WEEKLY_BLOCKS} blocks.`),
  overrides: dateOverrides.nullish(),
})
