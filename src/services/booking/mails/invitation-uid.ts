// Decides which mails carry an invitation: those to recipients who get none through the agent's external calendar
// (docs/semantics.md, section 3).
import type { Meeting, MeetingChange } from '../../../database/generated/client/client.ts'
import { MAIL_WAITS_MS } from '../../calendars/rules.ts'
import type { Services } from '../../context.ts'

/** @returns the UID of the agent's invitation; null: the agent's external calendar has the meeting */
export async function agentsUid(
  { database }: Pick<Services, 'database'>,
  { id, agentId, invitationUid }: Pick<Meeting, 'id' | 'agentId' | 'invitationUid'>,
): Promise<string | null> {
  const calendar = await database.calendarConnection.findUnique({ where: { agentId } })
  const isExternal =
    calendar !== null && calendar.provider !== 'BUILT_IN' && calendar.state !== 'DISCONNECTED'
  return isExternal ? null : (invitationUid ?? id)
}

/** Whether it is still unknown who invites the visitor: until the agent's calendar is written, for two minutes at most.
 * @param read.change the last one of the meeting */
export async function waitsForCalendar(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { meeting, change }: { meeting: Meeting; change: Pick<MeetingChange, 'at'> },
): Promise<boolean> {
  const { id: meetingId, agentId, invitationUid, status, revision } = meeting
  if (invitationUid !== null || status === 'CANCELLED') return false
  if (change.at.getTime() + MAIL_WAITS_MS <= clock.now().getTime()) return false
  const entry = await database.calendarEntry.findUnique({
    where: { meetingId_agentId: { meetingId, agentId } },
  })
  const isWritten = entry?.dueAt === null && entry.revision !== null && entry.revision >= revision
  return !isWritten
}
