// Decides who invites the visitor: the agent's calendar if it can, otherwise our mails, from then on for good. Two
// invitations would be two entries in the visitor's calendar, so that of the calendar is cancelled, by mail if the
// calendar does not (docs/semantics.md, section 3).
import type { CalendarEntry, Meeting } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'

type Invited = Pick<Meeting, 'id' | 'agentId' | 'status'>

interface Invitation {
  tx: Transaction
  meeting: Invited
  /** The UID of the invitation that the calendar sent; null: it sent none. */
  iCalUid: string | null
  /** The UID of the agent's event, of which the calendar sends no invitation. Ours has it too. */
  eventUid?: string | null
}

/** Has our mails invite the visitor from now on, because the calendar does not, or not to this revision. */
export async function inviteByMail({ jobs }: Pick<Services, 'jobs'>, invitation: Invitation): Promise<void> {
  const { tx, meeting, iCalUid } = invitation
  // Cancelled before the visitor was invited.
  if (meeting.status === 'CANCELLED' && iCalUid === null) return
  if (!(await claimInvitation(invitation))) return
  await jobs.enlist(tx, 'meeting-mail', [{ meetingId: meeting.id, recipient: 'VISITOR' }])
}

/** Has our mails invite the visitors of all coming meetings of an agent whose calendar is disconnected. Those who have
 * the calendar's invitation to the present revision get ours with the next one. */
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
    else await inviteByMail(services, { tx, meeting, iCalUid })
  }
  const left = await tx.calendarEntry.findMany({
    where: { agentId, dueAt: { not: null }, meeting: { agentId: { not: agentId }, endsAt: { gt: now } } },
  })
  for (const entry of left) await withdrawFormerInvitation(services, { tx, entry })
}

/** Withdraws the invitation of a former agent whose event stays in the calendar, so that it does not mislead the
 * visitor. */
export async function withdrawFormerInvitation(
  { jobs }: Pick<Services, 'jobs'>,
  { tx, entry: { meetingId, agentId, iCalUid, invites } }: { tx: Transaction; entry: CalendarEntry },
): Promise<void> {
  if (iCalUid === null || !invites) return
  await withdraw({ tx, meetingId, agentId, uid: iCalUid })
  await jobs.enlist(tx, 'meeting-mail', [{ meetingId, recipient: 'VISITOR' }])
}

/** Records that our mails invite the visitor. Their UID is another than that of an invitation from the calendar.
 * @returns false when they do already, or another agent has the meeting */
export async function claimInvitation({ tx, meeting, iCalUid, eventUid }: Invitation): Promise<boolean> {
  const { id, agentId } = meeting
  noteLocks(tx, 'meeting', [id])
  const { count } = await tx.meeting.updateMany({
    where: { id, agentId, invitationUid: null },
    data: { invitationUid: iCalUid === null ? (eventUid ?? id) : id },
  })
  if (count === 0) return false
  if (iCalUid === null) {
    await tx.calendarEntry.updateMany({ where: { meetingId: id, agentId }, data: { invites: false } })
  } else await withdraw({ tx, meetingId: id, agentId, uid: iCalUid })
  return true
}

interface CalendarInvitation {
  tx: Transaction
  meetingId: string
  /** The agent whose calendar sent it. */
  agentId: string
  uid: string
  /** Who has it; default: the address that our mails about the meeting go to. */
  address?: string
}

/** Records an invitation that an agent's calendar has sent and does not cancel itself. The next mails to the visitor
 * cancel it. */
export async function withdraw({ tx, meetingId, agentId, uid, address }: CalendarInvitation): Promise<void> {
  await tx.calendarEntry.updateMany({
    where: { meetingId, agentId },
    data: { invites: false, iCalUid: null },
  })
  const { person, ...meeting } = await tx.meeting.findUniqueOrThrow({
    where: { id: meetingId },
    include: { person: true },
  })
  const agent = await tx.agent.findUniqueOrThrow({ where: { id: agentId }, include: { calendar: true } })
  const sent = { agentId, uid, organizer: agent.calendar?.accountEmail ?? agent.email, ours: false }
  const told = await tx.meetingInvitation.findFirst({
    where: { meetingId, recipient: 'VISITOR', uid: null, endedAt: null },
  })
  if (told !== null) {
    await tx.meetingInvitation.update({ where: { id: told.id }, data: sent })
    return
  }
  const { workspaceId, startsAt, endsAt, revision } = meeting
  const holder = {
    workspaceId,
    meetingId,
    recipient: 'VISITOR' as const,
    address: address ?? person.email ?? '',
  }
  await tx.meetingInvitation.createMany({
    data: [{ ...holder, ...sent, revision, startsAt, endsAt }],
    skipDuplicates: true,
  })
}
