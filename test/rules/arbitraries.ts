// Random agents for the properties: any zone of Intl, and times that mostly lie near one of its clock changes.
import fc from 'fast-check'
import type { DateOverride, Schedule } from '../../src/services/availability/rules.ts'
import type { AgentCalendar } from '../../src/services/booking/slots/rules.ts'
import type { Interval } from '../../src/services/time.ts'
import { findChanges } from './oracle.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE
/** The years from which random times are drawn. */
export const YEARS = { start: Date.UTC(2011, 0, 1), end: Date.UTC(2036, 0, 1) }

/** Unusual zones: half hours, changes at midnight, Ramadan, a skipped date, jumps of two and three hours. */
export const ODD_ZONES = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Santiago',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Antarctica/Casey',
  'Antarctica/Troll',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Asia/Pyongyang',
  'Australia/Lord_Howe',
  'Europe/London',
  'Pacific/Apia',
  'Pacific/Chatham',
]

const timeZones = fc.oneof(
  fc.constantFrom(...Intl.supportedValuesOf('timeZone'), 'UTC'),
  fc.constantFrom(...ODD_ZONES),
)

const changesOfZone = new Map<string, number[]>()

function changesOf(timeZone: string): number[] {
  const known = changesOfZone.get(timeZone) ?? findChanges(timeZone, YEARS)
  changesOfZone.set(timeZone, known)
  return known
}

/** A minute in those years. If the zone has clock changes, three of four lie within two days of one. */
function minuteNearChange(timeZone: string): fc.Arbitrary<number> {
  const anywhere = fc
    .integer({ min: YEARS.start / MINUTE, max: YEARS.end / MINUTE - 1 })
    .map((minute) => minute * MINUTE)
  const changes = changesOf(timeZone)
  if (changes.length === 0) return anywhere
  const near = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -2880, max: 1440 }))
    .map(([change, minutes]) => change + minutes * MINUTE)
  return fc.oneof({ arbitrary: near, weight: 3 }, { arbitrary: anywhere, weight: 1 })
}

const boundary = fc.oneof(
  fc.constantFrom(0, 30, 60, 120, 150, 180, 300, 540, 720, 780, 1020, 1380, 1410, 1440),
  fc.integer({ min: 0, max: 1440 }),
)
const block = fc
  .tuple(boundary, boundary)
  .filter(([one, other]) => one !== other)
  .map(([one, other]) => ({ start: Math.min(one, other), end: Math.max(one, other) }))
const wholeDay = { start: 0, end: 1440 }
const WEEK = [1, 2, 3, 4, 5, 6, 7]

const weekly = fc.oneof(
  { arbitrary: fc.array(fc.tuple(fc.constantFrom(...WEEK), block), { maxLength: 12 }), weight: 6 },
  { arbitrary: fc.array(block, { maxLength: 3 }).map((blocks) => everyDay(blocks)), weight: 3 },
  { arbitrary: fc.constant(everyDay([wholeDay])), weight: 1 },
  {
    arbitrary: fc
      .subarray(WEEK)
      .map((days) => everyDay([wholeDay]).filter(([weekday]) => days.includes(weekday))),
    weight: 1,
  },
)

function everyDay<Value>(blocks: readonly Value[]): [number, Value][] {
  return WEEK.flatMap((weekday) => blocks.map((each): [number, Value] => [weekday, each]))
}

function overridesAround(instant: number): fc.Arbitrary<DateOverride[]> {
  const date = fc
    .integer({ min: -4, max: 5 })
    .map((days) => new Date(instant + days * DAY).toISOString().slice(0, 10))
  const blocks = fc.oneof(fc.array(block, { maxLength: 3 }), fc.constant([wholeDay]), fc.constant([]))
  return fc.uniqueArray(fc.record({ date, blocks }), { maxLength: 4, selector: (override) => override.date })
}

/** A schedule and a range, which may begin and end within a minute. */
export function schedules(longestDays = 3): fc.Arbitrary<{ schedule: Schedule; range: Interval }> {
  return timeZones
    .chain((timeZone) => fc.tuple(fc.constant(timeZone), minuteNearChange(timeZone)))
    .chain(([timeZone, minute]) =>
      fc
        .record({
          weekly,
          overrides: overridesAround(minute),
          from: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: MINUTE })),
          length: fc.integer({ min: 1, max: longestDays * DAY }),
        })
        .map((parts) => ({
          schedule: {
            timeZone,
            weekly: parts.weekly.map(([weekday, times]) => ({ weekday, ...times })),
            overrides: parts.overrides,
          },
          range: { start: minute + parts.from, end: minute + parts.from + parts.length },
        })),
    )
}

function busyAround(range: Interval): fc.Arbitrary<Interval[]> {
  const minutes = fc
    .tuple(
      fc
        .integer({ min: Math.floor(range.start / MINUTE) - 300, max: Math.ceil(range.end / MINUTE) + 300 })
        .map((minute) => minute * MINUTE),
      fc.oneof(fc.constantFrom(0, 15, 30, 60), fc.integer({ min: 0, max: 400 })),
    )
    .map(([start, length]) => ({ start, end: start + length * MINUTE }))
  const anything = fc
    .tuple(fc.integer({ min: range.start - DAY, max: range.end + DAY }), fc.integer({ min: 0, max: DAY / 2 }))
    .map(([start, length]) => ({ start, end: start + length }))
  return fc.array(fc.oneof(minutes, anything), { maxLength: 10 })
}

const lengths = fc.oneof(
  fc.constantFrom(15, 25, 30, 45, 50, 60),
  fc.integer({ min: 5, max: 120 }),
  fc.constantFrom(240, 480),
)

/** An agent, a range, and "now", which mostly lies before the range and rarely inside it. */
export function bookings(
  longestDays?: number,
): fc.Arbitrary<{ agent: AgentCalendar; range: Interval; now: number }> {
  return schedules(longestDays).chain(({ schedule, range }) =>
    fc.record({
      range: fc.constant(range),
      now: fc.oneof(
        fc.integer({ min: range.start - 3 * DAY, max: range.start + DAY / 2 }),
        fc
          .integer({ min: -4320, max: 720 })
          .map((minutes) => Math.floor(range.start / MINUTE + minutes) * MINUTE),
      ),
      agent: fc.record({
        schedule: fc.constant(schedule),
        durationMinutes: lengths,
        bufferMinutes: fc.oneof(fc.constantFrom(0, 5, 10, 15), fc.integer({ min: 0, max: 120 })),
        minimumNoticeMinutes: fc.oneof(fc.constantFrom(0, 60, 1440), fc.integer({ min: 0, max: 4000 })),
        bookingWindowDays: fc.oneof(fc.constant(60), fc.integer({ min: 0, max: 6 })),
        slotStepMinutes: fc.option(lengths),
        busy: fc.oneof(fc.constant([]), busyAround(range)),
      }),
    }),
  )
}
