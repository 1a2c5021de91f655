import type { Transaction } from '../../database/open.ts'

/** Removes what was written and claimed for meetings, and which of the visitor's addresses was told of them. What is kept
 * are facts about the agent's time: agent, person, start, end, status, outcome and history.
 * @param which.ids of locked meetings
 * @returns how many were cleared, which is all but those that were before */
export async function clearMeetings(
  tx: Transaction,
  { ids, now }: { ids: string[]; now: Date },
): Promise<number> {
  const ofMeetings = { meetingId: { in: ids } }
  await tx.meetingInvitation.deleteMany({ where: { ...ofMeetings, recipient: 'VISITOR' } })
  await tx.meetingChange.updateMany({
    where: { ...ofMeetings, reason: { not: null } },
    data: { reason: null },
  })
  return tx.$executeRaw`
    UPDATE "Meeting" SET "subject" = '', "body" = '', "agenda" = '', "subjectTemplate" = '', "bodyTemplate" = '',
      "conferenceUrl" = NULL, "pageUrl" = NULL, "claimed" = NULL, "clearedAt" = ${now}::timestamptz
    WHERE "id" = ANY (${ids}::uuid[]) AND "clearedAt" IS NULL`
}
