// When an agent is there for live chats, worked out minute by minute from docs/semantics.md, section 5, alone: nothing
// of the product's code is in it. Whatever changes by the hours, changes with a minute.
import { DateTime } from 'luxon'
import { DAY, MINUTE } from '../kit/clock.ts'

/** Minutes of the local day; weekday 1 is Monday. */
export interface Block {
  weekday: number
  start: number
  end: number
}

interface Reading {
  weekday: number
  minute: number
}

/** What the clocks on the walls read, of any zone, in a window of time. */
export class WallClocks {
  readonly #from: number
  readonly #until: number
  readonly #readings = new Map<string, Reading[]>()

  constructor({ from, until }: { from: number; until: number }) {
    this.#from = from
    this.#until = until
  }

  read(zone: string, instant: number): Reading {
    const reading = this.#readingsOf(zone)[Math.floor((instant - this.#from) / MINUTE)]
    if (reading === undefined) throw new Error(`${new Date(instant).toISOString()} is not in the window.`)
    return reading
  }

  /** The first minute that begins after an instant and reads right; Infinity if there is none in the window. */
  next(zone: string, after: number, isRight: (reading: Reading) => boolean): number {
    for (let minute = Math.floor(after / MINUTE) + 1; minute * MINUTE < this.#until; minute++) {
      if (isRight(this.read(zone, minute * MINUTE))) return minute * MINUTE
    }
    return Infinity
  }

  #readingsOf(zone: string): Reading[] {
    const known = this.#readings.get(zone)
    if (known) return known
    const readings = Array.from({ length: (this.#until - this.#from) / MINUTE }, (_one, minute) => {
      const { weekday, hour, minute: past } = DateTime.fromMillis(this.#from + minute * MINUTE, { zone })
      return { weekday, minute: hour * 60 + past }
    })
    this.#readings.set(zone, readings)
    return readings
  }
}

/** All of an agent that decides. */
export interface Hours {
  zone: string
  blocks: Block[]
  toggle: { available: boolean; at: number; until: number } | null
}

/** With the setting that a toggle to available ends at midnight, too. */
export class Availability {
  readonly #clocks: WallClocks

  constructor(window: { from: number; until: number }) {
    this.#clocks = new WallClocks(window)
  }

  isAvailable({ zone, blocks, toggle }: Hours, instant: number): boolean {
    if (toggle && instant < toggle.until) return toggle.available
    const { weekday, minute } = this.#clocks.read(zone, instant)
    return blocks.some((block) => block.weekday === weekday && block.start <= minute && minute < block.end)
  }

  /** When a toggle that was set at an instant ends, by the blocks as they are. */
  endOfToggle({ zone, blocks }: Hours, { available, at }: { available: boolean; at: number }): number {
    const blockStart = this.#clocks.next(zone, at, ({ weekday, minute }) =>
      blocks.some((block) => block.weekday === weekday && block.start === minute),
    )
    return available ? Math.min(blockStart, this.#clocks.next(zone, at, isMidnight)) : blockStart
  }

  /** The first instant, from one on and before another, at which the agent is not there; Infinity if there is none. */
  goneFrom(hours: Hours, { from, before }: { from: number; before: number }): number {
    for (let instant = from; instant < before; instant = (Math.floor(instant / MINUTE) + 1) * MINUTE) {
      if (!this.isAvailable(hours, instant)) return instant
    }
    return Infinity
  }

  /** The starts and ends of blocks in the day after an instant. */
  boundaries({ zone, blocks }: Hours, from: number): { at: number; opens: boolean }[] {
    return blocks.flatMap(({ weekday, start, end }) =>
      [start, end].flatMap((minute) => {
        const isRight = (reading: Reading) =>
          minute === 1440
            ? reading.weekday === (weekday % 7) + 1 && reading.minute === 0
            : reading.weekday === weekday && reading.minute === minute
        const at = this.#clocks.next(zone, from, isRight)
        return at < from + DAY ? [{ at, opens: minute === start }] : []
      }),
    )
  }
}

const isMidnight = ({ minute }: Reading) => minute === 0
