// When an agent is available for live chats, computed minute by minute from docs/semantics.md, section 5, alone, without
// any code of the product. All changes by hours fall on whole minutes.
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

/** The local times of any zone in a window of time. */
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

  /** The first minute that begins after an instant and whose local time matches; Infinity if the window has none. */
  next(zone: string, after: number, matches: (reading: Reading) => boolean): number {
    for (let minute = Math.floor(after / MINUTE) + 1; minute * MINUTE < this.#until; minute++) {
      if (matches(this.read(zone, minute * MINUTE))) return minute * MINUTE
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

/** The facts that determine the availability of an agent. */
export interface Hours {
  zone: string
  blocks: Block[]
  toggle: { available: boolean; at: number; until: number } | null
}

/** Assumes the setting that a toggle to available also ends at midnight. */
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

  /** The end of a toggle that is set at an instant, according to the present blocks. */
  endOfToggle({ zone, blocks }: Hours, { available, at }: { available: boolean; at: number }): number {
    const blockStart = this.#clocks.next(zone, at, ({ weekday, minute }) =>
      blocks.some((block) => block.weekday === weekday && block.start === minute),
    )
    return available ? Math.min(blockStart, this.#clocks.next(zone, at, isMidnight)) : blockStart
  }

  /** The first instant in a range at which the agent is not available; Infinity if there is none. */
  unavailableFrom(hours: Hours, { from, before }: { from: number; before: number }): number {
    for (let instant = from; instant < before; instant = (Math.floor(instant / MINUTE) + 1) * MINUTE) {
      if (!this.isAvailable(hours, instant)) return instant
    }
    return Infinity
  }

  /** The starts and ends of blocks within a day after an instant. */
  boundaries({ zone, blocks }: Hours, from: number): { at: number; opens: boolean }[] {
    return blocks.flatMap(({ weekday, start, end }) =>
      [start, end].flatMap((minute) => {
        const matches = (reading: Reading) =>
          minute === 1440
            ? reading.weekday === (weekday % 7) + 1 && reading.minute === 0
            : reading.weekday === weekday && reading.minute === minute
        const at = this.#clocks.next(zone, from, matches)
        return at < from + DAY ? [{ at, opens: minute === start }] : []
      }),
    )
  }
}

const isMidnight = ({ minute }: Reading) => minute === 0
