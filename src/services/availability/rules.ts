// Decides when a schedule is open: an instant is open when the wall clock in the schedule's zone then reads a time
// inside a block that applies to the date it reads (docs/semantics.md, section 1). The result must never depend on
// "now", on the server's zone or on the range asked for, and no wall time is ever resolved to an instant.
import { DAY, type Interval, MINUTE } from '../time.ts'
import { offsetAt, offsetPieces } from '../zone-offsets.ts'

/** Minutes of the local day, 0 <= start < end <= 1440. A block whose end is not after its start opens nothing. */
export interface Block {
  start: number
  end: number
}

/** A block that repeats every week. `weekday` is the ISO weekday, 1 = Monday to 7 = Sunday. */
export interface WeeklyBlock extends Block {
  weekday: number
}

/** Replaces the weekly blocks of one local date, written YYYY-MM-DD. Without blocks that date is closed. */
export interface DateOverride {
  date: string
  blocks: readonly Block[]
}

/** The hours of an agent, in an IANA zone. Blocks may overlap and come in any order. */
export interface Schedule {
  timeZone: string
  weekly: readonly WeeklyBlock[]
  overrides: readonly DateOverride[]
}

/** How far each step of the search for the next start of a block looks: a week, and a day more for a clock change. */
const NEXT_START_SPAN = 8 * DAY

/** The open time within a range, clipped to it, as disjoint intervals in ascending order.
 * @throws RangeError for a zone that Intl does not know */
export function openIntervals(schedule: Schedule, range: Interval): Interval[] {
  return openTime(hoursOf(schedule), range)
}

/** Every maximal run of open time that overlaps a range, unclipped: it can begin before the range and end after it.
 * Only a schedule that is open around the clock has runs without a beginning, which start at -Infinity, or without an
 * end, which end at Infinity.
 * @throws RangeError for a zone that Intl does not know */
export function openStretches(schedule: Schedule, range: Interval): Interval[] {
  const hours = hoursOf(schedule)
  const stretches = openTime(hours, range)
  const first = stretches.at(0)
  if (first?.start === range.start) first.start = startOfStretch(hours, range.start)
  const last = stretches.at(-1)
  if (last?.end === range.end) last.end = endOfStretch(hours, range.end)
  return stretches
}

/** The end of the run of open time that contains an instant: Infinity when it never ends, null when the schedule is
 * closed at that instant.
 * @throws RangeError for a zone that Intl does not know */
export function openUntil(schedule: Schedule, instant: number): number | null {
  const hours = hoursOf(schedule)
  const isOpen = openTime(hours, { start: instant, end: instant + 1 }).length > 0
  return isOpen ? endOfStretch(hours, instant + 1) : null
}

/** Whether a schedule is open at an instant or ever after it.
 * @throws RangeError for a zone that Intl does not know */
export function everOpens(schedule: Schedule, instant: number): boolean {
  // Weekly blocks come again and again, those of a date do not.
  if (schedule.weekly.some(({ start, end }) => start < end)) return true
  return openUntil(schedule, instant) !== null || nextBlockStart(schedule, instant) !== null
}

/** The first instant after another at which a block starts. Blocks count as entered, so one that adjoins or overlaps
 * the block before it starts too. A block starts each time the wall clock reads its start, and when a clock change
 * jumps into it. A closed schedule next opens at this instant.
 * @returns null when no block ever starts again
 * @throws RangeError for a zone that Intl does not know */
export function nextBlockStart(schedule: Schedule, after: number): number | null {
  const hours = hoursOf(schedule, asEntered)
  for (let from = after; ; from += NEXT_START_SPAN - 1) {
    from = Math.max(from, beforeNextDayWithBlocks(hours, from))
    if (from === Infinity) return null
    const starts = blockStarts(hours, { start: from, end: from + NEXT_START_SPAN })
    if (starts.length > 0) return Math.min(...starts)
  }
}

