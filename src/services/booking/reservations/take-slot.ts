// Finds the agent whose turn it is at a time, and takes that time of the agent, for a hold or for a meeting.
import { v7 as uuidv7 } from 'uuid'
import type { Reservation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { type Decision, recordDecision } from '../../routing/decision.ts'
import { movePointer, type Pool, type RoutingTarget, readPool } from '../../routing/pool.ts'
import { type Prechecks, requireChecked } from '../calendar-precheck.ts'
import { type MeetingCandidate, readCandidates } from '../slots/meeting-candidates.ts'
import { endOfBuffer, endOfMeeting, refuseSlot, type SlotRefusal } from '../slots/rules.ts'
import { chooseCandidate } from './choose-candidate.ts'
import { SlotRefused } from './refusal.ts'
import { type AgentTime, makeRoom, reserve } from './reserve.ts'

export interface SlotRequest {
  workspaceId: string
  target: RoutingTarget
  startsAt: Date
  /** Which of the slots that begin then, where they differ in length; null: of any length. */
  endsAt: Date | null
  /** See `callerOf`; locked. */
  caller: string
  now: Date
  /** null: the calendars are not looked into; whoever books does. */
  checks: Prechecks | null
}

/** A slot that is free under the lock of its agent's calendar. */
export interface ChosenSlot {
  request: SlotRequest
  time: AgentTime
  pool: Pool
  decision: Decision
}

/** @throws SlotRefused when nobody can be given
 * @throws NotFoundError for a target that the workspace does not have */
export async function chooseSlot(tx: Transaction, request: SlotRequest): Promise<ChosenSlot> {
  const { workspaceId, target, caller, now, startsAt, checks } = request
  const pool = await readPool(tx, { workspaceId, kind: 'MEETING', target, lock: true })
  const start = startsAt.getTime()
  const query = { workspaceId, range: { start, end: start + 1 }, now, caller }
  const { chosen, candidates, decision } = await chooseCandidate(tx, {
    pool,
    read: (agentIds) => readCandidates(tx, { ...query, agentIds }),
    isAvailable: (candidate) => refuseRequest(candidate, request) === null,
  })
  if (chosen === null) throw new SlotRefused(mostTelling(candidates, request), request)
  const { agentId, calendar } = chosen
  const endsAt = endOfMeeting(startsAt, calendar)
  if (checks !== null) requireChecked(chosen, { checks, meeting: { startsAt, endsAt } })
  const blockedUntil = endOfBuffer(endsAt, calendar)
  return { request, pool, decision, time: { workspaceId, agentId, startsAt, endsAt, blockedUntil } }
}

/** Reserves the slot, ends the caller's other holds, keeps the decision, and moves the turn on.
 * @param taken.purpose a hold, or a meeting that exists */
export async function takeSlot(
  tx: Transaction,
  { slot, purpose }: { slot: ChosenSlot; purpose: { expiresAt: Date } | { meetingId: string } },
): Promise<Reservation> {
  const { time, pool, decision, request } = slot
  const { workspaceId, caller, now } = request
  const id = uuidv7()
  await makeRoom(tx, { time, callers: [caller], now })
  const isMeeting = 'meetingId' in purpose
  const reservation = await reserve(tx, {
    ...time,
    purpose: isMeeting ? purpose : { holder: caller, ...purpose },
    decisionId: id,
  })
  if (reservation === null) throw new SlotRefused('TAKEN', request)
  await recordDecision(tx, { id, workspaceId, decision, now, ...(isMeeting ? purpose : {}) })
  await movePointer(tx, { pool, agentId: time.agentId, now })
  return reservation
}

/** A slot of another length than asked for is none. */
function refuseRequest(
  { agentId, calendar }: MeetingCandidate,
  { startsAt, endsAt, now, checks }: SlotRequest,
): SlotRefusal | null {
  if (checks?.busy.has(agentId)) return 'TAKEN'
  const refusal = refuseSlot(calendar, { startsAt: startsAt.getTime(), now: now.getTime() })
  const isOther = endsAt !== null && endOfMeeting(startsAt, calendar).getTime() !== endsAt.getTime()
  return refusal ?? (isOther ? 'OFF_GRID' : null)
}

/** Of several agents' refusals the one that comes nearest to being bookable. */
function mostTelling(candidates: MeetingCandidate[], request: SlotRequest): SlotRefusal | null {
  const order: SlotRefusal[] = ['TAKEN', 'OFF_GRID', 'WINDOW', 'NOTICE', 'OUTSIDE_HOURS', 'PAST']
  const eligible = candidates.filter(({ ineligibleBecause }) => ineligibleBecause.length === 0)
  const refusals = eligible.map((candidate) => refuseRequest(candidate, request))
  return order.find((refusal) => refusals.includes(refusal)) ?? null
}
