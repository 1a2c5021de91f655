import { expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/services/time.ts'
import { formatCount, formatDuration } from '../../src/services/wording.ts'

it.each([
  [SECOND, '1 second'],
  [90 * SECOND, '90 seconds'],
  [5 * MINUTE, '5 minutes'],
  [90 * MINUTE, '90 minutes'],
  [HOUR, '1 hour'],
  [7 * DAY, '7 days'],
])('words %d ms in the largest unit of which it is a whole number', (ms, words) => {
  expect(formatDuration(ms)).toBe(words)
})

it('words no fraction of a second', () => {
  expect(() => formatDuration(1500.5)).toThrow(RangeError)
  expect(() => formatDuration(250)).toThrow(RangeError)
})

it.each([
  [0, '0'],
  [999, '999'],
  [120_000, '120,000'],
])('writes %d with commas between thousands', (count, words) => {
  expect(formatCount(count)).toBe(words)
})
