// Which slots are offered and why others are refused (docs/semantics.md, section 2).
import { describe, expect, it } from 'vitest'
import {
  type AgentCalendar,
  findSlots,
  isFree,
  isInsideHours,
  refuseSlot,
} from '../../src/services/booking/slots/rules.ts'
import type { Interval } from '../../src/services/time.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE
const LONG_AGO = Date.parse('2020-01-01T00:00Z')
const WEEK = [1, 2, 3, 4, 5, 6, 7]
/** A Wednesday. */
const WEDNESDAY = between('2026-06-10T00:00Z', '2026-06-11T00:00Z')

function between(from: string, to: string): Interval {
  return { start: Date.parse(from), end: Date.parse(to) }
}

/** An agent with the same hours every day and, by default, hourly slots. */
function agentWith(
  { timeZone = 'UTC', start = 540, end = 720 },
  settings: Partial<AgentCalendar> = {},
): AgentCalendar {
  return {
    schedule: { timeZone, weekly: WEEK.map((weekday) => ({ weekday, start, end })), overrides: [] },
    durationMinutes: 60,
    bufferMinutes: 0,
    minimumNoticeMinutes: 0,
    bookingWindowDays: 100_000,
    slotStepMinutes: null,
    busy: [],
    ...settings,
  }
}

const AROUND_THE_CLOCK = { start: 0, end: 1440 }

/** The UTC times of day at which slots start. */
function times(agent: AgentCalendar, { range = WEDNESDAY, now = LONG_AGO } = {}): string[] {
  return findSlots(agent, { range, now }).map((start) => new Date(start).toISOString().slice(11, 16))
}

describe('slots on the grid', () => {
  it('start every duration from the start of the stretch, as long as a whole slot fits', () => {
    expect(times(agentWith({ start: 550, end: 745 }))).toEqual(['09:10', '10:10', '11:10'])
  })

  it('start every step, if one is set', () => {
    expect(times(agentWith({}, { slotStepMinutes: 40 }))).toEqual(['09:00', '09:40', '10:20', '11:00'])
  })

  it('continue across midnight when the blocks of two days adjoin', () => {
    const agent = agentWith({}, { durationMinutes: 50 })
    agent.schedule = {
      timeZone: 'UTC',
      weekly: [{ weekday: 3, start: 1380, end: 1440 }],
      overrides: [{ date: '2026-06-11', blocks: [{ start: 0, end: 60 }] }],
    }
    const range = between('2026-06-10T00:00Z', '2026-06-12T00:00Z')
    expect(times(agent, { range })).toEqual(['23:00', '23:50'])
  })

  it('start within the range, including from and excluding to, and may end after it', () => {
    expect(times(agentWith({}), { range: between('2026-06-10T09:00Z', '2026-06-10T11:00Z') })).toEqual([
      '09:00',
      '10:00',
    ])
    expect(times(agentWith({}), { range: between('2026-06-10T09:01Z', '2026-06-10T10:01Z') })).toEqual([
      '10:00',
    ])
    expect(times(agentWith({}), { range: between('2026-06-10T11:00Z', '2026-06-10T09:00Z') })).toEqual([])
  })

  it('keep the grid of their stretch for any range', () => {
    const agent = agentWith({ start: 540, end: 1020 }, { durationMinutes: 50 })
    expect(times(agent, { range: between('2026-06-10T12:00Z', '2026-06-10T14:00Z') })).toEqual([
      '12:20',
      '13:10',
    ])
  })
})

