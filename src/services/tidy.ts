// Deletes what has expired and nobody reads any more. Nothing depends on it being done in time.
import type { Database } from '../database/open.ts'
import type { Services } from './context.ts'
import { DAY } from './time.ts'

/** How long a client can be away and still be told what it has missed (docs/semantics.md, section 7). */
export const EVENTS_KEPT_MS = 7 * DAY
/** How long it is known since when an agent or a visitor has been gone. */
const LEASES_KEPT_MS = 60_000
export const IDEMPOTENCY_KEYS_KEPT_MS = 7 * DAY
/** Longer than any quota looks back. */
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
  // Nobody can write them any more: the agent was removed, or never connected again.
  await database.calendarEntry.updateMany({
    where: { dueAt: { not: null }, meeting: { endsAt: { lte: now } } },
    data: { dueAt: null },
  })
  await database.calendarAuthorization.deleteMany({ where: { expiresAt: { lte: now } } })
  await database.calendarChannel.deleteMany({ where: { expiresAt: { lte: now } } })
  await deleteEvents(database, { until: new Date(now.getTime() - EVENTS_KEPT_MS) })
}

/** From the oldest of each stream on, up to the first that is younger: the times of events follow the clocks of several
 * nodes, and need not rise with their numbers. */
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
