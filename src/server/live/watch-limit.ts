// Limits how many different free slots are watched at a time: each of them is computed and answered by itself after a
// change.
import type { Asker } from '../../services/booking/slots/fair-turns.ts'

/** Different ones: subscriptions to the same slots count as one, for whoever was first. */
export const MAX_WATCHES = { caller: 20, workspace: 2000, node: 5000 }

type Bound = keyof typeof MAX_WATCHES

export class WatchLimit {
  readonly #counts = new Map<string, number>()

  /** Counts a watch.
   * @returns a function that ends it; or whose bound it would exceed */
  begin({ workspaceId, caller }: Asker): (() => void) | Bound {
    const keys: Record<Bound, string> = {
      caller: `${workspaceId} ${caller}`,
      workspace: workspaceId,
      node: '',
    }
    const bounds = Object.keys(MAX_WATCHES) as Bound[]
    const exceeded = bounds.find((bound) => this.#count(keys[bound]) >= MAX_WATCHES[bound])
    if (exceeded !== undefined) return exceeded
    for (const bound of bounds) this.#add(keys[bound], 1)
    return () => {
      for (const bound of bounds) this.#add(keys[bound], -1)
    }
  }

  #count(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  #add(key: string, difference: number): void {
    const count = this.#count(key) + difference
    if (count > 0) this.#counts.set(key, count)
    else this.#counts.delete(key)
  }
}
