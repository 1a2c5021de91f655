// When calendars are read and written again, as pure decisions.
import { MINUTE } from '../time.ts'

/** A calendar is read this often, whether anybody told of a change or not: pushes get lost. */
const SYNC_EVERY_MS = 10 * MINUTE
/** Busy time that was read longer ago than this is not known any more. */
export const KNOWN_FOR_MS = 30 * MINUTE
const FIRST_RETRY_MS = 1000
const LONGEST_RETRY_MS = 15 * MINUTE
/** After this much time in vain, the calendar does without the meeting. */
const GIVEN_UP_AFTER_MS = 24 * 60 * MINUTE

/** Between 8 and 12 minutes later, so that calendars do not all come at once.
 * @param chance from 0 to 1 */
export function nextSyncAfter(readAt: Date, chance: number): Date {
  return new Date(readAt.getTime() + SYNC_EVERY_MS * (0.8 + 0.4 * chance))
}

/** For so long a mail to the visitor waits for the calendar, which may invite, and have a link to the conference. */
export const MAIL_WAITS_MS = 2 * MINUTE

/** @param failures in a row, with this one
 * @param retryAfterMs what the provider asks for; null: nothing
 * @returns how long to wait: doubled every time, at most a quarter of an hour */
export function retryDelay(failures: number, retryAfterMs: number | null): number {
  return Math.max(retryAfterMs ?? 0, Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS))
}

export function isGivenUp(firstFailedAt: Date, now: Date): boolean {
  return now.getTime() - firstFailedAt.getTime() >= GIVEN_UP_AFTER_MS
}
