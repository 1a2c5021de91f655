// Replaces the known busy time of a calendar by a new reading, in one transaction. Readers see the one or the other,
// never a mixture.
import type { CalendarConnection } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import type { BusyEvent } from '../../ports/calendar-provider.ts'
import type { Interval } from '../../time.ts'

export interface SavedReading {
  connection: Pick<CalendarConnection, 'id' | 'workspaceId'>
  /** See `readExternalBusyTime`. */
  busy: BusyEvent[]
  /** The calendar's, IANA. */
  timeZone: string
  window: Interval
  /** When the reading began: later changes may be missing from it. */
  readAt: Date
  /** When the calendar must be read again at the latest. */
  nextAt: Date
}

/** @returns whether the busy time has changed */
export async function saveReading(
  tx: Transaction,
  { connection, busy, timeZone, window, readAt, nextAt }: SavedReading,
): Promise<boolean> {
  const { id: connectionId } = connection
  const changed = await replaceBusy(tx, { connection, busy })
  const [from, until] = [new Date(window.start), new Date(window.end)]
  // A webhook that came during the reading makes the calendar due soon.
  await tx.$executeRaw`
    UPDATE "CalendarConnection" SET "timeZone" = ${timeZone}, "lastSyncedAt" = ${readAt}::timestamptz,
      "knownFrom" = ${from}::timestamptz, "knownUntil" = ${until}::timestamptz,
      "failures" = 0, "backoffUntil" = NULL,
      "syncDueAt" = least(${nextAt}::timestamptz, CASE WHEN "syncDueAt" < "leasedUntil" THEN "syncDueAt" END)
    WHERE "id" = ${connectionId}::uuid`
  return changed
}

/** Writes the differences only: most readings find nothing new. */
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
