// The days of a zone as instants, so that a statement counts rows by the days of any zone without knowing zones. Pure.
import { DAY, type Interval } from '../time.ts'
import { offsetAt, offsetPieces } from '../zone-offsets.ts'

/** A span of time with one local date. */
export interface DaySpan extends Interval {
  /** The place of the date among the dates of the range; null: it is none of them. */
  day: number | null
}

/** No zone is farther from UTC. */
const MAX_OFFSET_MS = DAY

const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / DAY
const dateOf = (day: number) => new Date(day * DAY).toISOString().slice(0, 10)

/** @returns all dates from `from` to `to`, both inclusive */
export function datesBetween(from: string, to: string): string[] {
  const first = dayOf(from)
  return Array.from({ length: dayOf(to) - first + 1 }, (_, index) => dateOf(first + index))
}

/** @returns the local date at an instant, in epoch milliseconds */
export function dateAt(timeZone: string, instant: number): string {
  return dateOf(Math.floor((instant + offsetAt(timeZone, instant)) / DAY))
}

/** Cuts the time of a range of dates into spans: usually one for each date. A date that the zone skipped has none. One that
 * the zone left and came back to has two, because the clock was put back over midnight.
 * @returns the spans in ascending order, without gaps between them; those of other dates in between included */
export function spansOf({ from, to, timeZone }: { from: string; to: string; timeZone: string }): DaySpan[] {
  const [first, last] = [dayOf(from), dayOf(to)]
  const around = { start: first * DAY - MAX_OFFSET_MS, end: (last + 1) * DAY + MAX_OFFSET_MS }
  const spans: { start: number; end: number; day: number }[] = []
  for (const { start, end, offset } of offsetPieces(timeZone, around)) {
    for (let day = Math.floor((start + offset) / DAY); day * DAY - offset < end; day += 1) {
      const span = {
        start: Math.max(start, day * DAY - offset),
        end: Math.min(end, (day + 1) * DAY - offset),
        day,
      }
      const previous = spans.at(-1)
      if (previous?.day === day) previous.end = span.end
      else spans.push(span)
    }
  }
  const isWithin = ({ day }: { day: number }) => first <= day && day <= last
  const used = spans.slice(spans.findIndex(isWithin), spans.findLastIndex(isWithin) + 1)
  return used.map((span) => ({ ...span, day: isWithin(span) ? span.day - first : null }))
}

/** @returns the time of the dates of the range: usually one interval, and none if the zone skipped all of them */
export function timeOf(spans: DaySpan[]): Interval[] {
  const found: Interval[] = []
  for (const { start, end, day } of spans) {
    const previous = found.at(-1)
    if (day === null) continue
    if (previous?.end === start) previous.end = end
    else found.push({ start, end })
  }
  return found
}
