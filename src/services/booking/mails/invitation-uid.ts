// Decides which mails carry an invitation: those to recipients who get none through the agent's external calendar
// (docs/semantics.md, section 3).
import type { Meeting, MeetingChange } from '../../../database/generated/client/client.ts'
import { JobNotReady } from '../../../database/job-queue.ts'
import { MAIL_WAITS_MS } from '../../calendars/rules.ts'
import type { Services } from '../../context.ts'
import type { MeetingMailJob } from '../../jobs.ts'
import type { MeetingMailKind } from './meeting-mail-facts.ts'

interface Mailed {
  change: Pick<MeetingChange, 'revision' | 'at'> & { meeting: Pick<Meeting, 'id' | 'invitationUid'> }
  agentId: string
  kind: MeetingMailKind
  recipient: MeetingMailJob['recipient']
}

/** @returns the UID for the calendar part of our mail; null when it has none, because the agent's external calendar has
 *   the meeting and invites the visitor
 * @throws JobNotReady until that calendar is written, for two minutes at most */
export async function invitationUid(services: Services, mailed: Mailed): Promise<string | null> {
  const { change, agentId, kind, recipient } = mailed
  const { id: meetingId, invitationUid } = change.meeting
  if (recipient !== 'VISITOR') {
    return (await hasExternalCalendar(services, agentId)) ? null : (invitationUid ?? meetingId)
  }
  if (invitationUid !== null || kind === 'CANCELLATION') return invitationUid
  const { database, clock } = services
  const isOver = change.at.getTime() + MAIL_WAITS_MS <= clock.now().getTime()
  // One statement reads the entry and the UID, because the worker may have written the calendar without an invitation
  // after the change was read.
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
