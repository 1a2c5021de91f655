// Open time on days with clock changes and other irregularities of the calendar (docs/semantics.md, section 1).
import { describe, expect, it } from 'vitest'
import {
  addDays,
  type Block,
  type DateOverride,
  endOfLocalDate,
  localDateAt,
  openIntervals,
  openStretches,
  type Schedule,
} from '../../src/services/availability/rules.ts'
import { isTimeZone } from '../../src/services/zone-offsets.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const WHOLE_DAY = { start: 0, end: 1440 }
const ALWAYS = [WHOLE_DAY]

/** A schedule with the same blocks every day. */
function daily(timeZone: string, blocks: readonly Block[], overrides: DateOverride[] = []): Schedule {
  const weekly = [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) => blocks.map((block) => ({ weekday, ...block })))
  return { timeZone, weekly, overrides }
}

function range(from: string, to: string) {
  return { start: Date.parse(from), end: Date.parse(to) }
}

/** Intervals as ISO strings to the minute. */
function iso(intervals: readonly { start: number; end: number }[]): string[] {
  const short = (instant: number) =>
    Number.isFinite(instant) ? new Date(instant).toISOString().slice(0, 16) : instant
  return intervals.map(({ start, end }) => `${short(start)}/${short(end)}`)
}

describe('a clock change', () => {
  const spring = range('2026-03-08T05:00Z', '2026-03-09T04:00Z')
  const autumn = range('2026-11-01T04:00Z', '2026-11-02T05:00Z')
  const newYork = 'America/New_York'

  it('opens nothing for a block inside the skipped hour', () => {
    expect(openIntervals(daily(newYork, [{ start: 120, end: 180 }]), spring)).toEqual([])
  })

  it('opens a block that begins in the skipped hour at the first instant after it', () => {
    expect(iso(openIntervals(daily(newYork, [{ start: 150, end: 300 }]), spring))).toEqual([
      '2026-03-08T07:00/2026-03-08T09:00',
    ])
  })

  it('gives two hours to a block 01:00-02:00 when that hour is repeated', () => {
    expect(iso(openIntervals(daily(newYork, [{ start: 60, end: 120 }]), autumn))).toEqual([
      '2026-11-01T05:00/2026-11-01T07:00',
    ])
  })

  it('opens a block inside the repeated hour twice', () => {
    expect(iso(openIntervals(daily(newYork, [{ start: 75, end: 90 }]), autumn))).toEqual([
      '2026-11-01T05:15/2026-11-01T05:30',
      '2026-11-01T06:15/2026-11-01T06:30',
    ])
  })

  it.each([
    ['2026-03-08', newYork, 23],
    ['2026-11-01', newYork, 25],
    ['2026-04-05', 'Australia/Lord_Howe', 24.5],
    ['2018-11-04', 'America/Sao_Paulo', 23],
  ])('makes the whole day %s in %s %d hours long', (date, timeZone, hours) => {
    const schedule = daily(timeZone, [], [{ date, blocks: ALWAYS }])
    const noon = Date.parse(`${date}T12:00Z`)
    const [open, ...more] = openIntervals(schedule, { start: noon - 2 * DAY, end: noon + 2 * DAY })
    expect(more).toEqual([])
    expect((Number(open?.end) - Number(open?.start)) / HOUR).toBe(hours)
  })

  it('does not move afternoon blocks on the wall clock', () => {
    expect(iso(openIntervals(daily(newYork, [{ start: 780, end: 1080 }]), spring))).toEqual([
      '2026-03-08T17:00/2026-03-08T22:00',
    ])
  })

  it('may happen twice in one range (Ramadan in Morocco)', () => {
    const blocks = [{ start: 540, end: 600 }]
    const open = openIntervals(
      daily('Africa/Casablanca', blocks),
      range('2026-02-10T00:00Z', '2026-04-01T00:00Z'),
    )
    const hours = open.map(({ start }) => new Date(start).getUTCHours())
    expect([hours.at(0), hours.at(20), hours.at(-1)]).toEqual([8, 9, 8])
  })
})

describe('a local date', () => {
  it('that the zone skipped opens nothing', () => {
    const skipped = daily('Pacific/Apia', [], [{ date: '2011-12-30', blocks: ALWAYS }])
    expect(openIntervals(skipped, range('2011-12-25T00:00Z', '2012-01-05T00:00Z'))).toEqual([])
  })

  it('is directly followed by the one after a skipped date', () => {
    const nights = daily('Pacific/Apia', [
      { start: 1380, end: 1440 },
      { start: 0, end: 60 },
    ])
    expect(iso(openIntervals(nights, range('2011-12-30T00:00Z', '2011-12-31T00:00Z')))).toEqual([
      '2011-12-30T09:00/2011-12-30T11:00',
    ])
    expect(localDateAt('Pacific/Apia', Date.parse('2011-12-30T09:59Z'))).toBe('2011-12-29')
    expect(localDateAt('Pacific/Apia', Date.parse('2011-12-30T10:00Z'))).toBe('2011-12-31')
    expect(endOfLocalDate('Pacific/Apia', '2011-12-30')).toBe(endOfLocalDate('Pacific/Apia', '2011-12-29'))
  })

  it('with an override is that of the schedule’s zone, not of UTC', () => {
    const override = { date: '2026-06-10', blocks: [{ start: 420, end: 540 }] }
    const schedule = daily('Pacific/Auckland', [{ start: 600, end: 660 }], [override])
    expect(iso(openIntervals(schedule, range('2026-06-08T12:00Z', '2026-06-10T12:00Z')))).toEqual([
      '2026-06-08T22:00/2026-06-08T23:00',
      '2026-06-09T19:00/2026-06-09T21:00',
    ])
  })

  it('is closed by an override without blocks', () => {
    const schedule = daily('UTC', ALWAYS, [{ date: '2026-06-10', blocks: [] }])
    expect(iso(openIntervals(schedule, range('2026-06-09T12:00Z', '2026-06-11T12:00Z')))).toEqual([
      '2026-06-09T12:00/2026-06-10T00:00',
      '2026-06-11T00:00/2026-06-11T12:00',
    ])
  })

  it('ends at the first instant of the next date, also when midnight does not exist', () => {
    expect(endOfLocalDate('Europe/Berlin', '2026-06-10')).toBe(Date.parse('2026-06-10T22:00Z'))
    expect(endOfLocalDate('America/Sao_Paulo', '2018-11-03')).toBe(Date.parse('2018-11-04T03:00Z'))
    expect(endOfLocalDate('America/Santiago', '2026-04-04')).toBe(Date.parse('2026-04-05T04:00Z'))
  })

  it('is counted across months and leap days', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
    expect(addDays('2026-12-31', 60)).toBe('2027-03-01')
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28')
  })
})

