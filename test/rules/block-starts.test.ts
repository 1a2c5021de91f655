// The next start of a block, with blocks counted as they were entered (docs/semantics.md, section 5).
import { describe, expect, it } from 'vitest'
import {
  type Block,
  type DateOverride,
  nextBlockStart,
  nextMidnight,
  openUntil,
  type Schedule,
} from '../../src/services/availability/rules.ts'

const NEW_YORK = 'America/New_York'
const WHOLE_DAY = { start: 0, end: 1440 }

/** A schedule with the same blocks every day. */
function daily(timeZone: string, blocks: readonly Block[], overrides: DateOverride[] = []): Schedule {
  const weekly = [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) => blocks.map((block) => ({ weekday, ...block })))
  return { timeZone, weekly, overrides }
}

const iso = (instant: number | null) =>
  instant === null || instant === Infinity ? instant : new Date(instant).toISOString().slice(0, 16)
const next = (schedule: Schedule, after: string) => iso(nextBlockStart(schedule, Date.parse(after)))

describe('the next start of a block', () => {
  const adjoining = daily('UTC', [
    { start: 480, end: 720 },
    { start: 720, end: 1020 },
  ])

  it.each([
    ['2026-03-02T07:59Z', '2026-03-02T08:00'],
    ['2026-03-02T08:00Z', '2026-03-02T12:00'],
    ['2026-03-02T11:59:59.999Z', '2026-03-02T12:00'],
    ['2026-03-02T12:00Z', '2026-03-03T08:00'],
  ])('after %s is %s when blocks 08–12 and 12–17 adjoin', (after, expected) => {
    expect(next(adjoining, after)).toBe(expected)
  })

  it('may be that of a block inside another', () => {
    const blocks = [
      { start: 480, end: 1020 },
      { start: 600, end: 660 },
    ]
    expect(next(daily('UTC', blocks), '2026-03-02T08:00Z')).toBe('2026-03-02T10:00')
  })

  it('is every midnight when whole days are entered, although the schedule never closes', () => {
    const always = daily('Europe/Berlin', [WHOLE_DAY])
    expect(next(always, '2026-03-02T12:00Z')).toBe('2026-03-02T23:00')
    expect(openUntil(always, Date.parse('2026-03-02T12:00Z'))).toBe(Infinity)
  })

  it('is taken from overrides instead of weekdays', () => {
    const overrides = [
      { date: '2026-03-03', blocks: [] },
      { date: '2026-03-04', blocks: [{ start: 60, end: 120 }] },
    ]
    const schedule = daily('UTC', [{ start: 480, end: 720 }], overrides)
    expect(next(schedule, '2026-03-02T08:00Z')).toBe('2026-03-04T01:00')
    expect(next(schedule, '2026-03-04T01:00Z')).toBe('2026-03-05T08:00')
  })

  it('is null without blocks, and with blocks that do not end after they start', () => {
    expect(next(daily('UTC', []), '2026-03-02T08:00Z')).toBeNull()
    expect(next(daily('UTC', [{ start: 600, end: 600 }]), '2026-03-02T08:00Z')).toBeNull()
  })
})

describe('a clock change', () => {
  it('starts a block that begins in the skipped hour at the first instant after it', () => {
    expect(next(daily(NEW_YORK, [{ start: 150, end: 300 }]), '2026-03-08T05:00Z')).toBe('2026-03-08T07:00')
  })

  it('starts no block inside the skipped hour, and none that continues across it', () => {
    expect(next(daily(NEW_YORK, [{ start: 135, end: 165 }]), '2026-03-08T05:00Z')).toBe('2026-03-09T06:15')
    expect(next(daily(NEW_YORK, [{ start: 60, end: 300 }]), '2026-03-08T06:00Z')).toBe('2026-03-09T05:00')
  })

  it('starts a block twice when its start is repeated', () => {
    for (const end of [120, 300]) {
      const schedule = daily(NEW_YORK, [{ start: 60, end }])
      expect(next(schedule, '2026-11-01T04:30Z')).toBe('2026-11-01T05:00')
      expect(next(schedule, '2026-11-01T05:00Z')).toBe('2026-11-01T06:00')
      expect(next(schedule, '2026-11-01T06:00Z')).toBe('2026-11-02T06:00')
    }
  })

  it('starts a block again when the clock jumps back into it after its end', () => {
    const schedule = daily(NEW_YORK, [{ start: 30, end: 90 }])
    expect(next(schedule, '2026-11-01T04:30Z')).toBe('2026-11-01T06:00')
    expect(next(schedule, '2026-11-01T06:00Z')).toBe('2026-11-02T05:30')
  })

  it('does not start a block again that continues while the clock is set back', () => {
    expect(next(daily(NEW_YORK, [{ start: 30, end: 300 }]), '2026-11-01T04:30Z')).toBe('2026-11-02T05:30')
  })
})

describe('starts that are far ahead', () => {
  it('are found when only single dates have blocks', () => {
    const overrides = ['9998-12-31', '2400-02-29', '2031-05-05', '2031-05-04'].map((date) => ({
      date,
      blocks: date === '2031-05-04' ? [] : [WHOLE_DAY],
    }))
    const schedule = { timeZone: 'Asia/Tokyo', weekly: [], overrides }
    expect(next(schedule, '2026-03-02T08:00Z')).toBe('2031-05-04T15:00')
    expect(next(schedule, '2031-05-04T15:00Z')).toBe('2400-02-28T15:00')
    expect(next(schedule, '2400-02-28T15:00Z')).toBe('9998-12-30T15:00')
    expect(next(schedule, '9998-12-30T15:00Z')).toBeNull()
  })

  it('are found after years of days off', () => {
    const sunday = Date.parse('2026-03-01')
    const overrides = Array.from({ length: 400 }, (_, week) => ({
      date: new Date(sunday + week * 7 * 86_400_000).toISOString().slice(0, 10),
      blocks: [],
    }))
    const weekly = [{ weekday: 7, start: 540, end: 600 }]
    expect(next({ timeZone: 'UTC', weekly, overrides }, '2026-02-28T00:00Z')).toBe('2033-10-30T09:00')
  })
})

describe('openUntil', () => {
  const schedule = daily('UTC', [{ start: 480, end: 720 }])

  it.each([
    ['2026-03-02T07:59:59.999Z', null],
    ['2026-03-02T08:00Z', '2026-03-02T12:00'],
    ['2026-03-02T11:59:59.999Z', '2026-03-02T12:00'],
    ['2026-03-02T12:00Z', null],
  ])('at %s is %s when 08–12 is open', (instant, expected) => {
    expect(iso(openUntil(schedule, Date.parse(instant)))).toBe(expected)
  })
})

describe('the next midnight', () => {
  it.each([
    ['2010-11-06T12:00Z', '2010-11-07T02:30'],
    ['2010-11-07T02:29:59.999Z', '2010-11-07T02:30'],
    ['2010-11-07T02:30Z', '2010-11-08T03:30'],
    ['2010-11-07T02:31Z', '2010-11-07T03:30'],
    ['2010-11-07T03:30Z', '2010-11-08T03:30'],
  ])('after %s is %s when the clock was set back from 00:01 to 23:01', (after, expected) => {
    expect(iso(nextMidnight('America/St_Johns', Date.parse(after)))).toBe(expected)
  })

  it('before a date that begins at 01:00 is that instant', () => {
    expect(iso(nextMidnight('America/Santiago', Date.parse('2026-09-05T20:00Z')))).toBe('2026-09-06T04:00')
  })
})
