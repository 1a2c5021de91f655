// A second implementation of the rules, minute by minute, from the wall clock of Intl.DateTimeFormat alone. It is slow
// and simple on purpose, and must never share code with src, whose results it checks. It is exact for zones and years
// whose offsets are whole minutes (all zones since 1972).

export interface OracleSchedule {
  timeZone: string
  weekly: readonly { weekday: number; start: number; end: number }[]
  overrides: readonly { date: string; blocks: readonly { start: number; end: number }[] }[]
}

export interface OracleAgent {
  schedule: OracleSchedule
  durationMinutes: number
  bufferMinutes: number
  minimumNoticeMinutes: number
  bookingWindowDays: number
  slotStepMinutes: number | null
  busy: readonly { start: number; end: number }[]
}

interface Wall {
  date: string
  /** ISO weekday, 1 = Monday. */
  weekday: number
  /** The time of day on the wall clock, in minutes. */
  minute: number
}

const MINUTE = 60_000
const HOURS_A_DAY = 24
/** A longer run of open minutes counts as one without a beginning; test data must respect that. */
export const LONGEST_STRETCH_DAYS = 45

const formats = new Map<string, Intl.DateTimeFormat>()

/** The wall clock of a zone at an instant, read from Intl. */
export function readWall(timeZone: string, instant: number): Wall {
  let format = formats.get(timeZone)
  if (!format) {
    const twoDigits = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', ...twoDigits, hourCycle: 'h23' })
    formats.set(timeZone, format)
  }
  // 03/08/2026, 14:05
  const text = format.format(instant)
  const date = `${text.slice(6, 10)}-${text.slice(0, 2)}-${text.slice(3, 5)}`
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay() || 7
  return { date, weekday, minute: Number(text.slice(12, 14)) * 60 + Number(text.slice(15, 17)) }
}

/** The wall clock of a zone in each minute since 1970 in UTC. Every hour is read once. */
export class WallClock {
  readonly #timeZone: string
  readonly #hours = new Map<number, readonly Wall[]>()

  constructor(timeZone: string) {
    this.#timeZone = timeZone
  }

  read(minute: number): Wall {
    const hour = Math.floor(minute / 60)
    const past = minute - hour * 60
    const readings = this.readHour(hour)
    return readings[past] ?? { ...readings[0]!, minute: readings[0]!.minute + past }
  }

  /** The readings of an hour: one for each minute, or only the first when the hour has no change. */
  readHour(hour: number): readonly Wall[] {
    const known = this.#hours.get(hour)
    if (known) return known
    const readings = this.#readHour(hour * 60 * MINUTE)
    this.#hours.set(hour, readings)
    return readings
  }

