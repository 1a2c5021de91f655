// The range of time that a client may ask for in one query.
import { z } from 'zod'
import { InvalidInputError } from '../../errors.ts'
import { instant, parseInput } from '../input.ts'
import { DAY, type Interval } from '../time.ts'

export const MAX_RANGE_DAYS = 62

const rangeArguments = z.object({ from: instant, to: instant })

/** @returns the interval from `from`, inclusive, to `to`, exclusive
 * @throws InvalidInputError when `to` is not after `from`, or more than 62 days after it */
export function parseRange(raw: { from: string; to: string }): Interval {
  const { from, to } = parseInput(rangeArguments, { from: raw.from, to: raw.to }, [])
  const length = to.getTime() - from.getTime()
  if (length <= 0)
    throw new InvalidInputError([{ path: ['to'], code: 'CONFLICTING', message: 'Must be after from.' }])
  if (length > MAX_RANGE_DAYS * DAY) {
    const message = `Must be at most ${MAX_RANGE_DAYS} days after from.`
    throw new InvalidInputError([{ path: ['to'], code: 'OUT_OF_RANGE', message, limit: MAX_RANGE_DAYS }])
  }
  return { start: from.getTime(), end: to.getTime() }
}
