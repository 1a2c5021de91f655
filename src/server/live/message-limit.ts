// Limits how much a client may send over one socket.

export const WINDOW_MS = 10_000
export const MAX_MESSAGES = 300
/** Enough for all subscriptions that a socket may have, each with a long document. */
export const MAX_BYTES = 1024 * 1024

/** @returns a function that adds to what a client has sent, and returns the sum of the current window */
export function createWindow(): (amount: number) => number {
  let windowStart = performance.now()
  let sum = 0
  return (amount) => {
    const now = performance.now()
    if (now - windowStart > WINDOW_MS) {
      windowStart = now
      sum = 0
    }
    sum += amount
    return sum
  }
}
