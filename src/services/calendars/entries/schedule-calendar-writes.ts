// Schedules the writing of a meeting to calendars, in the transaction that changes the meeting. The calendar worker does
// it afterwards, because a provider must not be called inside of a transaction.
import type { Transaction } from '../../../database/open.ts'

/** Makes the entries of a meeting in the calendars of these agents due. The worker writes the latest state of the
 * meeting. Failed attempts stay counted, because one of them may have created an event that must then be removed. */
export async function scheduleCalendarWrites(
  tx: Transaction,
  entry: { workspaceId: string; meetingId: string; agentIds: string[]; now: Date },
): Promise<void> {
  const { workspaceId, meetingId, agentIds, now } = entry
  await tx.$executeRaw`
    INSERT INTO "CalendarEntry" ("workspaceId", "meetingId", "agentId", "dueAt")
    SELECT ${workspaceId}::uuid, ${meetingId}::uuid, "agentId", ${now}::timestamptz
    FROM unnest(${agentIds}::uuid[]) AS "agentId"
    ON CONFLICT ("meetingId", "agentId") DO UPDATE
      SET "dueAt" = excluded."dueAt", "firstFailedAt" = NULL`
}
