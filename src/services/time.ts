// Spans of time, in milliseconds. Pure.

/** A span of time: epoch milliseconds, the end is exclusive. */
export interface Interval {
  start: number
  end: number
}

/** In milliseconds. */
export const MINUTE = 60_000
/** In milliseconds. */
export const DAY = 1440 * MINUTE
