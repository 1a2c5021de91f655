// Finds and locks the meeting that a viewer wants to change, by its id or by its signed link.
import { type Meeting, Prisma } from '../../../database/generated/client/client.ts'
import { lockCalendarOf, lockMeetingRow } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../../../errors.ts'
import { meetingLinkSession } from '../../identity/authenticate.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireSignedIn, type SignedInViewer } from '../../identity/viewer.ts'
import { RestartTransaction } from '../../transaction.ts'
import { visibleMeetings } from './visible-meetings.ts'

/** @param names how the client calls the input; default: that of a mutation
 * @returns the viewer whom the link authorises, or without a link the viewer of the request
 * @throws InvalidInputError for a link that is forged or has expired, and when no meeting is given
 * @throws NotFoundError when the link belongs to another meeting
 * @throws ForbiddenError for an anonymous viewer without a link */
export async function requireChanger(
  context: RequestContext,
  link: { manageToken: string | null; meetingId: string | null },
  names: { path: string[]; meetingField: string } = { path: ['input'], meetingField: 'meetingId' },
): Promise<{ viewer: SignedInViewer; meetingId: string }> {
  const { manageToken, meetingId } = link
  const { path, meetingField } = names
  const invalid = (field: string, message: string) =>
    new InvalidInputError([{ path: [...path, field], message }])
  if (manageToken === null) {
    const viewer = requireSignedIn(context.viewer)
    const ofLink = viewer.kind === 'MEETING_LINK' ? viewer.meetingId : null
    const which = meetingId ?? ofLink
    if (which === null) throw invalid(meetingField, `Give either ${meetingField} or manageToken.`)
    return { viewer, meetingId: which }
  }
  const session = await meetingLinkSession(context, manageToken)
  if (session === null) throw invalid('manageToken', 'The link is invalid or has expired.')
  const { viewer } = session
  if (meetingId !== null && meetingId !== viewer.meetingId) throw new NotFoundError(meetingField)
  return { viewer, meetingId: viewer.meetingId }
}

interface MeetingRequest {
  viewer: SignedInViewer
  meetingId: string
}

/** Reads the meeting under the lock of its agent's calendar, which keeps its status, time and agent until the
 * transaction ends. Its texts and its outcome can still change, until its row is locked.
 * @throws NotFoundError when the viewer may not see it
 * @throws RestartTransaction when it was reassigned before the lock was granted */
export async function lockTimeOfMeeting(tx: Transaction, request: MeetingRequest): Promise<Meeting> {
  const { viewer, meetingId } = request
  const agentId = await lockCalendarOf(
    tx,
    Prisma.sql`SELECT "agentId" FROM "Meeting"
      WHERE "id" = ${meetingId}::uuid AND "workspaceId" = ${viewer.workspaceId}::uuid`,
  )
  const meeting = await requireVisible(tx, request)
  if (meeting.agentId !== agentId) throw new RestartTransaction()
  return meeting
}

/** Locks the row of the meeting and reads it.
 * @throws NotFoundError when the viewer may not see it */
export async function lockMeeting(tx: Transaction, request: MeetingRequest): Promise<Meeting> {
  const { viewer, meetingId } = request
  await lockMeetingRow(tx, { workspaceId: viewer.workspaceId, meetingId })
  return requireVisible(tx, request)
}

/** Reads the meeting without a lock.
 * @throws NotFoundError when the viewer may not see it */
export async function requireVisible(
  tx: Transaction,
  { viewer, meetingId }: MeetingRequest,
): Promise<Meeting> {
  const meeting = await tx.meeting.findFirst({ where: { AND: [visibleMeetings(viewer), { id: meetingId }] } })
  if (meeting === null) throw new NotFoundError('meetingId')
  return meeting
}

/** Locks the row of a meeting whose calendar is locked, and reads it again for its present texts.
 * @throws NotFoundError when the meeting does not exist */
export async function lockTextsOfMeeting(tx: Transaction, { id, workspaceId }: Meeting): Promise<Meeting> {
  const meeting = await lockMeetingRow(tx, { workspaceId, meetingId: id })
  if (meeting === null) throw new NotFoundError('meetingId')
  return meeting
}

/** @throws ConflictError when the meeting is cancelled or over */
export function requireUpcoming(meeting: Meeting, now: Date): void {
  if (meeting.status === 'CANCELLED') throw new ConflictError('The meeting is cancelled.')
  if (meeting.endsAt <= now) throw new ConflictError('The meeting is over.')
}
