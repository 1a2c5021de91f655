// Who invites the visitor is settled once: the agent's calendar where it can, else our mails, for as long as the meeting
// lasts. A visitor who got a second invitation would have a second entry (docs/semantics.md, section 3).
import type { Meeting } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import type { Services } from '../context.ts'
import { MAIL_WAITS_MS } from './rules.ts'

interface Invited {
  tx: Transaction
  /** What the visitor's calendar calls it; else the meeting's id. */
  iCalUid: string | null
  now: Date
}

/** The calendar does not invite the visitor, or not to this revision: our mails do from now on. One that still waits
 * carries the invitation; one that went out without is followed by another. */
export async function inviteOurselves(
  { jobs }: Pick<Services, 'jobs'>,
  { tx, meeting, iCalUid, now }: Invited & { meeting: Pick<Meeting, 'id' | 'agentId' | 'revision'> },
): Promise<void> {
  const { id: meetingId, agentId, revision } = meeting
  const { count } = await tx.meeting.updateMany({
    where: { id: meetingId, invitationUid: null },
    data: { invitationUid: iCalUid ?? meetingId },
  })
  if (count === 0) return
  await tx.calendarEntry.updateMany({ where: { meetingId, agentId }, data: { invites: false } })
  // What else happened to this revision came later, and was nothing to write about.
  const change = await tx.meetingChange.findFirstOrThrow({
    where: { meetingId, revision },
    orderBy: { id: 'asc' },
  })
  if (change.at.getTime() + MAIL_WAITS_MS > now.getTime()) return
  await jobs.enlist(tx, 'meeting-mail', [{ changeId: change.id, recipient: 'VISITOR', again: true }])
}

/** The agent's calendar is given up, and tells nobody any more what becomes of the meetings in it. */
export async function inviteInPlaceOf(
  services: Pick<Services, 'jobs'>,
  { tx, agentId, now }: { tx: Transaction; agentId: string; now: Date },
): Promise<void> {
  const meetings = await tx.meeting.findMany({
    where: { agentId, invitationUid: null, endsAt: { gt: now } },
    include: { entries: { where: { agentId } } },
  })
  for (const { entries, ...meeting } of meetings) {
    const [entry] = entries
    const iCalUid = entry?.iCalUid ?? null
    // Cancelled before anybody was invited.
    if (meeting.status === 'CANCELLED' && iCalUid === null) continue
    const isTold = entry !== undefined && entry.dueAt === null
    await (isTold
      ? keepInvitation(tx, { meeting, iCalUid })
      : inviteOurselves(services, { tx, meeting, iCalUid, now }))
  }
}

/** The visitor has the present invitation from the calendar; the next one is ours. */
export async function keepInvitation(
  tx: Transaction,
  { meeting: { id, agentId }, iCalUid }: { meeting: Pick<Meeting, 'id' | 'agentId'>; iCalUid: string | null },
): Promise<void> {
  await tx.meeting.updateMany({ where: { id, invitationUid: null }, data: { invitationUid: iCalUid ?? id } })
  await tx.calendarEntry.updateMany({ where: { meetingId: id, agentId }, data: { invites: false } })
}
