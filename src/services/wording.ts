// Limits in words, for messages, descriptions and documentation. Pure.
import { DAY, HOUR, MINUTE, SECOND } from './time.ts'

/** @returns "6,000" for 6000 */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
] as const

/** @returns "5 minutes" for 300,000 ms: in the largest unit of which it is a whole number
 * @throws RangeError for a fraction of a second */
export function formatDuration(ms: number): string {
  const [unit, length] = UNITS.find(([, length]) => ms % length === 0) ?? []
  if (unit === undefined) throw new RangeError(`${ms} ms is not a whole number of seconds.`)
  return formatQuantity(ms / length, unit)
}

/** @returns "1 minute" or "5 minutes" */
function formatQuantity(count: number, unit: string): string {
  return `${formatCount(count)} ${unit}${count === 1 ? '' : 's'}`
}
