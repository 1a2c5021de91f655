// Decides which slots of an agent can be booked, and why others cannot (docs/semantics.md, section 2). Slots, holds,
// bookings and reassignments all decide with the functions of this file, so that an offered slot is bookable. No other
// file may have a second rule.
import {
  addDays,
  endOfLocalDate,
  localDateAt,
  openStretches,
  type Schedule,
} from '../../availability/rules.ts'
import { DAY, type Interval, MINUTE } from '../../time.ts'

/** Everything the slot rules need to know about one agent. Durations are at least one minute and other numbers are not
 * negative; that is checked when the settings are saved. */
export interface AgentCalendar {
  schedule: Schedule
  durationMinutes: number
  bufferMinutes: number
  minimumNoticeMinutes: number
  /** How many local dates after today can be booked, in the schedule's zone. 0: today only. */
  bookingWindowDays: number
  /** null: a slot every `durationMinutes`. */
  slotStepMinutes: number | null
  /** Calendar events that count as busy, standing meetings, and holds of other callers. In any order, and they can
   * overlap. An interval without length blocks nothing. */
  busy: readonly Interval[]
}

/** Reservations are found by the index of their start, so a search must know how far back it has to go. A longer meeting
 * has no reservation; it counts as busy time of the calendar. */
export const LONGEST_RESERVATION_MS = DAY

/** Why the rules refuse a slot; `SlotRefusal` of errors.ts says what each means. */
type RuleRefusal = 'IN_PAST' | 'TOO_SOON' | 'TOO_FAR' | 'OUTSIDE_HOURS' | 'OFF_GRID' | 'TAKEN'

/** The slots of one agent, as found by {@link findSlots}. */
interface AgentSlots {
  durationMinutes: number
  starts: readonly number[]
}

/** A slot of one or more agents: epoch milliseconds, and how many agents could take it. */
export interface OfferedSlot {
  startsAt: number
  endsAt: number
  agentCount: number
}

/** Finds the slots of one agent that start in a range.
 * @returns the start of each slot in epoch milliseconds, ascending. A slot ends `durationMinutes` later, which can be
 *   after the range */
export function findSlots(agent: AgentCalendar, query: { range: Interval; now: number }): number[] {
  const { earliest, end } = bookableTime(agent, query.now)
  const range = { start: Math.max(query.range.start, earliest), end: Math.min(query.range.end, end) }
  return freeStarts(agent, { starts: gridStarts(agent, range), range })
}

/** @returns why a slot cannot be booked now, or null for exactly the slots that {@link findSlots} finds */
export function refuseSlot(
  agent: AgentCalendar,
  query: { startsAt: number; now: number },
): RuleRefusal | null {
  const { startsAt, now } = query
  if (startsAt < now) return 'IN_PAST'
  const { earliest, end } = bookableTime(agent, now)
  if (startsAt < earliest) return 'TOO_SOON'
  if (startsAt >= end) return 'TOO_FAR'
  const slot = { start: startsAt, end: startsAt + agent.durationMinutes * MINUTE }
  if (!isInsideHours(slot, agent)) return 'OUTSIDE_HOURS'
  if (gridStarts(agent, { start: startsAt, end: startsAt + 1 }).length === 0) return 'OFF_GRID'
  return isFree(slot, agent) ? null : 'TAKEN'
}

/** @param calendar.bufferMinutes the buffer with which the time was held
 * @returns why a time that is held cannot be booked now. Its place in the hours was decided when it was taken */
export function refuseHeldTime(
  held: Interval,
  { now, ...calendar }: Pick<AgentCalendar, 'busy' | 'bufferMinutes'> & { now: number },
): RuleRefusal | null {
  if (held.start < now) return 'IN_PAST'
  return isFree(held, calendar) ? null : 'TAKEN'
}

/** What decides where a meeting was booked. */
interface BookedIn {
  state: string
  requestedAt: Date
  endedAt: Date | null
  /** null: the chat did not begin with a dialogue, as in `Conversation`. */
  dialogueId: string | null
  acceptedAt: Date | null
}

/** Where a meeting was booked.
 * @param conversation the chat in or after which it was booked; null without a chat
 * @param bookedAt when the visitor booked it, before it had to be confirmed if it had to */
export function sourceOf(
  conversation: BookedIn | null,
  bookedAt: Date,
): 'API' | 'DIALOGUE' | 'LIVE_CHAT' | 'FALLBACK' {
  if (conversation === null) return 'API'
  if (conversation.dialogueId !== null && isBeforeRequest(conversation, bookedAt)) return 'DIALOGUE'
  return conversation.endedAt === null ? 'LIVE_CHAT' : 'FALLBACK'
}

/** Whether no agent had been asked for yet. A dialogue that ends by itself never asks for one. */
function isBeforeRequest({ state, requestedAt, acceptedAt }: BookedIn, at: Date): boolean {
  const endedByItself = (state === 'ENDED' || state === 'TIMED_OUT') && acceptedAt === null
  return state === 'AUTOMATED' || endedByItself || at < requestedAt
}

/** The end of a meeting that starts at this time. */
export function endOfMeeting(
  startsAt: Date,
  { durationMinutes }: Pick<AgentCalendar, 'durationMinutes'>,
): Date {
  return new Date(startsAt.getTime() + durationMinutes * MINUTE)
}

/** The end of the buffer after a meeting that ends at this time. */
export function endOfBuffer(endsAt: Date, { bufferMinutes }: Pick<AgentCalendar, 'bufferMinutes'>): Date {
  return new Date(endsAt.getTime() + bufferMinutes * MINUTE)
}