/** The local date (YYYY-MM-DD) in the zone at an instant. */
export function localDateAt(timeZone: string, instant: number): string {
  return dateOfDay(Math.floor((instant + offsetAt(timeZone, instant)) / DAY))
}

/** Adds days to a date (YYYY-MM-DD); a negative number subtracts them. */
export function addDays(date: string, days: number): string {
  return dateOfDay(dayOfDate(date) + days)
}

/** The exclusive end of a local date: the first instant at which the zone reads a later date. A date that the zone
 * skipped ends at the instant at which it would have begun. */
export function endOfLocalDate(timeZone: string, date: string): number {
  const nextDay = (dayOfDate(date) + 1) * DAY
  // No offset is larger than a day, so that the date has ended everywhere two days after it ended in UTC.
  return firstReading(timeZone, {
    local: nextDay,
    range: { start: nextDay - 2 * DAY, end: nextDay + 2 * DAY },
  })
}

/** The first instant after another at which the zone reads a later date. */
export function nextMidnight(timeZone: string, after: number): number {
  const nextDay = (Math.floor((after + offsetAt(timeZone, after)) / DAY) + 1) * DAY
  return firstReading(timeZone, { local: nextDay, range: { start: after, end: nextDay + 2 * DAY } })
}

/** The first instant in a range at which the zone reads the local time or a later one; the end of the range if there is
 * none. */
function firstReading(timeZone: string, { local, range }: { local: number; range: Interval }): number {
  for (const piece of offsetPieces(timeZone, range)) {
    const instant = Math.max(piece.start, local - piece.offset)
    if (instant < piece.end) return instant
  }
  return range.end
}

/** A schedule prepared for computing: days are counted from 1970-01-01 and times of day in milliseconds. Blocks are
 * disjoint and ascending, unless they were prepared with `asEntered`. */
interface Hours {
  timeZone: string
  /** By weekday, Monday first. */
  weekly: readonly (readonly Block[])[]
  overrides: ReadonlyMap<number, readonly Block[]>
  /** The days of the overrides, ascending, when every weekday is open from 0:00 to 24:00: only they can be closed. */
  exceptions: readonly number[] | undefined
}

function hoursOf({ timeZone, weekly, overrides }: Schedule, prepare = joinBlocks): Hours {
  const week = [1, 2, 3, 4, 5, 6, 7].map((weekday) =>
    prepare(weekly.filter((block) => block.weekday === weekday)),
  )
  const byDay = new Map(overrides.map(({ date, blocks }) => [dayOfDate(date), prepare(blocks)]))
  const alwaysOpen = week.every(([block]) => block?.start === 0 && block.end === DAY)
  return {
    timeZone,
    weekly: week,
    overrides: byDay,
    exceptions: alwaysOpen ? [...byDay.keys()].sort((one, other) => one - other) : undefined,
  }
}

function asEntered(blocks: readonly Block[]): Block[] {
  return blocks
    .filter(({ start, end }) => start < end)
    .map(({ start, end }) => ({ start: start * MINUTE, end: end * MINUTE }))
}

function joinBlocks(blocks: readonly Block[]): Block[] {
  const joined: Block[] = []
  const ascending = blocks
    .filter(({ start, end }) => start < end)
    .sort((one, other) => one.start - other.start)
  for (const { start, end } of ascending) append(joined, { start: start * MINUTE, end: end * MINUTE })
  return joined
}

/** Appends a span that begins no earlier than the last one, and joins the two if they touch. */
function append(spans: Interval[], { start, end }: Interval): void {
  const last = spans.at(-1)
  if (last && start <= last.end) last.end = Math.max(last.end, end)
  else spans.push({ start, end })
}

function openTime(hours: Hours, range: Interval): Interval[] {
  const open: Interval[] = []
  for (const piece of offsetPieces(hours.timeZone, range)) {
    const lastDay = Math.floor((piece.end - 1 + piece.offset) / DAY)
    for (let day = Math.floor((piece.start + piece.offset) / DAY); day <= lastDay; day++) {
      const midnight = day * DAY - piece.offset
      for (const block of blocksOfDay(hours, day)) {
        const start = Math.max(midnight + block.start, piece.start)
        const end = Math.min(midnight + block.end, piece.end)
        if (start < end) append(open, { start, end })
      }
    }
  }
  return open
}