describe('stretches', () => {
  const week = range('2026-06-08T00:00Z', '2026-06-15T00:00Z')

  it('join blocks that adjoin or overlap, in any order', () => {
    const blocks = [
      { start: 720, end: 840 },
      { start: 540, end: 720 },
      { start: 600, end: 660 },
    ]
    const [first] = openStretches(daily('UTC', blocks), week)
    expect(first).toEqual(range('2026-06-08T09:00Z', '2026-06-08T14:00Z'))
  })

  it('join over midnight, and an override with the weekday after it', () => {
    const weekly = [{ weekday: 3, start: 0, end: 120 }]
    const overrides = [{ date: '2026-06-09', blocks: [{ start: 1320, end: 1440 }] }]
    expect(iso(openStretches({ timeZone: 'Europe/Berlin', weekly, overrides }, week))).toEqual([
      '2026-06-09T20:00/2026-06-10T00:00',
    ])
  })

  it('are returned whole when they only overlap the range', () => {
    const schedule = daily('UTC', [
      { start: 1200, end: 1440 },
      { start: 0, end: 240 },
    ])
    expect(iso(openStretches(schedule, range('2026-06-10T01:00Z', '2026-06-10T02:00Z')))).toEqual([
      '2026-06-09T20:00/2026-06-10T04:00',
    ])
  })

  it('extend over months of whole-day overrides', () => {
    const overrides = Array.from({ length: 90 }, (_, day) => ({
      date: addDays('2026-01-01', day),
      blocks: ALWAYS,
    }))
    const schedule = { timeZone: 'UTC', weekly: [], overrides }
    expect(iso(openStretches(schedule, range('2026-02-10T01:00Z', '2026-02-10T02:00Z')))).toEqual([
      '2026-01-01T00:00/2026-04-01T00:00',
    ])
  })

  it('have no beginning and no end around the clock', () => {
    expect(iso(openStretches(daily('Europe/Berlin', ALWAYS), week))).toEqual(['-Infinity/Infinity'])
  })

  it('around the clock begin and end at overrides that close, however far away', () => {
    const overrides = [
      { date: '1996-12-24', blocks: [{ start: 0, end: 720 }] },
      { date: '2026-06-01', blocks: ALWAYS },
      { date: '2056-05-01', blocks: [] },
    ]
    const schedule = daily('Europe/Berlin', ALWAYS, overrides)
    expect(iso(openStretches(schedule, week))).toEqual(['1996-12-24T23:00/2056-04-30T22:00'])
  })

  it('continue across an override that only closes a skipped hour', () => {
    const blocks = [
      { start: 0, end: 120 },
      { start: 180, end: 1440 },
    ]
    const schedule = daily('America/New_York', ALWAYS, [{ date: '2026-03-08', blocks }])
    expect(iso(openStretches(schedule, week))).toEqual(['-Infinity/Infinity'])
  })
})

describe('far-away ranges', () => {
  it.each(['1970-01-01T00:00Z', '1999-12-31T12:00Z', '2100-02-28T00:00Z', '9999-12-15T00:00Z'])(
    'have the same open time as any other (%s)',
    (from) => {
      const start = Date.parse(from)
      for (const timeZone of ['Africa/Monrovia', 'America/New_York', 'Asia/Gaza', 'Pacific/Kiritimati']) {
        const schedule = daily(timeZone, [{ start: 540, end: 1020 }])
        const open = openIntervals(schedule, { start, end: start + 10 * DAY })
        expect(open.reduce((sum, interval) => sum + interval.end - interval.start, 0)).toBe(80 * HOUR)
      }
    },
  )

  it('have no open time when they are empty or reversed', () => {
    const schedule = daily('UTC', ALWAYS)
    expect(openIntervals(schedule, { start: 5, end: 5 })).toEqual([])
    expect(openStretches(schedule, { start: 10 * DAY, end: 5 })).toEqual([])
  })
})

describe('a time zone', () => {
  it.each(['Europe/London', 'America/Argentina/Buenos_Aires', 'UTC', 'EST5EDT', 'CET', 'GB', 'Etc/GMT+5'])(
    'is %s',
    (name) => expect(isTimeZone(name)).toBe(true),
  )

  it.each([
    '',
    'local',
    'Mars/X',
    '+05:30',
    '-0500',
    'GMT+5',
    'BST',
    'IST',
    'SystemV/PST8',
    ' Europe/London',
  ])('is not "%s"', (name) => expect(isTimeZone(name)).toBe(false))
})
