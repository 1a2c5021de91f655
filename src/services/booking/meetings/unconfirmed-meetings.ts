// Bounds how many meetings unverified visitors book with one e-mail address, whose owner may know nothing of them.
import { type Person, Prisma } from '../../../database/generated/client/client.ts'
import { QuotaExceededError } from '../../../errors.ts'
import type { Services } from '../../context.ts'

/** @returns a subquery that counts the upcoming meetings of a person that were booked by visitors who only claimed to be
 *   that person and did not confirm it, and the bookings whose confirmation is awaited. Requires the lock of the person's
 *   e-mail */
export function countingUnconfirmed({ id: personId }: Pick<Person, 'id'>, now: Date): Prisma.Sql {
  return Prisma.sql`
    SELECT (
      SELECT count(*) FROM "Meeting"
      WHERE "personId" = ${personId}::uuid AND "claimed" IS NOT NULL AND "confirmedAt" IS NULL
        AND "status" <> 'CANCELLED' AND "endsAt" > ${now}::timestamptz
    )::int + (
      SELECT count(*) FROM "MeetingRequest"
      WHERE "personId" = ${personId}::uuid AND "expiresAt" > ${now}::timestamptz AND "meetingId" IS NULL
    )::int`
}

/** The refusal does not say when a meeting is over: whoever claims an address must not learn when its owner meets.
 * @param present.unconfirmed see `countingUnconfirmed`
 * @throws QuotaExceededError */
export function requireRoomForUnconfirmed(
  { settings }: Pick<Services, 'settings'>,
  { unconfirmed }: { unconfirmed: number },
): void {
  const limit = settings.maxUnconfirmedMeetings
  if (unconfirmed < limit) return
  const message = `At most ${limit} meetings to come are booked with an e-mail address that is not verified.`
  throw new QuotaExceededError(message, { limit, resetsAt: null })
}
