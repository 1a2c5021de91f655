// Random days of a zone, mostly around a change of its clock, and a second implementation of counting by days, which reads
// the wall clock of Intl for each row.
import { expect } from 'vitest'
import { YEARS } from '../../rules/arbitraries.ts'
import { findChanges, readWall } from '../../rules/oracle.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE

export type Random = (below: number) => number

export interface Range {
  from: string
  to: string
  timeZone: string
}

export const pickFrom =
  (random: Random) =>
  <Item>(items: readonly Item[]): Item =>
    items[random(items.length)] as Item

/** @returns the range, and what returns an instant on one of its days or near them */
export function randomRange(random: Random, timeZone: string): { range: Range; anyTime: () => Date } {
  const changes = findChanges(timeZone, YEARS)
  const isNearChange = changes.length > 0 && random(4) > 0
  const middle = isNearChange ? (changes[random(changes.length)] ?? 0) : YEARS.start + random(8000) * DAY
  const dateAt = (instant: number) => readWall(timeZone, instant).date
  const from = dateAt(middle - random(5) * DAY)
  const to = dateAt(middle + random(5) * DAY)
  const anyTime = () => {
    const instant = middle + (random(12) - 6) * DAY
    const sinceMidnight = readWall(timeZone, instant).minute
    const minutes = random(2) === 0 ? random(120) - 60 - sinceMidnight : random(1440)
    return new Date(instant + minutes * MINUTE)
  }
  return { range: { from, to, timeZone }, anyTime }
}

export function dateOf({ timeZone }: Range, instant: Date | string): string {
  return readWall(timeZone, new Date(instant).getTime()).date
}

export function isIn(range: Range, instant: Date | string): boolean {
  const date = dateOf(range, instant)
  return range.from <= date && date <= range.to
}

/** Each date of the range, by the calendar alone. */
export function datesOf({ from, to }: Range): string[] {
  const dates: string[] = []
  for (let time = Date.parse(from); time <= Date.parse(to); time += DAY) {
    dates.push(new Date(time).toISOString().slice(0, 10))
  }
  return dates
}

/** @returns how many rows meet each of the conditions */
export function tally<Row, Name extends string>(
  rows: Row[],
  conditions: Record<Name, (row: Row) => boolean>,
): Record<Name, number> {
  const names = Object.keys(conditions) as Name[]
  const counts = names.map((name) => [name, rows.filter(conditions[name]).length])
  return Object.fromEntries(counts)
}

/** @returns what an answer must have; null: there is nothing to average */
export function averageOf(numbers: number[]): unknown {
  const sum = numbers.reduce((total, number) => total + number, 0)
  return numbers.length === 0 ? null : expect.closeTo(sum / numbers.length, 6)
}
