// The live-chat status in every zone at every clock change from 2020 to 2035.
import { describe, expect, it } from 'vitest'
import { statusAt } from '../../src/services/chat/availability/rules.ts'
import * as oracle from './oracle.ts'
import { Timeline } from './status-oracle.ts'
import { withinHorizon } from './status-properties.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const YEARS = { start: Date.UTC(2020, 0, 1), end: Date.UTC(2036, 0, 1) }
const ZONES = [...Intl.supportedValuesOf('timeZone'), 'UTC']
const SCHEDULES = {
  'whole days': [[0, 1440]],
  '00:00-03:00 and 03:00-06:00': [
    [0, 180],
    [180, 360],
  ],
  '01:00-02:00': [[60, 120]],
  '01:30-01:45 and 02:15-02:45': [
    [90, 105],
    [135, 165],
  ],
  '00:30-01:30': [[30, 90]],
  '02:30-05:00': [[150, 300]],
  '22:00-24:00 and 00:00-01:00': [
    [1320, 1440],
    [0, 60],
  ],
} satisfies Record<string, [number, number][]>

/** When toggles are set relative to a clock change, and how long after that the status is read. */
const SET_AT = [-25 * HOUR, -100 * MINUTE, -20 * MINUTE - 1, 15 * MINUTE]
const SINCE = [0, 50 * MINUTE, 3 * HOUR]
const TOGGLES = [
  { available: null, resetsAtMidnight: false },
  { available: false, resetsAtMidnight: true },
  { available: true, resetsAtMidnight: false },
  { available: true, resetsAtMidnight: true },
]
const SAMPLES = SET_AT.flatMap((setAt) =>
  SINCE.flatMap((since) => TOGGLES.map((toggle) => ({ setAt, since, ...toggle }))),
)
const LOOKED_BACK = 26 * HOUR
const LOOKED_AHEAD = 30 * HOUR

/** Zones with the same clock changes. */
interface Group {
  zones: string[]
  clock: oracle.WallClock
  changes: number[]
}

function groupZones(): Group[] {
  const groups = new Map<string, Group>()
  for (const timeZone of ZONES) {
    const changes = oracle.findChanges(timeZone, YEARS)
    const key = [YEARS.start, ...changes]
      .map((instant) => `${instant} ${JSON.stringify(oracle.readWall(timeZone, instant))}`)
      .join()
    const instants = changes.length === 0 ? [Date.UTC(2026, 5, 15)] : changes
    const group = groups.get(key) ?? { zones: [], clock: new oracle.WallClock(timeZone), changes: instants }
    group.zones.push(timeZone)
    groups.set(key, group)
  }
  return [...groups.values()]
}

function scheduleOf(timeZone: string, blocks: readonly number[][]) {
  const weekly = [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) =>
    blocks.map(([start = 0, end = 0]) => ({ weekday, start, end })),
  )
  return { timeZone, weekly, overrides: [] }
}

/** Distributes the samples over the zones of the group, differently at each change. */
function compareAt(
  change: number,
  { blocks, group }: { blocks: readonly number[][]; group: Group },
): unknown[] {
  const range = { start: change - LOOKED_BACK, end: change + LOOKED_AHEAD }
  const timeline = new Timeline(scheduleOf('', blocks), range, group.clock)
  return SAMPLES.flatMap(({ setAt, since, available, resetsAtMidnight }, index) => {
    const timeZone = group.zones[(index + change / MINUTE) % group.zones.length] ?? ''
    const toggle = available === null ? null : { available, setAt: change + setAt }
    const now = change + setAt + since
    const facts = { schedule: scheduleOf(timeZone, blocks), toggle, resetsAtMidnight }
    const answer = JSON.stringify(withinHorizon(statusAt(facts, now), timeline.end), inOrder)
    const expected = JSON.stringify(timeline.statusAt(facts, now), inOrder)
    return answer === expected ? [] : [{ timeZone, now: new Date(now), toggle, answer, expected }]
  })
}

/** A JSON replacer that sorts the fields of every object. */
function inOrder(_key: string, value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null
  return isObject ? Object.fromEntries(Object.entries(value).sort()) : value
}

describe('every zone at every clock change from 2020 to 2035', () => {
  const groups = groupZones()

  it.each(Object.entries(SCHEDULES))('has the live-chat status of the oracle: %s', (_name, blocks) => {
    const wrong = groups.flatMap((group) =>
      group.changes.flatMap((change) => compareAt(change, { blocks, group })),
    )
    expect(wrong.slice(0, 3)).toEqual([])
  })

  it('covers every zone and more than a thousand changes', () => {
    expect(groups.flatMap(({ zones }) => zones).sort()).toEqual([...ZONES].sort())
    expect(groups.flatMap(({ changes }) => changes).length).toBeGreaterThan(1000)
  })

  it('reads a status in every zone at each of its changes', () => {
    expect(Math.max(...groups.map(({ zones }) => zones.length))).toBeLessThanOrEqual(SAMPLES.length)
  })
})
