// When a schedule is open: an instant is open when the wall clock in the schedule's zone then reads a time inside
// a block that applies to the date it reads (docs/semantics.md, section 1). Must never resolve a wall time to an
// instant and never depend on "now", on the server's own zone or on the range that is asked for.
import { DAY, type Interval, MINUTE } from '../time.ts'
import { offsetAt, offsetPieces } from '../zone-offsets.ts'

/** Minutes of the local day, 0 <= start < end <= 1440. A block whose end is not after its start opens nothing. */
export interface Block {
  start: number
  end: number
}

/** A block of every week. `weekday` is the ISO weekday, 1 = Monday to 7 = Sunday. */
export interface WeeklyBlock extends Block {
  weekday: number
}

/** Replaces the weekly blocks of one local date, written YYYY-MM-DD. No blocks: closed. */
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

/** How much is looked at in one go for the next start of a block: a week, and a day for a change of the clock. */
const NEXT_START_SPAN = 8 * DAY

/** The open time inside a range, clipped to it, as disjoint intervals in ascending order.
 * @throws RangeError for a zone that Intl does not know */
export function openIntervals(schedule: Schedule, range: Interval): Interval[] {
  return openTime(hoursOf(schedule), range)
}

/** Every maximal run of open time that meets a range, whole: it can begin before the range and end after it.
 * A run without a beginning, which only a schedule open around the clock can have, starts at -Infinity; one
 * without an end ends at Infinity.
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

/** Where open time that goes on at an instant ends: Infinity if it never does; null if the schedule is closed then.
 * @throws RangeError for a zone that Intl does not know */
export function openUntil(schedule: Schedule, instant: number): number | null {
  const hours = hoursOf(schedule)
  const isOpen = openTime(hours, { start: instant, end: instant + 1 }).length > 0
  return isOpen ? endOfStretch(hours, instant + 1) : null
}

/** The first instant after another at which a block starts, of the blocks as they were entered: one that adjoins or
 * overlaps the one before it starts too. A block starts when the wall clock reads its start, as often as it does, and
 * when the clock leaps into it. A schedule that is closed opens next at the next start of a block.
 * @returns null if no block starts any more
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

/** The date (YYYY-MM-DD) that a calendar on the wall in the zone shows at an instant. */
export function localDateAt(timeZone: string, instant: number): string {
  return dateOfDay(Math.floor((instant + offsetAt(timeZone, instant)) / DAY))
}

/** The date (YYYY-MM-DD) a number of days after another; before it, if negative. */
export function addDays(date: string, days: number): string {
  return dateOfDay(dayOfDate(date) + days)
}

/** The exclusive end of a local date: the first instant at which the zone reads a later date. A date that the zone
 * skipped ends where it would have begun. */
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

/** The first instant of a range at which the zone reads a local time or a later one; the range's end if none does. */
function firstReading(timeZone: string, { local, range }: { local: number; range: Interval }): number {
  for (const piece of offsetPieces(timeZone, range)) {
    const instant = Math.max(piece.start, local - piece.offset)
    if (instant < piece.end) return instant
  }
  return range.end
}

/** A schedule made ready: days are counted from 1970-01-01, times of day are milliseconds, blocks are disjoint and
 * ascending unless they are wanted as entered. */
interface Hours {
  timeZone: string
  /** By weekday, Monday first. */
  weekly: readonly (readonly Block[])[]
  overrides: ReadonlyMap<number, readonly Block[]>
  /** When every weekday is open from 0:00 to 24:00: the days of the overrides, ascending. Nothing else can close. */
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

/** Adds a span that begins no earlier than the last one, joining the two if they touch. */
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
  // 1970-01-01, day 0, was a Thursday. The second remainder serves the days before it.
  const weekday = (((day + 3) % 7) + 7) % 7
  return hours.overrides.get(day) ?? hours.weekly[weekday] ?? []
}

/** The starts of blocks inside a range, without its first instant, in no order. */
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
        // Where a change of the clock cuts a block that goes on, nothing starts.
        if (start === midnight + block.start || ends.get(block) !== start) starts.push(start)
        ends.set(block, end)
      }
    }
  }
  return starts.filter((start) => start > range.start)
}

/** With blocks on single dates only, there can be years between two of them: an instant soon before the next of them
 * that is not over. Infinity if there is none. */
function beforeNextDayWithBlocks({ weekly, overrides }: Hours, instant: number): number {
  if (weekly.some((blocks) => blocks.length > 0)) return instant
  const days = [...overrides].filter(([day, blocks]) => blocks.length > 0 && (day + 2) * DAY > instant)
  return days.length === 0 ? Infinity : (Math.min(...days.map(([day]) => day)) - 1) * DAY
}

/** Follows open time back from an instant at which it is open, to where it starts. */
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

/** Follows open time on from an instant until which it is open, to where it ends. */
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

// Open around the clock, there can be years between two days that may close. The next two functions leap over
// them: an instant soon after the last such day before, one soon before the first such day after. A local date is
// read only between a day before and a day after that date in UTC.

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
