// The table of docs/semantics.md, section 5, and its consequences.
import { describe, expect, it } from 'vitest'
import type { WeeklyBlock } from '../../src/services/availability/rules.ts'
import { type AvailabilityFacts, statusAt } from '../../src/services/chat/availability/rules.ts'

/** Dates for the weekdays of the table. The zone has no clock changes. */
const DAYS: Record<string, string> = {
  Mon: '2026-03-02',
  Tue: '2026-03-03',
  Wed: '2026-03-04',
  'next Mon': '2026-03-09',
  'next Tue': '2026-03-10',
}
const ZONE = 'Asia/Tokyo'

function instantOf(text: string): number {
  const [, day = '', time = ''] = /^(.+) (\d\d:\d\d)$/.exec(text) ?? []
  const isMidnight = time === '24:00'
  return Date.parse(`${DAYS[day]}T${isMidnight ? '00:00' : time}:00+09:00`) + (isMidnight ? 86_400_000 : 0)
}

const weekday = (number: number, ...blocks: [number, number][]): WeeklyBlock[] =>
  blocks.map(([start, end]) => ({ weekday: number, start: start * 60, end: end * 60 }))
const AFTERNOONS = [...weekday(1, [13, 17]), ...weekday(2, [13, 17])]
const HALVES = weekday(1, [8, 12], [12, 17])

interface Row {
  weekly: WeeklyBlock[]
  /** The toggles in order; only the last one is stored. */
  toggles: [available: boolean, at: string][]
  resetsAtMidnight?: boolean
  expiresAt: string | null
  changesAt: string | null
  /** The status at some instants after the toggle. */
  shown: [at: string, available: boolean, source: 'HOURS' | 'TOGGLE'][]
}

const ROWS: Record<string, Row> = {
  'to unavailable inside a block lasts until the next block': {
    weekly: AFTERNOONS,
    toggles: [[false, 'Mon 15:00']],
    expiresAt: 'Tue 13:00',
    changesAt: 'Tue 13:00',
    shown: [
      ['Mon 15:00', false, 'TOGGLE'],
      ['Tue 12:59', false, 'TOGGLE'],
      ['Tue 13:00', true, 'HOURS'],
      ['Tue 17:00', false, 'HOURS'],
    ],
  },
  'to unavailable before a block lasts until that block': {
    weekly: AFTERNOONS,
    toggles: [[false, 'Mon 10:00']],
    expiresAt: 'Mon 13:00',
    changesAt: 'Mon 13:00',
    shown: [
      ['Mon 12:59', false, 'TOGGLE'],
      ['Mon 13:00', true, 'HOURS'],
    ],
  },
  'to available after a block ends with the next block, which stays open': {
    weekly: AFTERNOONS,
    toggles: [[true, 'Mon 19:00']],
    expiresAt: 'Tue 13:00',
    changesAt: 'Tue 17:00',
    shown: [
      ['Tue 12:59', true, 'TOGGLE'],
      ['Tue 13:00', true, 'HOURS'],
      ['Tue 17:00', false, 'HOURS'],
    ],
  },
  'to available after a block lasts until midnight with toggleResetsAtMidnight': {
    weekly: AFTERNOONS,
    toggles: [[true, 'Mon 19:00']],
    resetsAtMidnight: true,
    expiresAt: 'Mon 24:00',
    changesAt: 'Mon 24:00',
    shown: [
      ['Mon 23:59', true, 'TOGGLE'],
      ['Mon 24:00', false, 'HOURS'],
      ['Tue 13:00', true, 'HOURS'],
    ],
  },
  'to available inside a block lasts beyond its end': {
    weekly: AFTERNOONS,
    toggles: [[true, 'Mon 15:00']],
    expiresAt: 'Tue 13:00',
    changesAt: 'Tue 17:00',
    shown: [
      ['Mon 17:00', true, 'TOGGLE'],
      ['Tue 13:00', true, 'HOURS'],
    ],
  },
  'to available inside a block lasts beyond its end until midnight with toggleResetsAtMidnight': {
    weekly: AFTERNOONS,
    toggles: [[true, 'Mon 15:00']],
    resetsAtMidnight: true,
    expiresAt: 'Mon 24:00',
    changesAt: 'Mon 24:00',
    shown: [
      ['Mon 23:59', true, 'TOGGLE'],
      ['Mon 24:00', false, 'HOURS'],
    ],
  },
  'replaces an earlier one': {
    weekly: AFTERNOONS,
    toggles: [
      [false, 'Mon 15:00'],
      [true, 'Mon 15:10'],
    ],
    expiresAt: 'Tue 13:00',
    changesAt: 'Tue 17:00',
    shown: [['Mon 15:10', true, 'TOGGLE']],
  },
  'to unavailable in the last block of the week lasts until next week': {
    weekly: AFTERNOONS,
    toggles: [[false, 'Tue 15:00']],
    expiresAt: 'next Mon 13:00',
    changesAt: 'next Mon 13:00',
    shown: [
      ['next Mon 12:59', false, 'TOGGLE'],
      ['next Mon 13:00', true, 'HOURS'],
    ],
  },
  'to unavailable lasts until an adjoining block': {
    weekly: HALVES,
    toggles: [[false, 'Mon 11:00']],
    expiresAt: 'Mon 12:00',
    changesAt: 'Mon 12:00',
    shown: [
      ['Mon 11:59', false, 'TOGGLE'],
      ['Mon 12:00', true, 'HOURS'],
    ],
  },
  'to available ends with an adjoining block, whose hours keep the agent available': {
    weekly: HALVES,
    toggles: [[true, 'Mon 11:00']],
    expiresAt: 'Mon 12:00',
    changesAt: 'Mon 17:00',
    shown: [['Mon 12:00', true, 'HOURS']],
  },
  'to available without hours lasts until it is changed': {
    weekly: [],
    toggles: [[true, 'Mon 15:00']],
    expiresAt: null,
    changesAt: null,
    shown: [['next Tue 15:00', true, 'TOGGLE']],
  },
  'to available without hours lasts until midnight with toggleResetsAtMidnight': {
    weekly: [],
    toggles: [[true, 'Mon 15:00']],
    resetsAtMidnight: true,
    expiresAt: 'Mon 24:00',
    changesAt: 'Mon 24:00',
    shown: [['Mon 24:00', false, 'HOURS']],
  },
  'to unavailable does not end at midnight, even with toggleResetsAtMidnight': {
    weekly: AFTERNOONS,
    toggles: [[false, 'Mon 15:00']],
    resetsAtMidnight: true,
    expiresAt: 'Tue 13:00',
    changesAt: 'Tue 13:00',
    shown: [['Mon 24:00', false, 'TOGGLE']],
  },
  'at the very start of a block lasts until the next block': {
    weekly: AFTERNOONS,
    toggles: [[false, 'Mon 13:00']],
    expiresAt: 'Tue 13:00',
    changesAt: 'Tue 13:00',
    shown: [['Mon 13:00', false, 'TOGGLE']],
  },
  'to available at midnight does not end at that midnight with toggleResetsAtMidnight': {
    weekly: AFTERNOONS,
    toggles: [[true, 'Mon 24:00']],
    resetsAtMidnight: true,
    expiresAt: 'Tue 13:00',
    changesAt: 'Tue 17:00',
    shown: [['Mon 24:00', true, 'TOGGLE']],
  },
}

