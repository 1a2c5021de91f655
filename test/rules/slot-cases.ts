// Reads the table of cases in cases/slots.json, whose `about` defines the semantics independently of the code.
import { readFileSync } from 'node:fs'
import type { Block, WeeklyBlock } from '../../src/services/availability/rules.ts'
import { type AgentCalendar, findSlots, unionSlots } from '../../src/services/booking/slots/rules.ts'
import type { Interval } from '../../src/services/time.ts'

interface CaseBlock {
  start: string
  end: string
}

interface CaseAgent {
  timeZone: string
  weekly: (CaseBlock & { day: number })[]
  overrides: { date: string; blocks: CaseBlock[] }[]
  busy: CaseBlock[]
  bookings?: CaseBlock[]
  bufferMinutes?: number
}

/** A case of the table: the input, and the expected starts of the slots in ISO format. */
interface SlotCase extends CaseAgent {
  name: string
  now: string
  agents?: CaseAgent[]
  durationMinutes: number
  intervalMinutes: number
  minNoticeMinutes: number
  bufferMinutes: number
  rangeStart: string
  rangeEnd: string
  expected: string[]
}

/** All cases of the table. */
export function readSlotCases(): SlotCase[] {
  const text = readFileSync(new URL('./cases/slots.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { cases: SlotCase[] }).cases
}

/** The result of the slot rules for a case, in the form of its `expected`. */
export function answerSlotCase(slotCase: SlotCase): string[] {
  const range = toInterval({ start: slotCase.rangeStart, end: slotCase.rangeEnd })
  const now = Date.parse(slotCase.now)
  const agents = (slotCase.agents ?? [slotCase]).map((agent) => toCalendar(slotCase, agent))
  const slots = unionSlots(
    agents.map((agent) => ({
      durationMinutes: agent.durationMinutes,
      starts: findSlots(agent, { range, now }),
    })),
  )
  return slots.map(({ startsAt }) => new Date(startsAt).toISOString())
}

function toCalendar(slotCase: SlotCase, agent: CaseAgent): AgentCalendar {
  return {
    schedule: {
      timeZone: agent.timeZone,
      weekly: agent.weekly.map((block): WeeklyBlock => ({ weekday: block.day, ...toBlock(block) })),
      overrides: agent.overrides.map(({ date, blocks }) => ({ date, blocks: blocks.map(toBlock) })),
    },
    durationMinutes: slotCase.durationMinutes,
    bufferMinutes: agent.bufferMinutes ?? slotCase.bufferMinutes,
    minimumNoticeMinutes: slotCase.minNoticeMinutes,
    // The table has no booking window.
    bookingWindowDays: 100_000,
    slotStepMinutes: slotCase.intervalMinutes,
    busy: [...agent.busy, ...(agent.bookings ?? [])].map(toInterval),
  }
}

function toBlock({ start, end }: CaseBlock): Block {
  return { start: toMinutes(start), end: toMinutes(end) }
}

function toMinutes(time: string): number {
  const [hours, minutes] = time.split(':')
  return Number(hours) * 60 + Number(minutes)
}

function toInterval({ start, end }: CaseBlock): Interval {
  return { start: Date.parse(start), end: Date.parse(end) }
}
