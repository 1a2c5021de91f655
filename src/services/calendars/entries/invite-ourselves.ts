// Who invites the visitor: the agent's calendar where it can, else our mails, as long as the agent has the meeting. A visitor
// who got a second invitation would have a second entry, so one that is not valid any more is taken back
// (docs/semantics.md, section 3).
import type { CalendarEntry, Meeting } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { MAIL_WAITS_MS } from '../rules.ts'

/** A mail that is nearly done waiting may have been sent without an invitation just now. */
const STILL_WAITS_MS = MAIL_WAITS_MS - 5000

type Invited = Pick<Meeting, 'id' | 'agentId' | 'status' | 'revision'>

interface Taken {
  tx: Transaction
  meeting: Invited
  /** What the visitor's calendar calls it; null: nothing was there yet. */
  iCalUid: string | null
}

/** The calendar does not invite the visitor, or not to this revision: our mails do from now on. One that still waits
 * carries the invitation; one that went out without is followed by another. */
export async function inviteOurselves(
  { jobs }: Pick<Services, 'jobs'>,
  { tx, meeting, iCalUid, now }: Taken & { now: Date },
): Promise<void> {
  const { id: meetingId, status, revision } = meeting
  const isCancelled = status === 'CANCELLED'
  // Cancelled before anybody was invited.
  if (isCancelled && iCalUid === null) return
  if (!(await takeOver({ tx, meeting, iCalUid }))) return
  // What else happened to this revision came later, and was nothing to write about.
  const change = await tx.meetingChange.findFirstOrThrow({
    where: { meetingId, revision },
    orderBy: { id: 'asc' },
  })
  const stillWaits = !isCancelled && change.at.getTime() + STILL_WAITS_MS > now.getTime()
  if (stillWaits) return
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
    orderBy: { id: 'asc' },
  })
  for (const { entries, ...meeting } of meetings) {
    const [entry] = entries
    const iCalUid = entry?.iCalUid ?? null
    const isTold = entry !== undefined && entry.dueAt === null
    if (isTold) await takeOver({ tx, meeting, iCalUid })
    else await inviteOurselves(services, { tx, meeting, iCalUid, now })
  }
  const left = await tx.calendarEntry.findMany({
    where: { agentId, dueAt: { not: null }, meeting: { agentId: { not: agentId }, endsAt: { gt: now } } },
  })
  for (const entry of left) await leaveBehind(services, { tx, entry })
}

/** The event of a former agent stays where it is; the visitor is not to be misled by it. */
export async function leaveBehind(
  services: Pick<Services, 'jobs'>,
  { tx, entry: { meetingId, agentId, iCalUid, invites } }: { tx: Transaction; entry: CalendarEntry },
): Promise<void> {
  if (iCalUid !== null && invites) await withdraw(services, { tx, meetingId, agentId, uid: iCalUid })
}

/** @returns false when our mails invite already, or another agent has the meeting */
async function takeOver({ tx, meeting: { id, agentId }, iCalUid }: Taken): Promise<boolean> {
  noteLocks(tx, 'meeting', [id])
  const { count } = await tx.meeting.updateMany({
    where: { id, agentId, invitationUid: null },
    data: { invitationUid: iCalUid ?? id },
  })
  if (count === 0) return false
  await tx.calendarEntry.updateMany({ where: { meetingId: id, agentId }, data: { invites: false } })
  return true
}

/** A former agent's calendar has invited the visitor, and does not take it back itself. */
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
