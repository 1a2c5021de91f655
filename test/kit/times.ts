// The usual times of a test. START (app.ts) is the Monday before.

/** The day after START, from midnight to midnight in UTC. */
export const TUESDAY = { from: '2026-03-03T00:00:00Z', to: '2026-03-04T00:00:00Z' }

/** An instant of that day, as the API writes it.
 * @param time hours and minutes */
export const at = (time: string): string => `2026-03-03T${time}:00.000Z`

export const NINE = at('09:00')
export const TEN = at('10:00')

/** The start of one of that day's slots of half an hour; the first, number 0, is NINE. */
export const slotAt = (number: number): string =>
  new Date(Date.parse(NINE) + number * 30 * 60_000).toISOString()
