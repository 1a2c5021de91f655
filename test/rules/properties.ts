// What must hold for any schedule, agent and range. It is separate from the tests, because it is also run in processes
// with other time zones.
import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { openIntervals, openStretches } from '../../src/services/availability/rules.ts'
import { findSlots, isFree, refuseSlot } from '../../src/services/booking/slots/rules.ts'
import type { Interval } from '../../src/services/time.ts'
import { bookings, schedules } from './arbitraries.ts'
import * as oracle from './oracle.ts'
import { statusEqualsOracle } from './status-properties.ts'

const MINUTE = 60_000
/** The number of random inputs for each property; `npm run soak` tries many more. */
export const RUNS = Number(process.env.PROPERTY_RUNS ?? 200)
const LONGEST_RANGE_DAYS = 62

/** Each property by name; `check` throws with the seed and the smallest counterexample. */
export const PROPERTIES: readonly { name: string; check(numRuns: number): void }[] = [
  { name: 'open time equals that of the minute-by-minute oracle', check: openTimeEqualsOracle },
  { name: 'slots equal those of the minute-by-minute oracle', check: slotsEqualOracle },
  {
    name: 'a slot is bookable exactly if it is offered, and is refused for the right reason',
    check: offeredIsBookable,
  },
  { name: 'a part of a range has the open time and the slots of the whole', check: partOfRangeIsRestriction },
  { name: 'a stretch is open from its start to its end and closed just outside', check: stretchesAreMaximal },
  { name: 'the live-chat status equals that of the minute-by-minute oracle', check: statusEqualsOracle },
]

function openTimeEqualsOracle(numRuns: number): void {
  const property = fc.property(schedules(), ({ schedule, range }) => {
    const expected = oracle.openIntervals(new oracle.OpenMinutes(schedule), range)
    deepStrictEqual(openIntervals(schedule, range), expected)
  })
  fc.assert(property, { numRuns })
}

function slotsEqualOracle(numRuns: number): void {
  const property = fc.property(bookings(), ({ agent, range, now }) => {
    const expected = oracle.slots(agent, new oracle.OpenMinutes(agent.schedule), { range, now })
    deepStrictEqual(findSlots(agent, { range, now }), expected)
  })
  fc.assert(property, { numRuns })
}

function offeredIsBookable(numRuns: number): void {
  const property = fc.property(bookings(1), fc.nat(), ({ agent, range, now }, offset) => {
    const open = new oracle.OpenMinutes(agent.schedule)
    const offered = new Set(findSlots(agent, { range, now }))
    const asked = [...minutesOf(range), range.start + (offset % (range.end - range.start))]
    for (const startsAt of asked) {
      const refusal = refuseSlot(agent, { startsAt, now })
      deepStrictEqual(refusal, oracle.refusal(agent, open, { startsAt, now }))
      deepStrictEqual(refusal === null, offered.has(startsAt))
      const meeting = { start: startsAt, end: startsAt + agent.durationMinutes * MINUTE }
      deepStrictEqual(isFree(meeting, agent), oracle.isFree(agent, meeting))
    }
  })
  fc.assert(property, { numRuns })
}

function minutesOf({ start, end }: Interval): number[] {
  const minutes: number[] = []
  for (let minute = Math.ceil(start / MINUTE) * MINUTE; minute < end; minute += MINUTE) minutes.push(minute)
  return minutes
}

function partOfRangeIsRestriction(numRuns: number): void {
  const fraction = fc.double({ min: 0, max: 1, noNaN: true })
  const property = fc.property(
    bookings(LONGEST_RANGE_DAYS),
    fraction,
    fraction,
    ({ agent, range, now }, one, other) => {
      const at = (share: number) => range.start + Math.floor(share * (range.end - range.start))
      const part = { start: at(Math.min(one, other)), end: at(Math.max(one, other)) }
      const slots = findSlots(agent, { range, now }).filter(
        (start) => part.start <= start && start < part.end,
      )
      deepStrictEqual(findSlots(agent, { range: part, now }), slots)
      const clipped = openIntervals(agent.schedule, range)
        .map(({ start, end }) => ({ start: Math.max(start, part.start), end: Math.min(end, part.end) }))
        .filter(({ start, end }) => start < end)
      deepStrictEqual(openIntervals(agent.schedule, part), clipped)
    },
  )
  fc.assert(property, { numRuns })
}

function stretchesAreMaximal(numRuns: number): void {
  const property = fc.property(schedules(LONGEST_RANGE_DAYS), ({ schedule, range }) => {
    for (const { start, end } of openStretches(schedule, range)) {
      ok(start < range.end && end > range.start)
      const from = Math.max(start, range.start - LONGEST_RANGE_DAYS * 1440 * MINUTE)
      const to = Math.min(end, range.end + LONGEST_RANGE_DAYS * 1440 * MINUTE)
      deepStrictEqual(openIntervals(schedule, { start: from, end: to }), [{ start: from, end: to }])
      if (start > -Infinity) deepStrictEqual(openIntervals(schedule, { start: start - 1, end: start }), [])
      if (end < Infinity) deepStrictEqual(openIntervals(schedule, { start: end, end: end + 1 }), [])
    }
  })
  fc.assert(property, { numRuns })
}