/** Whether at least the buffer lies between a meeting and every busy time. */
export function isFree(meeting: Interval, agent: Pick<AgentCalendar, 'busy' | 'bufferMinutes'>): boolean {
  const lengths = { duration: meeting.end - meeting.start, buffer: agent.bufferMinutes * MINUTE }
  return agent.busy.every((event) => {
    const { after, before } = startsRuledOut(event, lengths)
    return meeting.start <= after || meeting.start >= before
  })
}

/** Whether a meeting lies inside one stretch of open time; it need not be on the grid. */
export function isInsideHours(meeting: Interval, { schedule }: Pick<AgentCalendar, 'schedule'>): boolean {
  const stretch = openStretches(schedule, { start: meeting.start, end: meeting.start + 1 }).at(0)
  return stretch !== undefined && stretch.end >= meeting.end
}

/** Merges the slots of several agents into one list, ascending by start, then by end. Slots of different length are
 * different slots; free times of different agents are never joined. */
export function unionSlots(slotsOfAgents: readonly AgentSlots[]): OfferedSlot[] {
  const union: OfferedSlot[] = []
  for (const [durationMinutes, agents] of Map.groupBy(slotsOfAgents, (agent) => agent.durationMinutes)) {
    for (const [startsAt, count] of countStarts(agents)) {
      union.push({ startsAt, endsAt: startsAt + durationMinutes * MINUTE, agentCount: count })
    }
  }
  return union.sort((one, other) => one.startsAt - other.startsAt || one.endsAt - other.endsAt)
}

function countStarts(agents: readonly AgentSlots[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { starts } of agents) {
    for (const start of starts) counts.set(start, (counts.get(start) ?? 0) + 1)
  }
  return counts
}

/** The time from the end of the notice to the end of the last local date of the booking window. */
function bookableTime(agent: AgentCalendar, now: number): { earliest: number; end: number } {
  const { timeZone } = agent.schedule
  const lastDate = addDays(localDateAt(timeZone, now), agent.bookingWindowDays)
  return { earliest: now + agent.minimumNoticeMinutes * MINUTE, end: endOfLocalDate(timeZone, lastDate) }
}

/** Rule 1, the candidates: the points of the grid in a range where a whole slot fits into open time. */
function gridStarts(agent: AgentCalendar, range: Interval): number[] {
  const duration = agent.durationMinutes * MINUTE
  const step = (agent.slotStepMinutes ?? agent.durationMinutes) * MINUTE
  const starts: number[] = []
  for (const stretch of openStretches(agent.schedule, range)) {
    const lastStart = stretch.end - duration
    for (const { anchor, end } of gridsOf(stretch, { range, timeZone: agent.schedule.timeZone })) {
      const steps = Math.max(0, Math.ceil((range.start - anchor) / step))
      for (let start = anchor + steps * step; start < end && start <= lastStart; start += step)
        starts.push(start)
    }
  }
  return starts
}

/** The grids of a stretch within a range: each runs from its anchor to its end, exclusive.
 *
 * A stretch has one grid, from its start. A stretch without a beginning (open around the clock, and never closed
 * before) has no start, so its grid starts again every month, at the first instant of the month in the schedule's zone.
 * Like every grid it depends on the schedule alone. A change of the clock shifts it against the full hour only for the
 * rest of that month. */
function gridsOf(
  stretch: Interval,
  { range, timeZone }: { range: Interval; timeZone: string },
): { anchor: number; end: number }[] {
  if (stretch.start !== -Infinity) return [{ anchor: stretch.start, end: range.end }]
  const grids: { anchor: number; end: number }[] = []
  let month = firstOfMonth(localDateAt(timeZone, range.start))
  let anchor = startOfLocalDate(timeZone, month)
  while (anchor < range.end) {
    month = firstOfMonth(addDays(month, 31))
    const next = startOfLocalDate(timeZone, month)
    grids.push({ anchor, end: Math.min(next, range.end) })
    anchor = next
  }
  return grids
}

function firstOfMonth(date: string): string {
  return date.replace(/\d\d$/, '01')
}

function startOfLocalDate(timeZone: string, date: string): number {
  return endOfLocalDate(timeZone, addDays(date, -1))
}

/** Rule 2 for many ascending starts in a range, in one pass over the sorted busy times. */
function freeStarts(
  agent: AgentCalendar,
  { starts, range }: { starts: number[]; range: Interval },
): number[] {
  const lengths = { duration: agent.durationMinutes * MINUTE, buffer: agent.bufferMinutes * MINUTE }
  const events = agent.busy.filter((event) => {
    const { after, before } = startsRuledOut(event, lengths)
    return after < range.end && before > range.start
  })
  events.sort((one, other) => one.start - other.start)
  let next = 0
  let freeFrom = -Infinity
  return starts.filter((start) => {
    for (let event = events[next]; event; event = events[++next]) {
      const { after, before } = startsRuledOut(event, lengths)
      if (after >= start) break
      freeFrom = Math.max(freeFrom, before)
    }
    return start >= freeFrom
  })
}

/** Rule 2, the only rule of conflicts: a busy time rules out every start later than `after` and earlier than `before`.
 * One without length rules out no start. */
function startsRuledOut(
  event: Interval,
  { duration, buffer }: { duration: number; buffer: number },
): { after: number; before: number } {
  if (event.start >= event.end) return { after: Infinity, before: -Infinity }
  return { after: event.start - duration - buffer, before: event.end + buffer }
}
