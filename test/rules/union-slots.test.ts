// How the slots of several agents are merged into one list (docs/semantics.md, section 2).
import { describe, expect, it } from 'vitest'
import { type AgentCalendar, findSlots, unionSlots } from '../../src/services/booking/slots/rules.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE
const JUNE = { start: Date.UTC(2026, 5, 1), end: Date.UTC(2026, 6, 1) }

/** An agent with hourly slots and the same hours every day, in minutes of the day. */
function openBetween(start: number, end: number): AgentCalendar {
  const weekly = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start, end }))
  return {
    schedule: { timeZone: 'UTC', weekly, overrides: [] },
    durationMinutes: 60,
    bufferMinutes: 0,
    minimumNoticeMinutes: 0,
    bookingWindowDays: 100_000,
    slotStepMinutes: null,
    busy: [],
  }
}

describe('the slots of several agents', () => {
  it('are counted by agents and in ascending order', () => {
    const union = unionSlots([
      { durationMinutes: 60, starts: [3 * MINUTE, 9 * MINUTE] },
      { durationMinutes: 60, starts: [MINUTE, 3 * MINUTE] },
      { durationMinutes: 60, starts: [] },
    ])
    expect(union).toEqual([
      { startsAt: MINUTE, endsAt: 61 * MINUTE, agentCount: 1 },
      { startsAt: 3 * MINUTE, endsAt: 63 * MINUTE, agentCount: 2 },
      { startsAt: 9 * MINUTE, endsAt: 69 * MINUTE, agentCount: 1 },
    ])
  })

  it('stay separate when they start together but end at different times', () => {
    const union = unionSlots([
      { durationMinutes: 60, starts: [0] },
      { durationMinutes: 30, starts: [0] },
    ])
    expect(union.map(({ endsAt, agentCount }) => [endsAt / MINUTE, agentCount])).toEqual([
      [30, 1],
      [60, 1],
    ])
  })

  it('never join the free times of two agents into one slot', () => {
    const agents = [openBetween(540, 570), openBetween(570, 600)]
    const slots = agents.map((agent) => ({
      durationMinutes: 60,
      starts: findSlots(agent, { range: JUNE, now: 0 }),
    }))
    expect(unionSlots(slots)).toEqual([])
    expect(findSlots(openBetween(540, 600), { range: JUNE, now: 0 })).toHaveLength(30)
  })

  it('are complete for the longest range and the finest grid', () => {
    const agent = { ...openBetween(0, 1440), durationMinutes: 5, slotStepMinutes: 1 }
    const range = { start: JUNE.start, end: JUNE.start + 62 * DAY }
    const starts = findSlots(agent, { range, now: 0 })
    const union = unionSlots([
      { durationMinutes: 5, starts },
      { durationMinutes: 10, starts },
    ])
    expect(union).toHaveLength(2 * 62 * 1440)
  })
})
