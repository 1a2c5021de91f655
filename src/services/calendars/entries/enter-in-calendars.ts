import type { Transaction } from '../../../database/open.ts'

/** Notes that a meeting is to be brought to its present state in the calendars of these agents: one after the other for
 * each calendar, and only the latest state (see `work-calendars.ts`). Failed attempts stay counted: one of them may have
 * made the event, and then it is to be removed. */
export async function enterInCalendars(
  tx: Transaction,
  entry: { workspaceId: string; meetingId: string; agentIds: string[]; now: Date },
): Promise<void> {
  const { workspaceId, meetingId, agentIds, now } = entry
  await tx.$executeRaw`
    INSERT INTO "CalendarEntry" ("workspaceId", "meetingId", "agentId", "dueAt")
    SELECT ${workspaceId}::uuid, ${meetingId}::uuid, "agentId", ${now}::timestamptz
    FROM unnest(${agentIds}::uuid[]) AS asked("agentId")
    ON CONFLICT ("meetingId", "agentId") DO UPDATE
      SET "dueAt" = excluded."dueAt", "firstFailedAt" = NULL`
}