describe('an agent who is open around the clock', () => {
  const agent = agentWith(AROUND_THE_CLOCK, { durationMinutes: 50 })
  const month = between('2026-06-01T00:00Z', '2026-07-01T00:00Z')
  const all = findSlots(agent, { range: month, now: LONG_AGO })

  it('has the same slots for any range', () => {
    for (let start = month.start; start < month.end; start += 7 * 3600_000 + 1) {
      const range = { start, end: Math.min(start + 3 * DAY, month.end) }
      const expected = all.filter((slot) => range.start <= slot && slot < range.end)
      expect(findSlots(agent, { range, now: LONG_AGO })).toEqual(expected)
    }
  })

  it('has a grid that restarts with each month in the schedule’s zone', () => {
    expect(all.every((start) => (start - month.start) % (50 * MINUTE) === 0)).toBe(true)
    expect(all).toHaveLength(864)
    const kathmandu = agentWith({ ...AROUND_THE_CLOCK, timeZone: 'Asia/Kathmandu' })
    expect(times(kathmandu).slice(0, 2)).toEqual(['00:15', '01:15'])
  })

  it('has slots that end in the next month', () => {
    const range = between('2026-06-30T23:00Z', '2026-07-01T01:00Z')
    expect(times(agentWith(AROUND_THE_CLOCK, { durationMinutes: 105 }), { range })).toEqual([
      '23:15',
      '00:00',
    ])
  })

  it('keeps its grid after a clock change until the month ends', () => {
    const lordHowe = agentWith({ ...AROUND_THE_CLOCK, timeZone: 'Australia/Lord_Howe' })
    const minutes = (range: Interval) => new Set(times(lordHowe, { range }).map((time) => time.slice(3)))
    expect(minutes(between('2026-04-01T00:00Z', '2026-04-30T00:00Z'))).toEqual(new Set(['00']))
    expect(minutes(between('2026-05-01T00:00Z', '2026-05-30T00:00Z'))).toEqual(new Set(['30']))
  })

  it('has a grid from the last time it was closed, if there is one', () => {
    const reopened = structuredClone(agent)
    reopened.schedule = {
      ...agent.schedule,
      overrides: [{ date: '2026-05-31', blocks: [{ start: 0, end: 1430 }] }],
    }
    expect(findSlots(reopened, { range: month, now: LONG_AGO })).toEqual(all)
    reopened.schedule = {
      ...agent.schedule,
      overrides: [{ date: '2020-02-01', blocks: [{ start: 10, end: 1440 }] }],
    }
    const sinceThen = Date.parse('2020-02-01T00:10Z')
    const starts = findSlots(reopened, { range: month, now: LONG_AGO })
    expect(starts.every((start) => (start - sinceThen) % (50 * MINUTE) === 0)).toBe(true)
  })
})

describe('busy times', () => {
  const busy = (from: string, to: string) => [between(`2026-06-10T${from}Z`, `2026-06-10T${to}Z`)]

  it('remove the slots they overlap and do not move others', () => {
    expect(times(agentWith({}, { busy: busy('09:50', '10:10') }))).toEqual(['11:00'])
  })

  it('may touch a slot', () => {
    expect(times(agentWith({}, { busy: busy('10:00', '11:00') }))).toEqual(['09:00', '11:00'])
  })

  it('of no length block nothing', () => {
    const agent = agentWith({}, { busy: busy('10:30', '10:30'), bufferMinutes: 30 })
    expect(times(agent)).toEqual(['09:00', '10:00', '11:00'])
  })

  it('are separated from slots by at least the buffer', () => {
    const settings = { durationMinutes: 30, bufferMinutes: 30, busy: busy('10:00', '10:30') }
    expect(times(agentWith({}, settings))).toEqual(['09:00', '11:00', '11:30'])
    expect(times(agentWith({}, { ...settings, bufferMinutes: 31 }))).toEqual(['11:30'])
  })

  it('may overlap, be in any order, and begin long before the range', () => {
    const events = [
      ...busy('11:30', '11:40'),
      between('2026-05-01T00:00Z', '2026-06-10T10:00Z'),
      ...busy('09:00', '09:05'),
    ]
    expect(times(agentWith({}, { busy: events }))).toEqual(['10:00'])
  })

  it('leave the end of a stretch free of a buffer: the last slot ends with the stretch', () => {
    expect(times(agentWith({}, { bufferMinutes: 60 }))).toEqual(['09:00', '10:00', '11:00'])
  })
})

