// Sockets that are open and not signed in yet. Whoever opens them needs no token, so they are counted by client address.
import { networksOf } from '../../services/budgets/rules.ts'

/** So many times the sockets of one caller may be on their way in from one address: an office reconnects at once. */
export const ARRIVALS_PER_SOCKET = 10

export class Arrivals {
  readonly #limit: number
  readonly #counts = new Map<string, number>()

  /** @param maxSocketsPerCaller see `Limits` */
  constructor({ maxSocketsPerCaller }: { maxSocketsPerCaller: number }) {
    this.#limit = maxSocketsPerCaller * ARRIVALS_PER_SOCKET
  }

  /** @param address see `Client`
   * @returns to be called when the client has signed in, and when it has disconnected; null: there are too many */
  begin(address: string | null): (() => void) | null {
    const key = address === null ? '' : networksOf(address).address
    const count = this.#counts.get(key) ?? 0
    if (count >= this.#limit) return null
    this.#counts.set(key, count + 1)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      const left = (this.#counts.get(key) ?? 1) - 1
      if (left > 0) this.#counts.set(key, left)
      else this.#counts.delete(key)
    }
  }
}
