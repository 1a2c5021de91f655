// Deletes expired rows that nothing reads any more. No rule depends on when it runs.
import type { Database } from '../database/open.ts'
import type { Services } from './context.ts'
import { DAY } from './time.ts'

/** How long a client can be away and still replay the events it has missed (docs/semantics.md, section 7). */
export const EVENTS_KEPT_MS = 7 * DAY
/** An expired lease is kept for a while, because it shows since when an agent or a visitor has been gone. */
const LEASES_KEPT_MS = 60_000
export const IDEMPOTENCY_KEYS_KEPT_MS = 7 * DAY
/** Longer than the window of any quota. */
const COUNTS_KEPT_MS = 60 * 60 * 1000

export async function tidy({ database, clock }: Services): Promise<void> {
  const now = clock.now()
  await database.reservation.deleteMany({ where: { expiresAt: { lte: now } } })
  const leases = { expiresAt: { lte: new Date(now.getTime() - LEASES_KEPT_MS) } }
  await database.consoleLease.deleteMany({ where: leases })
  await database.visitorLease.deleteMany({ where: leases })
  await database.idempotencyKey.deleteMany({
    where: { createdAt: { lte: new Date(now.getTime() - IDEMPOTENCY_KEYS_KEPT_MS) } },
  })
  await database.quotaCount.deleteMany({
    where: { minute: { lte: new Date(now.getTime() - COUNTS_KEPT_MS) } },
  })
  // Entries that are still due although the meeting is over: the agent was removed, or did not connect again.
  await database.calendarEntry.updateMany({
    where: { dueAt: { not: null }, meeting: { endsAt: { lte: now } } },
    data: { dueAt: null },
  })
  await database.calendarAuthorization.deleteMany({ where: { expiresAt: { lte: now } } })
  await database.calendarChannel.deleteMany({ where: { expiresAt: { lte: now } } })
  await deleteEvents(database, { until: new Date(now.getTime() - EVENTS_KEPT_MS) })
}

/** Deletes the oldest events of each stream, up to the first one that is to be kept. The condition is not the time
 * alone: times come from the clocks of several nodes, so they need not ascend with the numbers, and no gap may arise.
 * */
async function deleteEvents(database: Database, { until }: { until: Date }): Promise<void> {
  await database.$executeRaw`
    WITH stream AS (
      SELECT DISTINCT "streamId" AS "id" FROM "Event" WHERE "at" <= ${until}::timestamptz
    ), first_kept AS (
      SELECT stream."id", (
        SELECT e."seq" FROM "Event" e WHERE e."streamId" = stream."id" AND e."at" > ${until}::timestamptz
        ORDER BY e."seq" LIMIT 1
      ) AS "seq"
      FROM stream
    )
    DELETE FROM "Event" e USING first_kept
    WHERE e."streamId" = first_kept."id" AND (first_kept."seq" IS NULL OR e."seq" < first_kept."seq")`
}