  /** An hour whose last minute reads 59 minutes more than its first on the same date has no change: no zone has ever
   * reverted a change within an hour. */
  #readHour(start: number): Wall[] {
    const first = readWall(this.#timeZone, start)
    const last = readWall(this.#timeZone, start + 59 * MINUTE)
    if (last.date === first.date && last.minute - first.minute === 59) return [first]
    return Array.from({ length: 60 }, (_, minute) => readWall(this.#timeZone, start + minute * MINUTE))
  }
}

/** The open minutes of a schedule, computed on demand. Minutes are counted from 1970 in UTC. */
export class OpenMinutes {
  readonly clock: WallClock
  readonly #schedule: OracleSchedule
  readonly #hours = new Map<number, readonly boolean[]>()
  readonly #starts = new Map<number, number>()
  readonly #months = new Map<string, number>()

  constructor(schedule: OracleSchedule, clock = new WallClock(schedule.timeZone)) {
    this.#schedule = schedule
    this.clock = clock
  }

  isOpen(minute: number): boolean {
    const hour = Math.floor(minute / 60)
    let minutes = this.#hours.get(hour)
    if (!minutes) {
      minutes = this.#openInHour(hour)
      this.#hours.set(hour, minutes)
    }
    return minutes[minute - hour * 60]!
  }

  #openInHour(hour: number): boolean[] {
    const readings = this.clock.readHour(hour)
    let date = ''
    let blocks: readonly { start: number; end: number }[] = []
    return Array.from({ length: 60 }, (_, past) => {
      const wall = readings[past] ?? readings[0]!
      const minute = readings.length === 1 ? wall.minute + past : wall.minute
      if (wall.date !== date) {
        date = wall.date
        const override = this.#schedule.overrides.find((each) => each.date === date)
        blocks = override?.blocks ?? this.#schedule.weekly.filter(({ weekday }) => weekday === wall.weekday)
      }
      return blocks.some(({ start, end }) => start <= minute && minute < end)
    })
  }

  /** The first minute of the run of open minutes that contains an open one; -Infinity if the run has no beginning. */
  startOfRun(minute: number): number {
    const limit = minute - LONGEST_STRETCH_DAYS * HOURS_A_DAY * 60
    let start = minute
    while (this.isOpen(start - 1)) {
      start = this.#starts.get(start - 1) ?? start - 1
      if (start < limit) start = -Infinity
      if (start === -Infinity) break
    }
    this.#starts.set(minute, start)
    return start
  }

  /** The first minute of the local month. */
  startOfMonth(minute: number): number {
    const month = this.clock.read(minute).date.slice(0, 7)
    let start = this.#months.get(month) ?? minute
    while (this.clock.read(start - 1).date.startsWith(month)) start--
    this.#months.set(month, start)
    return start
  }
}

/** The open time in a range (epoch milliseconds), as disjoint intervals clipped to it. */
export function openIntervals(open: OpenMinutes, range: { start: number; end: number }) {
  const intervals: { start: number; end: number }[] = []
  for (let minute = Math.floor(range.start / MINUTE); minute * MINUTE < range.end; minute++) {
    if (!open.isOpen(minute)) continue
    const start = Math.max(minute * MINUTE, range.start)
    const end = Math.min((minute + 1) * MINUTE, range.end)
    const last = intervals.at(-1)
    if (last?.end === start) last.end = end
    else intervals.push({ start, end })
  }
  return intervals
}

/** Whether a meeting keeps the buffer from all busy times. */
export function isFree(agent: OracleAgent, meeting: { start: number; end: number }): boolean {
  const buffer = agent.bufferMinutes * MINUTE
  return agent.busy
    .filter((event) => event.end !== event.start)
    .every((event) => meeting.start >= event.end + buffer || meeting.end + buffer <= event.start)
}

/** Why a slot cannot be booked; null if it can. */
export function refusal(
  agent: OracleAgent,
  open: OpenMinutes,
  { startsAt, now }: { startsAt: number; now: number },
) {
  const minute = Math.floor(startsAt / MINUTE)
  if (startsAt < now) return 'IN_PAST'
  if (startsAt < now + agent.minimumNoticeMinutes * MINUTE) return 'TOO_SOON'
  const today = Date.parse(open.clock.read(Math.floor(now / MINUTE)).date)
  const lastDate = new Date(today + agent.bookingWindowDays * HOURS_A_DAY * 60 * MINUTE)
    .toISOString()
    .slice(0, 10)
  if (open.clock.read(minute).date > lastDate) return 'TOO_FAR'
  const endsAt = startsAt + agent.durationMinutes * MINUTE
  for (let next = minute; next * MINUTE < endsAt; next++) if (!open.isOpen(next)) return 'OUTSIDE_HOURS'
  const step = (agent.slotStepMinutes ?? agent.durationMinutes) * MINUTE
  const start = open.startOfRun(minute)
  const anchor = start === -Infinity ? open.startOfMonth(minute) : start
  if ((startsAt - anchor * MINUTE) % step !== 0) return 'OFF_GRID'
  return isFree(agent, { start: startsAt, end: endsAt }) ? null : 'TAKEN'
}

/** The starts of the slots in a range. */
export function slots(
  agent: OracleAgent,
  open: OpenMinutes,
  { range, now }: { range: { start: number; end: number }; now: number },
): number[] {
  const found: number[] = []
  for (let start = Math.ceil(range.start / MINUTE) * MINUTE; start < range.end; start += MINUTE) {
    if (open.isOpen(start / MINUTE) && refusal(agent, open, { startsAt: start, now }) === null)
      found.push(start)
  }
  return found
}

/** The instants, to the minute, at which a zone's wall clock jumps within a range. */
export function findChanges(timeZone: string, range: { start: number; end: number }): number[] {
  const distance = 5 * HOURS_A_DAY * 60 * MINUTE
  const ahead = (instant: number) => {
    const { date, minute } = readWall(timeZone, instant)
    return Date.parse(date) + minute * MINUTE - instant
  }
  const between = (lower: number, upper: number): number[] => {
    if (ahead(lower) === ahead(upper)) return []
    if (upper - lower <= MINUTE) return [upper]
    const middle = lower + Math.floor((upper - lower) / 2 / MINUTE) * MINUTE
    return [...between(lower, middle), ...between(middle, upper)]
  }
  const changes: number[] = []
  for (let start = range.start; start < range.end; start += distance) {
    changes.push(...between(start, Math.min(start + distance, range.end)))
  }
  return changes
}
