// A second implementation of the live-chat status, which reads the wall clock minute by minute. Like oracle.ts it must
// never share code with src, whose results it checks.
import { OpenMinutes, type OracleSchedule, WallClock } from './oracle.ts'

const MINUTE = 60_000

interface OracleFacts {
  toggle: { available: boolean; setAt: number } | null
  resetsAtMidnight: boolean
}

export interface OracleStatus {
  available: boolean
  source: 'HOURS' | 'TOGGLE'
  changesAt: number | null
  toggle: { available: boolean; setAt: number; expiresAt: number | null } | null
}

/** The events of a schedule within a range, found minute by minute. */
export class Timeline {
  readonly end: number
  /** The starts of blocks, in epoch milliseconds. */
  readonly starts: number[] = []
  readonly #open: { at: number; value: boolean }[] = []
  readonly #dates: { at: number; value: string }[] = []

  constructor(
    schedule: OracleSchedule,
    range: { start: number; end: number },
    clock = new WallClock(schedule.timeZone),
  ) {
    this.end = Math.floor(range.end / MINUTE) * MINUTE
    const open = new OpenMinutes(schedule, clock)
    let blocks: readonly { start: number; end: number }[] = []
    let before = { date: '', minute: -1 }
    // The minute before the range only serves as the predecessor of the first one.
    for (let minute = Math.floor(range.start / MINUTE) - 1; minute * MINUTE < this.end; minute++) {
      const wall = clock.read(minute)
      const at = minute * MINUTE
      if (wall.date !== before.date) {
        blocks = blocksOf(schedule, wall)
        this.#dates.push({ at, value: wall.date })
      }
      if (this.#open.at(-1)?.value !== open.isOpen(minute)) {
        this.#open.push({ at, value: open.isOpen(minute) })
      }
      const isFirst = before.date === ''
      if (!isFirst && blocks.some((block) => starts(block, { wall, before }))) this.starts.push(at)
      before = wall
    }
  }

  /** Instants outside of the range are null. */
  statusAt({ toggle, resetsAtMidnight }: OracleFacts, now: number): OracleStatus {
    const expiresAt = toggle === null ? null : this.#endOf(toggle, resetsAtMidnight)
    const counts = (instant: number) => toggle !== null && (expiresAt === null || instant < expiresAt)
    const available = (instant: number) =>
      counts(instant) ? toggle?.available === true : valueAt(this.#open, instant)
    const turns = [...this.#open.map(({ at }) => at), expiresAt ?? now].sort((one, other) => one - other)
    return {
      available: available(now),
      source: counts(now) ? 'TOGGLE' : 'HOURS',
      changesAt: turns.find((at) => at > now && available(at) !== available(now)) ?? null,
      toggle: toggle !== null && counts(now) ? { ...toggle, expiresAt } : null,
    }
  }

  #endOf({ available, setAt }: { available: boolean; setAt: number }, resets: boolean): number | null {
    const start = this.starts.find((at) => at > setAt) ?? Infinity
    const today = valueAt(this.#dates, setAt)
    const tomorrow = this.#dates.find(({ at, value }) => at > setAt && value > today)?.at ?? Infinity
    const end = available && resets ? Math.min(start, tomorrow) : start
    return end === Infinity ? null : end
  }
}

interface Reading {
  date: string
  minute: number
}

/** A block starts in a minute in which the clock reads its start, or in which the clock is inside the block and was not
 * the minute before. */
function starts(
  block: { start: number; end: number },
  { wall, before }: { wall: Reading; before: Reading },
): boolean {
  const holds = ({ minute }: Reading) => block.start <= minute && minute < block.end
  if (!holds(wall)) return false
  return wall.minute === block.start || before.date !== wall.date || !holds(before)
}

function blocksOf(schedule: OracleSchedule, { date, weekday }: { date: string; weekday: number }) {
  const override = schedule.overrides.find((each) => each.date === date)
  return override?.blocks ?? schedule.weekly.filter((block) => block.weekday === weekday)
}

function valueAt<Value>(changes: readonly { at: number; value: Value }[], instant: number): Value {
  const last = changes.findLast(({ at }) => at <= instant)
  if (last === undefined) throw new RangeError('The instant is before the timeline.')
  return last.value
}
