// Cancels a meeting. Its time is free at once, and the agent's turn stays used.
import { z } from 'zod'
import type { Meeting } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { actorOf } from '../../identity/viewer.ts'
import { parseInput, text } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { freeTime } from '../reservations/reserve.ts'
import {
  lockTimeOfMeeting,
  meetingReference,
  requireChanger,
  requireUpcoming,
  spendChange,
} from './changeable-meeting.ts'
import { lockOpenChatOf } from './lock-booked-chat.ts'
import { FOR_REMOVED_AGENT, recordChange } from './record-change.ts'

export const MAX_REASON_LENGTH = 1000

const cancelMeetingInput = z.object({
  meeting: meetingReference,
  reason: text(MAX_REASON_LENGTH).nullish(),
})

/** Idempotent: a retry returns the cancelled meeting.
 * @param options.ofRemoved the removed agent for whose meetings the product does it: one that another agent has stays as
 *   it is
 * @throws ForbiddenError, InvalidInputError (also for a bad link), NotFoundError
 * @throws ConflictError when the meeting is over
 * @throws QuotaExceededError */
export async function cancelMeeting(
  context: RequestContext,
  raw: z.input<typeof cancelMeetingInput>,
  { ofRemoved = null }: { ofRemoved?: string | null } = {},
): Promise<Meeting> {
  const changer = await requireChanger(context, raw.meeting)
  const { reason } = parseInput(cancelMeetingInput, raw)
  await spendChange(context, changer.viewer)
  const now = context.clock.now()
  return runTransaction(context, async (tx) => {
    const conversation = await lockOpenChatOf(tx, changer)
    const before = await lockTimeOfMeeting(tx, changer)
    if (before.status === 'CANCELLED' || (ofRemoved !== null && before.agentId !== ofRemoved)) return before
    requireUpcoming(before, now)
    await freeTime(tx, before.id)
    noteLocks(tx, 'meeting', [before.id])
    const meeting = await tx.meeting.update({
      where: { id: before.id },
      data: { status: 'CANCELLED', revision: { increment: 1 }, calendarSync: 'PENDING' },
    })
    const by = ofRemoved === null ? { actor: actorOf(changer.viewer) } : FOR_REMOVED_AGENT
    const change = { meeting, kind: 'CANCELLED' as const, ...by, reason: reason || null, now }
    await recordChange(context, { tx, change: { ...change, conversation } })
    return meeting
  })
}