const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString())
const isoOf = (text: string | null) => (text === null ? null : iso(instantOf(text)))

function factsOf({ weekly, toggles, resetsAtMidnight = false }: Row): AvailabilityFacts & { setAt: number } {
  const [available, at] = toggles.at(-1) ?? [false, '']
  const toggle = { available, setAt: instantOf(at) }
  return {
    schedule: { timeZone: ZONE, weekly, overrides: [] },
    toggle,
    resetsAtMidnight,
    setAt: toggle.setAt,
  }
}

describe('a toggle', () => {
  it.each(Object.entries(ROWS))('%s', (_name, row) => {
    const { setAt, ...facts } = factsOf(row)
    const status = statusAt(facts, setAt)
    expect(status).toMatchObject({ available: facts.toggle?.available, source: 'TOGGLE' })
    expect(iso(status.toggle?.expiresAt ?? null)).toBe(isoOf(row.expiresAt))
    expect(iso(status.changesAt)).toBe(isoOf(row.changesAt))
    for (const [at, available, source] of row.shown) {
      const later = statusAt(facts, instantOf(at))
      expect({ at, available: later.available, source: later.source }).toEqual({ at, available, source })
      expect(later.toggle === null).toBe(source === 'HOURS')
    }
  })

  it('moves its end when the hours are edited', () => {
    const { setAt, ...facts } = factsOf(
      ROWS['to unavailable inside a block lasts until the next block'] as Row,
    )
    const weekly = [...AFTERNOONS, ...weekday(2, [9, 10])]
    const edited = { ...facts, schedule: { ...facts.schedule, weekly } }
    expect(iso(statusAt(edited, setAt).toggle?.expiresAt ?? null)).toBe(isoOf('Tue 09:00'))
    const tuesday = instantOf('Tue 09:30')
    expect([statusAt(facts, tuesday), statusAt(edited, tuesday)]).toMatchObject([
      { available: false, source: 'TOGGLE' },
      { available: true, source: 'HOURS' },
    ])
  })
})

describe('without a toggle', () => {
  const facts = {
    schedule: { timeZone: ZONE, weekly: AFTERNOONS, overrides: [] },
    toggle: null,
    resetsAtMidnight: false,
  }

  it.each<[string, boolean, string]>([
    ['Mon 10:00', false, 'Mon 13:00'],
    ['Mon 13:00', true, 'Mon 17:00'],
    ['Mon 17:00', false, 'Tue 13:00'],
    ['Tue 17:00', false, 'next Mon 13:00'],
  ])('the hours decide: %s', (at, available, changesAt) => {
    const status = statusAt(facts, instantOf(at))
    expect(status).toMatchObject({ available, source: 'HOURS', toggle: null })
    expect(iso(status.changesAt)).toBe(isoOf(changesAt))
  })

  it('the status never changes when the hours are never or always open', () => {
    const always = [1, 2, 3, 4, 5, 6, 7].flatMap((number) => weekday(number, [0, 24]))
    for (const weekly of [[], always]) {
      const status = statusAt({ ...facts, schedule: { ...facts.schedule, weekly } }, instantOf('Mon 10:00'))
      expect(status).toMatchObject({ available: weekly === always, changesAt: null })
    }
  })
})
