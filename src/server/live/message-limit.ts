// Limits how many messages a client may send over one socket.

export const WINDOW_MS = 10_000
export const MAX_MESSAGES = 300

/** @returns a function that counts a message and returns whether it is within the limit */
export function createMessageLimit(): () => boolean {
  let windowStart = performance.now()
  let count = 0
  return () => {
    const now = performance.now()
    if (now - windowStart > WINDOW_MS) {
      windowStart = now
      count = 0
    }
    return ++count <= MAX_MESSAGES
  }
}
