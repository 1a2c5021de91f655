// Keeps what a calendar said about its busy time: the whole of it at once, in place of what was known before. Readers
// see the one or the other, never parts.
import type { CalendarConnection } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import type { BusyEvent } from '../../ports/calendar-provider.ts'
import type { Interval } from '../../time.ts'

export interface SavedReading {
  connection: Pick<CalendarConnection, 'id' | 'workspaceId'>
  /** See `readExternalBusyTime`. */
  busy: BusyEvent[]
  /** Of the calendar, IANA. */
  timeZone: string
  window: Interval
  /** Before the calendar was asked: what was changed later may be missing. */
  readAt: Date
  /** When it is to be read again at the latest. */
  nextAt: Date
}

/** @returns whether the busy time is another than before */
export async function saveReading(
  tx: Transaction,
  { connection, busy, timeZone, window, readAt, nextAt }: SavedReading,
): Promise<boolean> {
  const { id: connectionId } = connection
  const changed = await replaceBusy(tx, { connection, busy })
  const [from, until] = [new Date(window.start), new Date(window.end)]
  // Told of a change while it was being read, it is read again soon.
  await tx.$executeRaw`
    UPDATE "CalendarConnection" SET "timeZone" = ${timeZone}, "lastSyncedAt" = ${readAt}::timestamptz,
      "knownFrom" = ${from}::timestamptz, "knownUntil" = ${until}::timestamptz,
      "failures" = 0, "backoffUntil" = NULL,
      "syncDueAt" = least(${nextAt}::timestamptz, CASE WHEN "syncDueAt" < "leasedUntil" THEN "syncDueAt" END)
    WHERE "id" = ${connectionId}::uuid`
  return changed
}

/** Only what differs is written: most readings find nothing new. */
async function replaceBusy(
  tx: Transaction,
  { connection, busy }: { connection: SavedReading['connection']; busy: BusyEvent[] },
): Promise<boolean> {
  const { id: connectionId, workspaceId } = connection
  const rows = JSON.stringify(
    busy
      .filter(({ start, end }) => start < end)
      .map(({ eventId, start, end }) => ({ eventId, startsAt: new Date(start), endsAt: new Date(end) })),
  )
  const [counts] = await tx.$queryRaw<{ deleted: number; written: number }[]>`
    WITH read AS (
      SELECT DISTINCT ON ("eventId", "startsAt") * FROM jsonb_to_recordset(${rows}::jsonb)
        AS event("eventId" text, "startsAt" timestamptz(3), "endsAt" timestamptz(3))
    ), deleted AS (
      DELETE FROM "CalendarBusy" b WHERE b."connectionId" = ${connectionId}::uuid AND NOT EXISTS (
        SELECT FROM read WHERE read."eventId" = b."eventId" AND read."startsAt" = b."startsAt"
      ) RETURNING 1
    ), written AS (
      INSERT INTO "CalendarBusy" AS b ("workspaceId", "connectionId", "eventId", "startsAt", "endsAt")
      SELECT ${workspaceId}::uuid, ${connectionId}::uuid, "eventId", "startsAt", "endsAt" FROM read
      ON CONFLICT ("connectionId", "eventId", "startsAt") DO UPDATE
        SET "endsAt" = excluded."endsAt" WHERE b."endsAt" <> excluded."endsAt"
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM deleted)::int AS "deleted", (SELECT count(*) FROM written)::int AS "written"`
  return counts !== undefined && counts.deleted + counts.written > 0
}
