import type { Meeting, MeetingOutcome } from '../../../database/generated/client/client.ts'
import { ConflictError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { actorOf, requireStaff } from '../../identity/viewer.ts'
import { runTransaction } from '../../transaction.ts'
import { lockMeeting } from './changeable-meeting.ts'
import { recordChange } from './record-change.ts'

/** Records whether a meeting was held. It can be corrected later.
 * @returns the meeting
 * @throws ForbiddenError unless the viewer is an agent
 * @throws NotFoundError when the viewer may not see the meeting
 * @throws ConflictError when the meeting is cancelled or has not begun */
export async function recordMeetingOutcome(
  context: RequestContext,
  { meetingId, outcome }: { meetingId: string; outcome: MeetingOutcome },
): Promise<Meeting> {
  const viewer = requireStaff(context.viewer)
  const now = context.clock.now()
  return runTransaction(context, async (tx) => {
    const before = await lockMeeting(tx, { viewer, meetingId })
    if (before.status === 'CANCELLED')
      throw new ConflictError('MEETING_CANCELLED', 'The meeting is cancelled.')
    if (before.startsAt > now) throw new ConflictError('MEETING_NOT_BEGUN', 'The meeting has not begun.')
    if (before.outcome === outcome) return before
    const meeting = await tx.meeting.update({ where: { id: meetingId }, data: { outcome } })
    const change = { meeting, kind: 'OUTCOME_RECORDED' as const, actor: actorOf(viewer), reason: null, now }
    await recordChange(context, { tx, change })
    return meeting
  })
}