function blocksOfDay(hours: Hours, day: number): readonly Block[] {
  // 1970-01-01, day 0, was a Thursday. The second remainder makes the result positive for earlier days.
  const weekday = (((day + 3) % 7) + 7) % 7
  return hours.overrides.get(day) ?? hours.weekly[weekday] ?? []
}

/** The starts of blocks within a range, without its first instant, in no particular order. */
function blockStarts(hours: Hours, range: Interval): number[] {
  const starts: number[] = []
  const ends = new Map<Block, number>()
  for (const piece of offsetPieces(hours.timeZone, range)) {
    const lastDay = Math.floor((piece.end - 1 + piece.offset) / DAY)
    for (let day = Math.floor((piece.start + piece.offset) / DAY); day <= lastDay; day++) {
      const midnight = day * DAY - piece.offset
      for (const block of blocksOfDay(hours, day)) {
        const start = Math.max(midnight + block.start, piece.start)
        const end = Math.min(midnight + block.end, piece.end)
        if (start >= end) continue
        // A block that goes on across a clock change does not start there.
        if (start === midnight + block.start || ends.get(block) !== start) starts.push(start)
        ends.set(block, end)
      }
    }
  }
  return starts.filter((start) => start > range.start)
}

/** Skips the years that can lie between two overrides when no weekday has a block.
 * @returns an instant shortly before the next override with blocks that is not over; Infinity if there is none */
function beforeNextDayWithBlocks({ weekly, overrides }: Hours, instant: number): number {
  if (weekly.some((blocks) => blocks.length > 0)) return instant
  const days = [...overrides].filter(([day, blocks]) => blocks.length > 0 && (day + 2) * DAY > instant)
  return days.length === 0 ? Infinity : (Math.min(...days.map(([day]) => day)) - 1) * DAY
}

/** Searches backwards from an open instant for the start of its run of open time. */
function startOfStretch(hours: Hours, openFrom: number): number {
  let start = openFrom
  for (let span = DAY; ; span *= 2) {
    start = Math.min(start, afterExceptionBefore(hours, start))
    if (start === -Infinity) return start
    const last = openTime(hours, { start: start - span, end: start }).at(-1)
    if (last?.end !== start) return start
    if (last.start > start - span) return last.start
    start = last.start
  }
}

/** Searches forwards from the end of known open time for the end of its run. */
function endOfStretch(hours: Hours, openUntil: number): number {
  let end = openUntil
  for (let span = DAY; ; span *= 2) {
    end = Math.max(end, beforeExceptionAfter(hours, end))
    if (end === Infinity) return end
    const first = openTime(hours, { start: end, end: end + span }).at(0)
    if (first?.start !== end) return end
    if (first.end < end + span) return first.end
    end = first.end
  }
}

// In a schedule that is open around the clock, years can lie between two days that may be closed. The next two
// functions skip them: they return an instant shortly after the last such day before the given one, and shortly before
// the first such day after it. A local date occurs only between a day before and a day after the same date in UTC.

function afterExceptionBefore({ exceptions }: Hours, instant: number): number {
  if (!exceptions) return instant
  const day = exceptions.findLast((exception) => (exception - 1) * DAY < instant)
  return day === undefined ? -Infinity : (day + 2) * DAY
}

function beforeExceptionAfter({ exceptions }: Hours, instant: number): number {
  if (!exceptions) return instant
  const day = exceptions.find((exception) => (exception + 2) * DAY > instant)
  return day === undefined ? Infinity : (day - 1) * DAY
}

function dayOfDate(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY
}

function dateOfDay(day: number): string {
  return new Date(day * DAY).toISOString().replace(/T.*/, '')
}
