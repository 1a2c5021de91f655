// Reassigns a meeting to another agent at the same time: to a named one, or to the one whose turn it is.

import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Meeting } from '../../../database/generated/client/client.ts'
import { lockCallers } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import type { SlotRefusal } from '../../../errors.ts'
import { withdraw } from '../../calendars/entries/invite-by-mail.ts'
import { newEvent } from '../../events/new-events.ts'
import { once } from '../../idempotency.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { type AgentViewer, actorOf, callerOf, requirePermission } from '../../identity/viewer.ts'
import { idempotencyKey, parseInput, text } from '../../input.ts'
import { templateOf, textsOfMeeting, toInvitation } from '../../invitations/invitation.ts'
import { type Decision, recordDecision } from '../../routing/decision.ts'
import { movePointer, type Pool, type RoutingTarget, readPool } from '../../routing/pool.ts'
import { RestartTransaction, runTransaction } from '../../transaction.ts'
import { type Prechecks, refusalOf, requireChecked, withPrechecks } from '../calendar-precheck.ts'
import { chooseCandidate } from '../reservations/choose-candidate.ts'
import { answerRefusals, closestRefusal, SlotRefused } from '../reservations/refusal.ts'
import { type DroppedHold, takeNewTime } from '../reservations/reserve.ts'
import { type MeetingCandidate, readCandidates } from '../slots/meeting-candidates.ts'
import { endOfBuffer, isFree, isInsideHours } from '../slots/rules.ts'
import { MAX_REASON_LENGTH } from './cancel-meeting.ts'
import { lockTextsOfMeeting, requireUpcoming, requireVisible } from './changeable-meeting.ts'
import { lockOpenChatOf } from './lock-booked-chat.ts'
import { FOR_REMOVED_AGENT, recordChange } from './record-change.ts'

const reassignMeetingInput = z.object({
  meetingId: z.string(),
  agentId: z.string().nullish(),
  reason: text(MAX_REASON_LENGTH).nullish(),
  idempotencyKey,
})

interface Reassignment {
  /** The removed agent for whose meetings the product does it: one that another agent has stays as it is. null: a person
   * does it. */
  ofRemoved: string | null
  viewer: AgentViewer
  meetingId: string
  target: RoutingTarget
  reason: string | null
  now: Date
  checks: Prechecks
}

/** @param raw.agentId the new agent; default: the next in turn of all agents who can take it
 * @param options.ofRemoved the removed agent for whose meetings the product does it: one that another agent has stays as
 *   it is
 * @returns the meeting with its new agent
 * @throws ForbiddenError without MANAGE_ALL_MEETINGS
 * @throws InvalidInputError, NotFoundError
 * @throws ConflictError when it is cancelled or over, or the idempotency key was used before with other input
 * @throws SlotUnavailableError, NoAgentAvailableError when no other agent can take it */
export async function reassignMeeting(
  context: RequestContext,
  raw: z.input<typeof reassignMeetingInput>,
  { ofRemoved = null }: { ofRemoved?: string | null } = {},
): Promise<Meeting> {
  const viewer = requirePermission(context.viewer, 'MANAGE_ALL_MEETINGS')
  const { meetingId, agentId, reason, idempotencyKey: key } = parseInput(reassignMeetingInput, raw)
  const now = context.clock.now()
  const { workspaceId } = viewer
  const call = { workspaceId, caller: callerOf(viewer), key, operation: 'reassignMeeting', input: raw, now }
  const target: RoutingTarget = agentId ? { agentId } : { roundRobin: true }
  const request = { ofRemoved, viewer, meetingId, target, reason: reason || null, now }
  const run = (checks: Prechecks) =>
    runTransaction(context, async (tx) => {
      const id = await once(tx, call, () => reassign(context, { tx, request: { ...request, checks } }))
      return tx.meeting.findUniqueOrThrow({ where: { id } })
    })
  return answerRefusals(context, () => withPrechecks(context, run))
}

async function reassign(
  context: RequestContext,
  { tx, request }: { tx: Transaction; request: Reassignment },
): Promise<string> {
  const { ofRemoved, viewer, target, reason, now } = request
  await lockCallers(tx, [callerOf(viewer)])
  const conversation = await lockOpenChatOf(tx, request)
  const { workspaceId } = viewer
  const pool = await readPool(tx, { workspaceId, kind: 'MEETING', target, lock: true, field: 'input' })
  const found = await requireVisible(tx, request)
  if (ofRemoved !== null && found.agentId !== ofRemoved) return found.id
  requireUpcoming(found, now)
  if ('agentId' in target && target.agentId === found.agentId) return found.id
  const { taker, decision } = await chooseTaker(tx, { pool, before: found, request })
  const { agentId } = taker
  const dropped = await moveToTaker(tx, { taker, decision, before: found, request })
  await movePointer(tx, { pool, agentId, now })
  const before = await lockTextsOfMeeting(tx, found)
  const { invitationUid, withdrawn } = await newSender(tx, { before, taker })
  const meeting = await tx.meeting.update({
    where: { id: before.id },
    data: {
      agentId,
      ...(await newInvitation(tx, { before, agentId })),
      invitationUid,
      routedBy: pool.label,
      revision: { increment: 1 },
      calendarSync: 'PENDING',
    },
  })
  const kind = 'REASSIGNED' as const
  const by = ofRemoved === null ? { actor: actorOf(viewer) } : FOR_REMOVED_AGENT
  const change = { meeting, kind, ...by, reason, now, previousAgentId: before.agentId }
  if (withdrawn !== null) {
    await withdraw({ tx, meetingId: meeting.id, agentId: before.agentId, uid: withdrawn })
  }
  const otherEvents = dropped.map(newEvent.slotsReleased)
  await recordChange(context, { tx, change: { ...change, tookTurn: true, conversation, otherEvents } })
  return meeting.id
}

