// Open time in every zone at every clock change of 25 years, for schedules that a change affects in different ways.
import { describe, expect, it } from 'vitest'
import { openIntervals, type Schedule } from '../../src/services/availability/rules.ts'
import { ODD_ZONES, YEARS } from './arbitraries.ts'
import * as oracle from './oracle.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const ZONES = [...Intl.supportedValuesOf('timeZone'), 'UTC']
const SCHEDULES = {
  'whole days': [[0, 1440]],
  '00:00-06:00': [[0, 360]],
  '01:00-02:00': [[60, 120]],
  '02:30-05:00': [[150, 300]],
  '13:00-18:00': [[780, 1080]],
  '23:00-24:00 and 00:00-01:00': [
    [1380, 1440],
    [0, 60],
  ],
} satisfies Record<string, [number, number][]>

/** Zones with the same clock changes, with the days around each change, and a day without one. */
interface Group {
  zones: string[]
  clock: oracle.WallClock
  ranges: { start: number; end: number }[]
}

function scheduleOf(timeZone: string, blocks: readonly number[][]): Schedule {
  const weekly = [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) =>
    blocks.map(([start = 0, end = 0]) => ({ weekday, start, end })),
  )
  return { timeZone, weekly, overrides: [] }
}

function groupZones(): Group[] {
  const groups = new Map<string, Group>()
  for (const timeZone of ZONES) {
    const changes = oracle.findChanges(timeZone, YEARS)
    const readings = [YEARS.start, ...changes].map((instant) => {
      const { date, minute } = oracle.readWall(timeZone, instant)
      return `${instant} ${date} ${minute}`
    })
    const key = readings.join()
    const instants = [Date.UTC(2026, 5, 15), ...changes]
    const ranges = instants.map((instant) => {
      const start = Math.floor(instant / HOUR) * HOUR - 1.25 * DAY
      return { start, end: start + 2.5 * DAY }
    })
    const group = groups.get(key) ?? { zones: [], clock: new oracle.WallClock(timeZone), ranges }
    group.zones.push(timeZone)
    groups.set(key, group)
  }
  return [...groups.values()]
}

describe('every zone at every clock change from 2011 to 2035', () => {
  const groups = groupZones()

  it.each(Object.entries(SCHEDULES))('is open when the wall clock is inside a block: %s', (_name, blocks) => {
    const wrong: unknown[] = []
    for (const { zones, clock, ranges } of groups) {
      const open = new oracle.OpenMinutes(scheduleOf('', blocks), clock)
      for (const range of ranges) {
        const expected = JSON.stringify(oracle.openIntervals(open, range))
        for (const timeZone of zones) {
          const answer = JSON.stringify(openIntervals(scheduleOf(timeZone, blocks), range))
          if (answer !== expected) wrong.push({ timeZone, range, answer, expected })
        }
      }
    }
    expect(wrong.slice(0, 3)).toEqual([])
  })

  it('covers all zones and more than a thousand ranges', () => {
    expect(groups.flatMap(({ ranges }) => ranges).length).toBeGreaterThan(1000)
    expect(groups.flatMap(({ zones }) => zones)).toHaveLength(ZONES.length)
  })
})

describe('the oracle', () => {
  it.each(ODD_ZONES)('agrees with Intl in every minute around a clock change (%s)', (timeZone) => {
    const clock = new oracle.WallClock(timeZone)
    for (const change of oracle.findChanges(timeZone, YEARS).slice(-4)) {
      for (let minute = change / MINUTE - 360; minute < change / MINUTE + 360; minute++) {
        expect(clock.read(minute)).toEqual(oracle.readWall(timeZone, minute * MINUTE))
      }
    }
  })
})
