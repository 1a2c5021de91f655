// Finds the UTC offsets of a time zone with Intl, and caches them per zone and year for all agents in the zone. It must
// never convert a wall time into an instant: that conversion is ambiguous, while instant to wall time never is.

import type { Interval } from './time.ts'

/** A span in which a zone has one offset: local time = UTC + `offset` milliseconds. */
export interface OffsetPiece extends Interval {
  offset: number
}

interface Reading {
  instant: number
  offset: number
}

type OffsetReader = (instant: number) => Reading

const SECOND = 1000
// A change is found because the offsets at two probes differ, so a zone must not leave its offset and return to it
// between two probes. The shortest such absence from 1970 to 2100 is 6.96 days (Brazil's north-east in October 2000).
const PROBE_DISTANCE = 3 * 24 * 3600 * SECOND
const MAX_CACHED_ZONE_YEARS = 2000

const zoneYears = new Map<string, readonly OffsetPiece[]>()

/** Cuts a range into pieces of constant offset.
 * @param timeZone an IANA name, see {@link isTimeZone}
 * @returns the pieces in ascending order, clipped to the range; none for an empty range. Neighbours can have the
 * same offset.
 * @throws RangeError for a zone that Intl does not know */
export function offsetPieces(timeZone: string, range: Interval): OffsetPiece[] {
  const pieces: OffsetPiece[] = []
  if (range.start >= range.end) return pieces
  const lastYear = utcYear(range.end - 1)
  for (let year = utcYear(range.start); year <= lastYear; year++) {
    for (const { start, end, offset } of piecesOfYear(timeZone, year)) {
      if (end <= range.start || start >= range.end) continue
      pieces.push({ start: Math.max(start, range.start), end: Math.min(end, range.end), offset })
    }
  }
  return pieces
}

/** The offset of a zone at an instant: local time = UTC + offset, in milliseconds.
 * @throws RangeError for a zone that Intl does not know */
export function offsetAt(timeZone: string, instant: number): number {
  let found = 0
  for (const { start, offset } of piecesOfYear(timeZone, utcYear(instant))) {
    if (start <= instant) found = offset
  }
  return found
}

// Intl also accepts plain offsets, and names that are not in the IANA database and do not mean what most people think,
// for example BST (Dhaka) and IST (Kolkata).
const THREE_LETTER_ZONES = /^(CET|EET|EST|GMT|HST|MET|MST|PRC|ROC|ROK|UCT|UTC|WET)$/i
const NOT_IN_IANA = /^([a-z]{3}|[+-].*|SystemV\/.*)$/i

/** Whether a name is a zone of the IANA time zone database that this server knows. Offsets such as `+05:30` and
 * abbreviations such as `BST` are not; `EST5EDT` and `UTC` are. */
export function isTimeZone(name: string): boolean {
  if (NOT_IN_IANA.test(name) && !THREE_LETTER_ZONES.test(name)) return false
  try {
    offsetReader(name)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function utcYear(instant: number): number {
  return new Date(instant).getUTCFullYear()
}

function piecesOfYear(timeZone: string, year: number): readonly OffsetPiece[] {
  const key = `${timeZone} ${year}`
  const known = zoneYears.get(key)
  if (known) return known
  const pieces = findPieces(offsetReader(timeZone), year)
  if (zoneYears.size >= MAX_CACHED_ZONE_YEARS) evictOldest()
  zoneYears.set(key, pieces)
  return pieces
}

function evictOldest(): void {
  for (const key of zoneYears.keys()) {
    zoneYears.delete(key)
    return
  }
}

function findPieces(read: OffsetReader, year: number): OffsetPiece[] {
  const end = Date.UTC(year + 1, 0, 1)
  let lower = read(Date.UTC(year, 0, 1))
  const starts = [lower]
  while (lower.instant < end) {
    const upper = read(Math.min(lower.instant + PROBE_DISTANCE, end))
    starts.push(...findChanges(read, { lower, upper }))
    lower = upper
  }
  // A change exactly at the end of the year starts the first piece of the next year.
  return starts
    .filter(({ instant }) => instant < end)
    .map(({ instant, offset }, index) => ({ start: instant, end: starts[index + 1]?.instant ?? end, offset }))
}

/** Finds the first reading of every new offset after `lower` up to `upper`, to the second. Bisecting both halves also
 * finds several changes in one span. */
function findChanges(read: OffsetReader, { lower, upper }: { lower: Reading; upper: Reading }): Reading[] {
  if (lower.offset === upper.offset) return []
  const seconds = (upper.instant - lower.instant) / SECOND
  if (seconds <= 1) return [upper]
  const middle = read(lower.instant + Math.floor(seconds / 2) * SECOND)
  return [...findChanges(read, { lower, upper: middle }), ...findChanges(read, { lower: middle, upper })]
}

const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/

function offsetReader(timeZone: string): OffsetReader {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  return (instant) => {
    const parts = OFFSET.exec(format.format(instant))
    if (!parts) throw new Error(`Intl gives no offset for the zone ${timeZone}`)
    const [, sign, hours = 0, minutes = 0, seconds = 0] = parts
    const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * SECOND
    return { instant, offset: sign === '-' ? -size : size }
  }
}