/** The invitation of the new agent, without a conference: that belongs to the former agent's calendar. */
async function newInvitation(tx: Transaction, { before, agentId }: { before: Meeting; agentId: string }) {
  const { invitation, ...agent } = await tx.agent.findUniqueOrThrow({
    where: { id: agentId },
    include: { invitation: true },
  })
  const person = await tx.person.findUniqueOrThrow({ where: { id: before.personId } })
  const invited = { ...templateOf(toInvitation(invitation)), conferenceUrl: null }
  return { ...invited, ...textsOfMeeting({ ...before, ...invited }, { agent, person }) }
}

interface NewSender {
  /** See `Meeting.invitationUid`. */
  invitationUid: string | null
  /** The UID of an invitation that the former agent's calendar does not cancel, so that our mail must. */
  withdrawn: string | null
}

/** Where they can, the new agent's calendar invites and the former agent's calendar cancels its invitation. An
 * invitation from our mails stays as it is if it is not that of an event in the former agent's calendar. */
async function newSender(
  tx: Transaction,
  { before, taker }: { before: Meeting; taker: MeetingCandidate },
): Promise<NewSender> {
  const { id: meetingId, agentId: former, invitationUid } = before
  const entry = await tx.calendarEntry.findUnique({
    where: { meetingId_agentId: { meetingId, agentId: former } },
    include: { agent: { include: { calendar: true } } },
  })
  const uid = entry?.iCalUid ?? null
  if (invitationUid !== null && invitationUid !== uid) return { invitationUid, withdrawn: null }
  const isCancelledThere = invitationUid === null && entry?.agent.calendar?.state === 'CONNECTED'
  return {
    invitationUid: taker.hasExternalCalendar ? null : meetingId,
    withdrawn: isCancelledThere ? null : uid,
  }
}

interface Handover {
  pool: Pool
  before: Meeting
  request: Reassignment
}

/** Finds the first agent in turn who can take the meeting, and leaves the calendars of both agents locked. */
async function chooseTaker(
  tx: Transaction,
  handover: Handover,
): Promise<{ taker: MeetingCandidate; decision: Decision }> {
  const { pool, before, request } = handover
  const { workspaceId, startsAt, endsAt } = before
  const { now, viewer, checks } = request
  const range = { start: startsAt.getTime(), end: endsAt.getTime() }
  const query = { workspaceId, range, now, caller: callerOf(viewer) }
  const { decision, chosen, candidates } = await chooseCandidate(tx, {
    pool,
    read: (agentIds) =>
      readCandidates(tx, { ...query, agentIds: agentIds.filter((agentId) => agentId !== before.agentId) }),
    isAvailable: (candidate) => refuseTakeover(candidate, handover) === null,
    alongWith: [before.agentId],
  })
  if (chosen === null) throw refused(candidates, handover)
  await requireUnchanged(tx, handover)
  requireChecked(chosen, { checks, meeting: before })
  return { taker: chosen, decision }
}

/** Reads the meeting again now that its calendar is locked.
 * @throws RestartTransaction when it was changed since it was first read */
async function requireUnchanged(tx: Transaction, { before, request }: Handover): Promise<void> {
  const { agentId, revision } = await requireVisible(tx, request)
  if (agentId !== before.agentId || revision !== before.revision) throw new RestartTransaction()
}

/** A named agent can get the meeting outside of the agent's hours; a turn stays within them. */
function refuseTakeover(
  { agentId, calendar }: MeetingCandidate,
  { pool, before, request }: Handover,
): SlotRefusal | null {
  const meeting = { start: before.startsAt.getTime(), end: before.endsAt.getTime() }
  const checked = refusalOf(request.checks, agentId)
  if (checked !== null) return checked
  if (pool.stage !== 'AGENT' && !isInsideHours(meeting, calendar)) return 'OUTSIDE_HOURS'
  return isFree(meeting, calendar) ? null : 'TAKEN'
}

function refused(candidates: MeetingCandidate[], handover: Handover): SlotRefused {
  const eligible = candidates.filter(({ ineligibleBecause }) => ineligibleBecause.length === 0)
  const reason = closestRefusal(eligible.map((candidate) => refuseTakeover(candidate, handover)))
  return new SlotRefused(reason, requestOf(handover.before, handover.request))
}

function requestOf({ workspaceId, startsAt }: Meeting, { target, viewer }: Reassignment) {
  return { workspaceId, target, startsAt, caller: callerOf(viewer) }
}

interface Takeover {
  taker: MeetingCandidate
  decision: Decision
  before: Meeting
  request: Reassignment
}

/** Moves the reservation to the new agent and records the decision.
 * @returns see `makeRoom` */
async function moveToTaker(
  tx: Transaction,
  { taker, decision, before, request }: Takeover,
): Promise<DroppedHold[]> {
  const { workspaceId, startsAt, endsAt, id: meetingId } = before
  const { agentId, calendar } = taker
  const { now, viewer } = request
  const time = { workspaceId, agentId, startsAt, endsAt, blockedUntil: endOfBuffer(endsAt, calendar) }
  const callers = [callerOf(viewer)]
  const move = { meeting: before, time, callers, now, request: requestOf(before, request) }
  const dropped = await takeNewTime(tx, move)
  await recordDecision(tx, { id: uuidv7(), workspaceId, decision, now, meetingId })
  return dropped
}
