// How many messages a client may send over one socket.

const WINDOW_MS = 10_000
const MOST_MESSAGES = 300

/** @returns tells of each message whether it is within the limit */
export function createMessageLimit(): () => boolean {
  let windowStart = performance.now()
  let count = 0
  return () => {
    const now = performance.now()
    if (now - windowStart > WINDOW_MS) {
      windowStart = now
      count = 0
    }
    return ++count <= MOST_MESSAGES
  }
}
