// Which mails carry an invitation: those to people whose calendar does not have the meeting by itself
// (docs/semantics.md, section 3).
import type { Meeting, MeetingChange } from '../../../database/generated/client/client.ts'
import { JobNotReady } from '../../../database/job-queue.ts'
import { MAIL_WAITS_MS } from '../../calendars/rules.ts'
import type { Services } from '../../context.ts'
import type { MeetingMailJob } from '../../jobs.ts'
import type { MeetingMailKind } from './meeting-mail.ts'

interface Mailed {
  change: Pick<MeetingChange, 'revision' | 'at'> & { meeting: Pick<Meeting, 'id' | 'invitationUid'> }
  agentId: string
  kind: MeetingMailKind
  recipient: MeetingMailJob['recipient']
}

/** @returns the UID for the calendar part of our mail; null: it has none, because the agent's calendar has the meeting, and
 * invites the visitor
 * @throws JobNotReady as long as that calendar was not written to, for two minutes at most */
export async function invitationUid(services: Services, mailed: Mailed): Promise<string | null> {
  const { change, agentId, kind, recipient } = mailed
  const { id: meetingId, invitationUid } = change.meeting
  if (recipient !== 'VISITOR') {
    return (await hasExternalCalendar(services, agentId)) ? null : (invitationUid ?? meetingId)
  }
  if (invitationUid !== null || kind === 'CANCELLATION') return invitationUid
  const { database, clock } = services
  const isOver = change.at.getTime() + MAIL_WAITS_MS <= clock.now().getTime()
  // Together, and not as the change was read: the calendar may have been written to meanwhile, without an invitation.
  const entry = await database.calendarEntry.findUnique({
    where: { meetingId_agentId: { meetingId, agentId } },
    include: { meeting: { select: { invitationUid: true } } },
  })
  const isWritten = entry?.dueAt === null && entry.revision !== null && entry.revision >= change.revision
  if (isOver || isWritten) return entry?.meeting.invitationUid ?? null
  throw new JobNotReady('The calendar was not written to yet.')
}

async function hasExternalCalendar({ database }: Services, agentId: string): Promise<boolean> {
  const calendar = await database.calendarConnection.findUnique({ where: { agentId } })
  return calendar !== null && calendar.provider !== 'BUILT_IN' && calendar.status !== 'DISCONNECTED'
}
