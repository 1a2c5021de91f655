// Decides when calendars are read and written again. Pure.
import { MINUTE } from '../time.ts'

/** A calendar is read this often even without a webhook, because webhooks get lost. */
const SYNC_EVERY_MS = 10 * MINUTE
/** Busy time that was read longer ago than this no longer counts as known. */
export const KNOWN_FOR_MS = 30 * MINUTE
const FIRST_RETRY_MS = 1000
const LONGEST_RETRY_MS = 15 * MINUTE
/** An entry whose writing has failed for so long is given up. */
const GIVEN_UP_AFTER_MS = 24 * 60 * MINUTE

/** Between 8 and 12 minutes later, so that not all calendars are due at once.
 * @param chance from 0 to 1 */
export function nextSyncAfter(readAt: Date, chance: number): Date {
  return new Date(readAt.getTime() + SYNC_EVERY_MS * (0.8 + 0.4 * chance))
}

/** A mail to the visitor waits for the calendar at most so long: the calendar may send the invitation, and has the link
 * to the conference. */
export const MAIL_WAITS_MS = 2 * MINUTE

/** @param failures in a row, with this one
 * @param retryAfterMs the wait that the provider asks for; null: none
 * @returns the back-off, in ms: doubled with every failure up to a quarter of an hour, and at least what the
 * provider asks for */
export function retryDelay(failures: number, retryAfterMs: number | null): number {
  return Math.max(retryAfterMs ?? 0, Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS))
}

export function isGivenUp(firstFailedAt: Date, now: Date): boolean {
  return now.getTime() - firstFailedAt.getTime() >= GIVEN_UP_AFTER_MS
}