describe('notice and window', () => {
  it('allow a slot that begins exactly when the notice ends', () => {
    const agent = agentWith({}, { minimumNoticeMinutes: 120 })
    expect(times(agent, { now: Date.parse('2026-06-10T08:00Z') })).toEqual(['10:00', '11:00'])
    expect(times(agent, { now: Date.parse('2026-06-10T08:00Z') + 1 })).toEqual(['11:00'])
  })

  it('count the notice in elapsed time across a clock change', () => {
    const agent = agentWith({ timeZone: 'America/New_York' }, { minimumNoticeMinutes: 1440 })
    const range = between('2026-03-08T00:00Z', '2026-03-09T04:00Z')
    // 24 hours after Saturday 9:00 it is Sunday 10:00, because an hour was skipped.
    expect(times(agent, { range, now: Date.parse('2026-03-07T14:00Z') })).toEqual(['14:00', '15:00'])
  })

  it('count the window in local dates of the agent', () => {
    const auckland = agentWith({ timeZone: 'Pacific/Auckland' }, { bookingWindowDays: 1 })
    const range = between('2026-06-01T00:00Z', '2026-06-30T00:00Z')
    // It is the 10th in Auckland until 12:00 UTC, so that the 11th is the last date.
    const last = (now: string) => findSlots(auckland, { range, now: Date.parse(now) }).at(-1)
    expect(last('2026-06-10T11:59Z')).toBe(Date.parse('2026-06-10T23:00Z'))
    expect(last('2026-06-10T12:00Z')).toBe(Date.parse('2026-06-11T23:00Z'))
  })

  it('allow only today with a window of 0 days', () => {
    const agent = agentWith({}, { bookingWindowDays: 0 })
    const range = between('2026-06-09T00:00Z', '2026-06-12T00:00Z')
    expect(times(agent, { range, now: Date.parse('2026-06-10T09:30Z') })).toEqual(['10:00', '11:00'])
  })
})

describe('a slot is refused', () => {
  const now = Date.parse('2026-06-10T08:30Z')
  const agent = agentWith(
    {},
    {
      minimumNoticeMinutes: 60,
      bookingWindowDays: 1,
      busy: [between('2026-06-11T10:15Z', '2026-06-11T10:30Z')],
    },
  )

  it('for the notice only while less than the notice is left', () => {
    const [ends, tooLate] = [Date.parse('2026-06-10T09:00Z'), Date.parse('2026-06-10T09:00Z') + 1]
    expect(refuseSlot(agent, { startsAt: ends + 3600_000, now: ends })).toBeNull()
    expect(refuseSlot(agent, { startsAt: ends + 3600_000, now: tooLate })).toBe('TOO_SOON')
  })

  it.each([
    ['2026-06-10T08:00Z', 'IN_PAST'],
    ['2026-06-10T09:00Z', 'TOO_SOON'],
    ['2026-06-12T09:00Z', 'TOO_FAR'],
    ['2026-06-11T08:00Z', 'OUTSIDE_HOURS'],
    ['2026-06-11T11:30Z', 'OUTSIDE_HOURS'],
    ['2026-06-11T09:30Z', 'OFF_GRID'],
    ['2026-06-11T10:00Z', 'TAKEN'],
    ['2026-06-11T11:00Z', null],
    ['2026-06-10T10:00Z', null],
  ])('at %s: %s', (startsAt, refusal) => {
    expect(refuseSlot(agent, { startsAt: Date.parse(startsAt), now })).toBe(refusal)
  })
})

describe('a meeting inside the hours', () => {
  it('may begin off the grid, but not cross the edge of a stretch', () => {
    expect(isInsideHours(between('2026-06-10T09:25Z', '2026-06-10T12:00Z'), agentWith({}))).toBe(true)
    expect(isInsideHours(between('2026-06-10T09:25Z', '2026-06-10T12:01Z'), agentWith({}))).toBe(false)
    expect(isInsideHours(between('2026-06-10T08:59Z', '2026-06-10T10:00Z'), agentWith({}))).toBe(false)
  })
})

describe('the conflict rule', () => {
  it('also applies to meetings of another length than the agent’s slots', () => {
    const agent = { bufferMinutes: 10, busy: [between('2026-06-10T12:00Z', '2026-06-10T13:00Z')] }
    expect(isFree(between('2026-06-10T11:20Z', '2026-06-10T11:50Z'), agent)).toBe(true)
    expect(isFree(between('2026-06-10T11:20Z', '2026-06-10T11:51Z'), agent)).toBe(false)
    expect(isFree(between('2026-06-10T13:10Z', '2026-06-10T15:00Z'), agent)).toBe(true)
    expect(isFree(between('2026-06-10T13:09Z', '2026-06-10T15:00Z'), agent)).toBe(false)
    expect(isFree(between('2026-06-10T11:00Z', '2026-06-10T15:00Z'), agent)).toBe(false)
  })
})
