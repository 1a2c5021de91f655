// Spans of time, in milliseconds.

/** A span of time in epoch milliseconds. The end is exclusive. */
export interface Interval {
  start: number
  end: number
}

/** In milliseconds. */
export const SECOND = 1000
/** In milliseconds. */
export const MINUTE = 60 * SECOND
/** In milliseconds. */
export const HOUR = 60 * MINUTE
/** In milliseconds. */
export const DAY = 24 * HOUR
