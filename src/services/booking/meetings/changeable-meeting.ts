// Finds and locks the meeting that a viewer wants to change, by its id or by its signed link.
import { z } from 'zod'
import { type Meeting, Prisma } from '../../../database/generated/client/client.ts'
import { lockCalendarOf, lockMeetingRow } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../../../errors.ts'
import { spendBudgets } from '../../budgets/spend-budgets.ts'
import { meetingLinkSession } from '../../identity/authenticate.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { isProven, requireSignedIn, type SignedInViewer } from '../../identity/viewer.ts'
import { RestartTransaction } from '../../transaction.ts'
import { visibleMeetings } from './visible-meetings.ts'

/** A meeting by its id (UUID), or by the token of the link in the visitor's mail. */
export type MeetingReference = { meetingId: string } | { manageToken: string }

/** Its shape is checked by the schema. */
export const meetingReference = z.custom<MeetingReference>()

interface MeetingRequest {
  viewer: SignedInViewer
  meetingId: string
  /** The argument that names the meeting, for the error. Default: `input.meetingId`. */
  field?: string
}

/** @param at the argument that has the reference; empty for the arguments themselves
 * @returns the viewer whom the link authorises, or without a link the viewer of the request
 * @throws InvalidInputError for a link that is forged or has expired
 * @throws ForbiddenError for an anonymous viewer without a link */
export async function requireChanger(
  context: RequestContext,
  reference: MeetingReference,
  at: string[] = ['input', 'meeting'],
): Promise<Required<MeetingRequest>> {
  if ('meetingId' in reference) {
    const { meetingId } = reference
    return { viewer: requireSignedIn(context.viewer), meetingId, field: [...at, 'meetingId'].join('.') }
  }
  const path = [...at, 'manageToken']
  const session = await meetingLinkSession(context, reference.manageToken)
  if (session === null) {
    const message = 'The link is invalid or has expired.'
    throw new InvalidInputError([{ path, code: 'UNKNOWN', message }])
  }
  const { viewer } = session
  return { viewer, meetingId: viewer.meetingId, field: path.join('.') }
}

/** Counts a change of a meeting, of which its visitor is told by mail.
 * @param viewer see `requireChanger`
 * @throws QuotaExceededError */
export async function spendChange(context: RequestContext, viewer: SignedInViewer): Promise<void> {
  const { workspaceId } = viewer
  const recipient = viewer.kind === 'AGENT' || isProven(viewer) ? null : viewer.personId
  await spendBudgets(context, { workspaceId, viewer, calls: ['changes'], recipient })
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
  { viewer, meetingId, field = 'input.meetingId' }: MeetingRequest,
): Promise<Meeting> {
  const meeting = await tx.meeting.findFirst({ where: { AND: [visibleMeetings(viewer), { id: meetingId }] } })
  if (meeting === null) throw new NotFoundError(field)
  return meeting
}

/** Locks the row of a meeting whose calendar is locked, and reads it again for its present texts.
 * @throws NotFoundError when the meeting does not exist */
export async function lockTextsOfMeeting(tx: Transaction, { id, workspaceId }: Meeting): Promise<Meeting> {
  const meeting = await lockMeetingRow(tx, { workspaceId, meetingId: id })
  if (meeting === null) throw new NotFoundError('input.meetingId')
  return meeting
}

/** @throws ConflictError when the meeting is cancelled or over */
export function requireUpcoming(meeting: Meeting, now: Date): void {
  if (meeting.status === 'CANCELLED')
    throw new ConflictError('MEETING_CANCELLED', 'The meeting is cancelled.')
  if (meeting.endsAt <= now) throw new ConflictError('MEETING_OVER', 'The meeting is over.')
}
