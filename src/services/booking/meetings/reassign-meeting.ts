// Gives a meeting to another agent at the same time: to a named one, or to the one whose turn it is.
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Meeting } from '../../../database/generated/client/client.ts'
import { lockCallers } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { withdraw } from '../../calendars/entries/invite-ourselves.ts'
import { once } from '../../idempotency.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { type AgentViewer, actorOf, callerOf, requirePermission } from '../../identity/viewer.ts'
import { idempotencyKey, parseInput, text } from '../../input.ts'
import { templateOf, textsOfMeeting, toInvitation } from '../../invitations/invitation.ts'
import { type Decision, recordDecision } from '../../routing/decision.ts'
import { movePointer, type Pool, type RoutingTarget, readPool } from '../../routing/pool.ts'
import { runTransaction, StartAgain } from '../../transaction.ts'
import { type Prechecks, requireChecked, withPrechecks } from '../calendar-precheck.ts'
import { chooseCandidate } from '../reservations/choose-candidate.ts'
import { answerRefusals, SlotRefused } from '../reservations/refusal.ts'
import { takeNewTime } from '../reservations/reserve.ts'
import { type MeetingCandidate, readCandidates } from '../slots/meeting-candidates.ts'
import { endOfBuffer, isFree, isInsideHours } from '../slots/rules.ts'
import { MAX_REASON_LENGTH } from './cancel-meeting.ts'
import { lockTextsOfMeeting, requireUpcoming, requireVisible } from './changeable-meeting.ts'
import { lockOpenChatOf } from './lock-booked-chat.ts'
import { recordChange } from './record-change.ts'

const reassignMeetingInput = z.object({
  meetingId: z.string(),
  agentId: z.string().nullish(),
  reason: text(MAX_REASON_LENGTH).nullish(),
  idempotencyKey,
})

interface Reassignment {
  viewer: AgentViewer
  meetingId: string
  target: RoutingTarget
  reason: string | null
  now: Date
  checks: Prechecks
}

/** @param raw.agentId who is to take it; left out: the next of all agents who can
 * @returns the meeting with its new agent
 * @throws ForbiddenError without MANAGE_ALL_MEETINGS
 * @throws InvalidInputError, NotFoundError
 * @throws ConflictError when it is cancelled or over, or the key was used before with other input
 * @throws SlotUnavailableError, NoAgentAvailableError when nobody (else) can take it */
export async function reassignMeeting(
  context: RequestContext,
  raw: z.input<typeof reassignMeetingInput>,
): Promise<Meeting> {
  const viewer = requirePermission(context.viewer, 'MANAGE_ALL_MEETINGS')
  const { meetingId, agentId, reason, idempotencyKey: key } = parseInput(reassignMeetingInput, raw)
  const now = context.clock.now()
  const { workspaceId } = viewer
  const call = { workspaceId, caller: callerOf(viewer), key, operation: 'reassignMeeting', input: raw, now }
  const target: RoutingTarget = agentId ? { agentId } : { roundRobin: true }
  const request = { viewer, meetingId, target, reason: reason || null, now }
  const giveOn = (checks: Prechecks) =>
    runTransaction(context, async (tx) => {
      const id = await once(tx, call, () => reassign(context, { tx, request: { ...request, checks } }))
      return tx.meeting.findUniqueOrThrow({ where: { id } })
    })
  return answerRefusals(context, () => withPrechecks(context, giveOn))
}

async function reassign(
  context: RequestContext,
  { tx, request }: { tx: Transaction; request: Reassignment },
): Promise<string> {
  const { viewer, target, reason, now } = request
  await lockCallers(tx, [callerOf(viewer)])
  const conversation = await lockOpenChatOf(tx, request)
  const { workspaceId } = viewer
  const pool = await readPool(tx, { workspaceId, kind: 'MEETING', target, lock: true, agentField: 'agentId' })
  const asked = await requireVisible(tx, request)
  requireUpcoming(asked, now)
  if ('agentId' in target && target.agentId === asked.agentId) return asked.id
  const { taker, decision } = await chooseTaker(tx, { pool, before: asked, request })
  const { agentId } = taker
  await giveTime(tx, { taker, decision, before: asked, request })
  await movePointer(tx, { pool, agentId, now })
  const before = await lockTextsOfMeeting(tx, asked)
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
  const change = { meeting, kind, actor: actorOf(viewer), reason, now, previousAgentId: before.agentId }
  await recordChange(context, { tx, change: { ...change, tookTurn: true, conversation } })
  if (withdrawn !== null) {
    await withdraw(context, { tx, meetingId: meeting.id, agentId: before.agentId, uid: withdrawn })
  }
  return meeting.id
}

/** The new agent's own. The conference was the former agent's. */
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
  /** The UID of an invitation that the former agent's calendar does not take back. */
  withdrawn: string | null
}

/** The new agent's calendar invites, and that of the former agent takes its invitation back, where they can. Only an
 * invitation of ours that stands in no agent's calendar goes along. */
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
  const takesBack = invitationUid === null && entry?.agent.calendar?.status === 'CONNECTED'
  return { invitationUid: taker.hasExternalCalendar ? null : meetingId, withdrawn: takesBack ? null : uid }
}

interface Handover {
  pool: Pool
  before: Meeting
  request: Reassignment
}

/** Finds the first who can take the meeting at its time. The calendars of both agents are locked from then on. */
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
    isAvailable: (candidate) => !checks.busy.has(candidate.agentId) && canTakeOver(candidate, handover),
    alongWith: [before.agentId],
  })
  if (chosen === null) throw refused(candidates, handover)
  await requireUnchanged(tx, handover)
  requireChecked(chosen, { checks, meeting: before })
  return { taker: chosen, decision }
}

/** What was read before its calendar was locked may have been changed meanwhile. */
async function requireUnchanged(tx: Transaction, { before, request }: Handover): Promise<void> {
  const { agentId, revision } = await requireVisible(tx, request)
  if (agentId !== before.agentId || revision !== before.revision) throw new StartAgain()
}

/** Whoever names an agent may do so outside of that agent's hours; turns keep to the hours. */
function canTakeOver({ calendar }: MeetingCandidate, { pool, before }: Handover): boolean {
  const meeting = { start: before.startsAt.getTime(), end: before.endsAt.getTime() }
  return isFree(meeting, calendar) && (pool.stage === 'AGENT' || isInsideHours(meeting, calendar))
}

function refused(candidates: MeetingCandidate[], { before, request }: Handover): SlotRefused {
  const nobody = candidates.every(({ ineligibleBecause }) => ineligibleBecause.length > 0)
  return new SlotRefused(nobody ? null : 'TAKEN', requestOf(before, request))
}

function requestOf({ workspaceId, startsAt }: Meeting, { target, viewer }: Reassignment) {
  return { workspaceId, target, startsAt, caller: callerOf(viewer), field: 'agentId' }
}

interface GivenTime {
  taker: MeetingCandidate
  decision: Decision
  before: Meeting
  request: Reassignment
}

/** Makes the meeting's time one of the agent who takes it. */
async function giveTime(tx: Transaction, { taker, decision, before, request }: GivenTime): Promise<void> {
  const { workspaceId, startsAt, endsAt, id: meetingId } = before
  const { agentId, calendar } = taker
  const { now, viewer } = request
  const time = { workspaceId, agentId, startsAt, endsAt, blockedUntil: endOfBuffer(endsAt, calendar) }
  const callers = [callerOf(viewer)]
  await takeNewTime(tx, { meeting: before, time, callers, now, request: requestOf(before, request) })
  await recordDecision(tx, { id: uuidv7(), workspaceId, decision, now, meetingId })
}
