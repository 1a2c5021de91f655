// Who invites the visitor: the agent's calendar, or our mail with its calendar part. Exactly one of the two
// (docs/semantics.md, section 3).
import type { CalendarConnection, MeetingChange } from '../../database/generated/client/client.ts'
import { JobNotReady } from '../../database/job-queue.ts'
import { MAIL_WAITS_MS } from '../calendars/rules.ts'
import type { Services } from '../context.ts'
import type { MeetingMailJob } from '../jobs.ts'
import type { MeetingMailKind } from './meeting-mail.ts'

interface Mailed {
  change: Pick<MeetingChange, 'meetingId' | 'revision' | 'at'>
  agentId: string
  kind: MeetingMailKind
  recipient: MeetingMailJob['recipient']
}

/** @returns the UID for the calendar part of our mail; null: it has none, because the calendar invites
 * @throws JobNotReady as long as the calendar was not written to, for two minutes at most */
export async function invitationUid(
  { database, clock }: Services,
  { change, agentId, kind, recipient }: Mailed,
): Promise<string | null> {
  const { meetingId, revision, at } = change
  const calendar = await database.calendarConnection.findUnique({ where: { agentId } })
  // The meeting stands in the agent's own calendar, or is taken out of it.
  if (mayInvite(calendar) && recipient !== 'VISITOR') return null
  const entry = await database.calendarEntry.findUnique({
    where: { meetingId_agentId: { meetingId, agentId } },
    include: { meeting: { select: { calendarSync: true } } },
  })
  if (!mayInvite(calendar) || !entry?.invites || entry.meeting.calendarSync === 'FAILED') {
    return entry?.iCalUid ?? meetingId
  }
  const isWritten = entry.revision !== null && entry.revision >= revision && entry.dueAt === null
  const isOver = at.getTime() + MAIL_WAITS_MS <= clock.now().getTime()
  if (kind === 'CANCELLATION' || isWritten || isOver) return null
  throw new JobNotReady('The calendar was not written to yet.')
}

/** For an agent who had the meeting before.
 * @returns the UID of the invitation that our mail carried; null: the calendar invited, and takes that back itself */
export async function ownInvitationUid(
  { database }: Pick<Services, 'database'>,
  { meetingId, agentId }: { meetingId: string; agentId: string },
): Promise<string | null> {
  const calendar = await database.calendarConnection.findUnique({ where: { agentId } })
  const entry = await database.calendarEntry.findUnique({
    where: { meetingId_agentId: { meetingId, agentId } },
  })
  return mayInvite(calendar) && entry?.invites ? null : (entry?.iCalUid ?? meetingId)
}

const mayInvite = (calendar: CalendarConnection | null): boolean =>
  calendar !== null && calendar.provider !== 'BUILT_IN' && calendar.status !== 'DISCONNECTED'
