// Decides who invites the visitor: the agent's calendar if it can, otherwise our mails, as long as the agent has the
// meeting. A second invitation would be a second entry in the visitor's calendar, so an invitation that no longer holds
// is withdrawn (docs/semantics.md, section 3).
import type { CalendarEntry, Meeting } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { MAIL_WAITS_MS } from '../rules.ts'

/** A mail whose wait is nearly over may just have been sent without an invitation. */
const STILL_WAITS_MS = MAIL_WAITS_MS - 5000

type Invited = Pick<Meeting, 'id' | 'agentId' | 'status' | 'revision'>

interface Invitation {
  tx: Transaction
  meeting: Invited
  /** The UID of the event in the visitor's calendar; null: there is none yet. */
  iCalUid: string | null
}

/** Has our mails invite the visitor from now on, because the calendar does not, or not to this revision. A mail that
 * still waits carries the invitation; after a mail that was sent without one, another is sent. */
export async function inviteByMail(
  { jobs }: Pick<Services, 'jobs'>,
  { tx, meeting, iCalUid, now }: Invitation & { now: Date },
): Promise<void> {
  const { id: meetingId, status, revision } = meeting
  const isCancelled = status === 'CANCELLED'
  // Cancelled before the visitor was invited.
  if (isCancelled && iCalUid === null) return
  if (!(await claimInvitation({ tx, meeting, iCalUid }))) return
  // Later changes of the same revision send no mail.
  const change = await tx.meetingChange.findFirstOrThrow({
    where: { meetingId, revision },
    orderBy: { id: 'asc' },
  })
  const stillWaits = !isCancelled && change.at.getTime() + STILL_WAITS_MS > now.getTime()
  if (stillWaits) return
  await jobs.enlist(tx, 'meeting-mail', [{ changeId: change.id, recipient: 'VISITOR', again: true }])
}

/** Has our mails invite the visitors of all coming meetings of an agent whose calendar is disconnected. */
export async function inviteInsteadOfCalendar(
  services: Pick<Services, 'jobs'>,
  { tx, agentId, now }: { tx: Transaction; agentId: string; now: Date },
): Promise<void> {
  const meetings = await tx.meeting.findMany({
    where: { agentId, invitationUid: null, endsAt: { gt: now } },
    include: { entries: { where: { agentId } } },
    orderBy: { id: 'asc' },
  })
  for (const { entries, ...meeting } of meetings) {
    const [entry] = entries
    const iCalUid = entry?.iCalUid ?? null
    const isWritten = entry !== undefined && entry.dueAt === null
    if (isWritten) await claimInvitation({ tx, meeting, iCalUid })
    else await inviteByMail(services, { tx, meeting, iCalUid, now })
  }
  const left = await tx.calendarEntry.findMany({
    where: { agentId, dueAt: { not: null }, meeting: { agentId: { not: agentId }, endsAt: { gt: now } } },
  })
  for (const entry of left) await withdrawFormerInvitation(services, { tx, entry })
}

/** Withdraws the invitation of a former agent whose event stays in the calendar, so that it does not mislead the
 * visitor. */
export async function withdrawFormerInvitation(
  services: Pick<Services, 'jobs'>,
  { tx, entry: { meetingId, agentId, iCalUid, invites } }: { tx: Transaction; entry: CalendarEntry },
): Promise<void> {
  if (iCalUid !== null && invites) await withdraw(services, { tx, meetingId, agentId, uid: iCalUid })
}

/** Records that our mails invite the visitor.
 * @returns false when they do already, or another agent has the meeting */
async function claimInvitation({ tx, meeting: { id, agentId }, iCalUid }: Invitation): Promise<boolean> {
  noteLocks(tx, 'meeting', [id])
  const { count } = await tx.meeting.updateMany({
    where: { id, agentId, invitationUid: null },
    data: { invitationUid: iCalUid ?? id },
  })
  if (count === 0) return false
  await tx.calendarEntry.updateMany({ where: { meetingId: id, agentId }, data: { invites: false } })
  return true
}

/** Withdraws by mail an invitation that a former agent's calendar has sent and does not withdraw itself. */
export async function withdraw(
  { jobs }: Pick<Services, 'jobs'>,
  left: { tx: Transaction; meetingId: string; agentId: string; uid: string },
): Promise<void> {
  const { tx, meetingId, agentId, uid } = left
  await tx.calendarEntry.updateMany({
    where: { meetingId, agentId },
    data: { invites: false, iCalUid: null },
  })
  const change = await tx.meetingChange.findFirstOrThrow({ where: { meetingId }, orderBy: { id: 'desc' } })
  const withdrawn = { uid, agentId }
  await jobs.enlist(tx, 'meeting-mail', [{ changeId: change.id, recipient: 'VISITOR', withdrawn }])
}
