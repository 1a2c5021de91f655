// Deletes expired rows that nothing reads any more. No rule depends on when it runs.
import { Prisma } from '../database/generated/client/client.ts'
import { SKIPPING_LOCKED } from '../database/locks.ts'
import type { Database } from '../database/open.ts'
import type { Services } from './context.ts'
import { DAY } from './time.ts'

/** How long a client can be away and still replay the events it has missed (docs/semantics.md, section 7). */
export const EVENTS_KEPT_MS = 7 * DAY
/** An expired lease is kept for a while, because it shows since when an agent or a visitor has been gone. */
const LEASES_KEPT_MS = 60_000
/** Longer than the leases of a stopped node count. */
const HEARTBEATS_KEPT_MS = DAY
export const IDEMPOTENCY_KEYS_KEPT_MS = 7 * DAY
/** How many rows one statement deletes, so that none holds many locks. */
const AT_ONCE = 5000

export async function tidy({ database, clock }: Services): Promise<void> {
  const now = clock.now()
  await deleteExpired(database, { table: 'Reservation', until: now })
  await deleteWholeBudgets(database, now)
  await database.usedProof.deleteMany({ where: { expiresAt: { lte: now } } })
  const leasesEnd = new Date(now.getTime() - LEASES_KEPT_MS)
  await deleteExpired(database, { table: 'ConsoleLease', until: leasesEnd })
  await deleteExpired(database, { table: 'VisitorLease', until: leasesEnd })
  await database.nodeHeartbeat.deleteMany({
    where: { at: { lte: new Date(now.getTime() - HEARTBEATS_KEPT_MS) } },
  })
  await deleteKeys(database, { until: new Date(now.getTime() - IDEMPOTENCY_KEYS_KEPT_MS) })
  // After the keys, whose outcomes they are.
  await database.meetingRequest.deleteMany({
    where: { createdAt: { lte: new Date(now.getTime() - IDEMPOTENCY_KEYS_KEPT_MS) } },
  })
  await deleteRemovedLoads(database)
  // Entries that are still due although the meeting is over: the agent was removed, or did not connect again.
  await database.$executeRaw`
    UPDATE "CalendarEntry" SET "dueAt" = NULL WHERE ctid IN (
      SELECT e.ctid FROM "CalendarEntry" e
      WHERE e."dueAt" IS NOT NULL AND EXISTS (
        SELECT FROM "Meeting" m WHERE m."id" = e."meetingId" AND m."endsAt" <= ${now}::timestamptz AND m."clearedAt" IS NULL
      ) ${SKIPPING_LOCKED}
    )`
  await deleteExpired(database, { table: 'CalendarChannel', until: now })
  await deleteEvents(database, { until: new Date(now.getTime() - EVENTS_KEPT_MS) })
}

/** Deletes expired rows, except locked ones, which the next run deletes: a transaction that writes several of these rows
 * must not wait for this one. */
async function deleteExpired(
  database: Database,
  {
    table,
    until,
  }: { table: 'Reservation' | 'ConsoleLease' | 'VisitorLease' | 'CalendarChannel'; until: Date },
): Promise<void> {
  const rows = Prisma.raw(`"${table}"`)
  await inPortions(
    () => database.$executeRaw`
      DELETE FROM ${rows} WHERE ctid IN (
        SELECT ctid FROM ${rows} WHERE "expiresAt" <= ${until}::timestamptz LIMIT ${AT_ONCE} ${SKIPPING_LOCKED}
      )`,
  )
}

/** @param deletePortion deletes at most `AT_ONCE` rows, and returns how many */
async function inPortions(deletePortion: () => PromiseLike<number>): Promise<void> {
  while ((await deletePortion()) >= AT_ONCE);
}

async function deleteKeys(database: Database, { until }: { until: Date }): Promise<void> {
  await inPortions(
    () => database.$executeRaw`
      DELETE FROM "IdempotencyKey" WHERE ctid IN (
        SELECT ctid FROM "IdempotencyKey" WHERE "createdAt" <= ${until}::timestamptz
        LIMIT ${AT_ONCE} ${SKIPPING_LOCKED}
      )`,
  )
}

/** Deletes what was published last of agents who were removed since. */
async function deleteRemovedLoads(database: Database): Promise<void> {
  await database.$executeRaw`
    DELETE FROM "AnnouncedLoad" WHERE ctid IN (
      SELECT l.ctid FROM "AnnouncedLoad" l
      WHERE EXISTS (SELECT FROM "Agent" a WHERE a."id" = l."agentId" AND a."removedAt" IS NOT NULL) ${SKIPPING_LOCKED}
    )`
}

/** A budget that is whole means the same as none. */
async function deleteWholeBudgets(database: Database, now: Date): Promise<void> {
  await inPortions(
    () => database.$executeRaw`
      DELETE FROM "Budget" WHERE ctid IN (
        SELECT ctid FROM "Budget" WHERE "wholeAt" <= ${now}::timestamptz LIMIT ${AT_ONCE} ${SKIPPING_LOCKED}
      )`,
  )
}

/** Deletes the oldest events of each stream, up to the first one that is to be kept. The condition is not the time
 * alone: times come from the clocks of several nodes, so they need not ascend with the numbers, and no gap may arise.
 * */
async function deleteEvents(database: Database, { until }: { until: Date }): Promise<void> {
  await inPortions(
    () => database.$executeRaw`
      WITH stream AS (
        SELECT "streamId" AS "id", max("seq") AS "last" FROM (
          SELECT "streamId", "seq" FROM "Event" WHERE "at" <= ${until}::timestamptz ORDER BY "at" LIMIT ${AT_ONCE}
        ) oldest GROUP BY "streamId"
      ), bound AS (
        SELECT stream.*, (
          SELECT e."seq" FROM "Event" e
          WHERE e."streamId" = stream."id" AND e."seq" <= stream."last" AND e."at" > ${until}::timestamptz
          ORDER BY e."seq" LIMIT 1
        ) AS "firstKept"
        FROM stream
      )
      DELETE FROM "Event" e USING bound
      WHERE e."streamId" = bound."id" AND e."seq" <= bound."last"
        AND (bound."firstKept" IS NULL OR e."seq" < bound."firstKept")`,
  )
}
