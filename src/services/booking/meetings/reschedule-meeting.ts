// Moves a meeting to another time of the same agent. This takes no turn.

import { z } from 'zod'
import type { Meeting } from '../../../database/generated/client/client.ts'
import { lockCallers } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { newEvent } from '../../events/new-events.ts'
import { once } from '../../idempotency.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { actorOf, callerOf, type SignedInViewer } from '../../identity/viewer.ts'
import { idempotencyKey, instant, parseInput, text } from '../../input.ts'
import { readTexts } from '../../invitations/read-texts.ts'
import { runTransaction } from '../../transaction.ts'
import { type Prechecks, refusalOf, requireChecked, withPrechecks } from '../calendar-precheck.ts'
import { answerRefusals, SlotRefused } from '../reservations/refusal.ts'
import { type AgentTime, takeNewTime } from '../reservations/reserve.ts'
import { mayKeep, readCandidates } from '../slots/meeting-candidates.ts'
import { endOfBuffer, endOfMeeting, refuseSlot } from '../slots/rules.ts'
import { MAX_REASON_LENGTH } from './cancel-meeting.ts'
import {
  lockTextsOfMeeting,
  lockTimeOfMeeting,
  meetingReference,
  requireChanger,
  requireUpcoming,
  spendChange,
} from './changeable-meeting.ts'
import { lockOpenChatOf } from './lock-booked-chat.ts'
import { recordChange } from './record-change.ts'

const rescheduleMeetingInput = z.object({
  meeting: meetingReference,
  startsAt: instant,
  reason: text(MAX_REASON_LENGTH).nullish(),
  idempotencyKey,
})

interface Move {
  viewer: SignedInViewer
  /** The callers whose holds do not block the move: the viewer of the link and the viewer who is signed in. */
  callers: string[]
  meetingId: string
  field: string
  startsAt: Date
  reason: string | null
  now: Date
  checks: Prechecks
}

/** @returns the meeting at its new time; unchanged when it already had that time
 * @throws ForbiddenError, InvalidInputError (also for a bad link), NotFoundError
 * @throws ConflictError when it is cancelled or over, or the idempotency key was used before with other input
 * @throws SlotUnavailableError when the agent cannot be booked for that time
 * @throws NoAgentAvailableError when the agent no longer takes meetings
 * @throws QuotaExceededError */
export async function rescheduleMeeting(
  context: RequestContext,
  raw: z.input<typeof rescheduleMeetingInput>,
): Promise<Meeting> {
  const changer = await requireChanger(context, raw.meeting)
  const { viewer } = changer
  const input = parseInput(rescheduleMeetingInput, raw)
  await spendChange(context, viewer)
  const now = context.clock.now()
  const { workspaceId } = viewer
  const key = input.idempotencyKey
  const call = { workspaceId, caller: callerOf(viewer), key, operation: 'rescheduleMeeting', input: raw, now }
  const signedIn = context.viewer.kind === 'ANONYMOUS' ? [] : [context.viewer]
  const callers = [...new Set([...signedIn, viewer].map(callerOf))]
  const request = { ...changer, callers, startsAt: input.startsAt, reason: input.reason || null, now }
  const reschedule = (checks: Prechecks) =>
    runTransaction(context, async (tx) => {
      const id = await once(tx, call, () => moveMeeting(context, { tx, move: { ...request, checks } }))
      return tx.meeting.findUniqueOrThrow({ where: { id } })
    })
  return answerRefusals(context, () => withPrechecks(context, reschedule))
}

async function moveMeeting(
  context: RequestContext,
  { tx, move }: { tx: Transaction; move: Move },
): Promise<string> {
  const { viewer, startsAt, reason, now } = move
  await lockCallers(tx, move.callers)
  const conversation = await lockOpenChatOf(tx, move)
  const before = await lockTimeOfMeeting(tx, move)
  requireUpcoming(before, now)
  if (before.startsAt.getTime() === startsAt.getTime()) return before.id
  const time = await requireFreeTime(tx, { before, move })
  const dropped = await takeNewTime(tx, {
    meeting: before,
    time,
    callers: move.callers,
    now,
    request: requestOf(before, move),
  })
  const texts = await readTexts(tx, {
    ...(await lockTextsOfMeeting(tx, before)),
    startsAt,
    endsAt: time.endsAt,
  })
  const meeting = await tx.meeting.update({
    where: { id: before.id },
    data: {
      status: 'RESCHEDULED',
      startsAt,
      endsAt: time.endsAt,
      ...texts,
      revision: { increment: 1 },
      calendarSync: 'PENDING',
    },
  })
  const actor = actorOf(viewer)
  const kind = 'RESCHEDULED' as const
  const change = { meeting, kind, actor, reason, now, previousStartsAt: before.startsAt }
  const otherEvents = dropped.map(newEvent.slotsReleased)
  await recordChange(context, { tx, change: { ...change, conversation, otherEvents } })
  return meeting.id
}

async function requireFreeTime(
  tx: Transaction,
  { before, move }: { before: Meeting; move: Move },
): Promise<AgentTime> {
  const { workspaceId, agentId, id: exceptMeetingId } = before
  const { startsAt, now, checks, callers } = move
  const start = startsAt.getTime()
  const range = { start, end: start + 1 }
  const query = { workspaceId, agentIds: [agentId], range, now, caller: callers, exceptMeetingId }
  const [candidate] = await readCandidates(tx, query)
  const request = requestOf(before, move)
  if (!candidate || !mayKeep(candidate)) throw new SlotRefused(null, request)
  const { calendar } = candidate
  const refusal = refuseSlot(calendar, { startsAt: start, now: now.getTime() }) ?? refusalOf(checks, agentId)
  if (refusal !== null) throw new SlotRefused(refusal, request)
  const endsAt = endOfMeeting(startsAt, calendar)
  requireChecked(candidate, { checks, meeting: { startsAt, endsAt }, exceptMeetingId })
  return { workspaceId, agentId, startsAt, endsAt, blockedUntil: endOfBuffer(endsAt, calendar) }
}

function requestOf({ workspaceId, id }: Meeting, { startsAt, callers }: Move) {
  const target = { movingMeetingId: id }
  return { workspaceId, target, startsAt, caller: callers }
}
