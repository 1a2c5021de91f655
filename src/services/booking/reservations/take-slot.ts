// Finds the agent whose turn it is among those free at a time, and reserves that time for a hold or a meeting.
import { v7 as uuidv7 } from 'uuid'
import type { Reservation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import type { SlotRefusal } from '../../../errors.ts'
import { type Decision, recordDecision } from '../../routing/decision.ts'
import { movePointer, type Pool, type RoutingTarget, readPool } from '../../routing/pool.ts'
import { type Prechecks, refusalOf, requireChecked } from '../calendar-precheck.ts'
import { type MeetingCandidate, readCandidates } from '../slots/meeting-candidates.ts'
import { endOfBuffer, endOfMeeting, refuseSlot } from '../slots/rules.ts'
import { chooseCandidate } from './choose-candidate.ts'
import { dayHeld, dayHeldUntil } from './hold-limits.ts'
import { closestRefusal, SlotRefused } from './refusal.ts'
import { type AgentTime, type DroppedHold, type HeldPurpose, makeRoom, reserve } from './reserve.ts'

export interface SlotRequest {
  workspaceId: string
  target: RoutingTarget
  /** The argument that has the target, for the error. */
  field: string
  startsAt: Date
  /** Selects one of the slots that start at this time but differ in length; null: any length. */
  endsAt: Date | null
  /** One or several callers, whose own holds do not block the slot; locked. See `callerOf`. */
  caller: string | string[]
  now: Date
  /** null: without prechecks, for a hold. Booking it makes the precheck. */
  checks: Prechecks | null
  /** How many slots of a day of an agent visitors may hold; null: the slot is not to be held by a visitor. */
  holdsPerDay: number | null
}

/** A slot that is free under the lock of its agent's calendar. */
interface ChosenSlot {
  request: SlotRequest
  time: AgentTime
  pool: Pool
  decision: Decision
}

/** @throws SlotRefused when no agent is available
 * @throws QuotaExceededError when visitors hold too many slots of that day of the agents who are free
 * @throws NotFoundError for a target that the workspace does not have */
export async function chooseSlot(tx: Transaction, request: SlotRequest): Promise<ChosenSlot> {
  const { workspaceId, target, field, caller, now, startsAt, checks, holdsPerDay } = request
  const pool = await readPool(tx, { workspaceId, kind: 'MEETING', target, field, lock: true })
  const start = startsAt.getTime()
  const holdsNear = holdsPerDay === null ? {} : { holdsNear: startsAt }
  const query = { workspaceId, range: { start, end: start + 1 }, now, caller, ...holdsNear }
  const { chosen, candidates, decision } = await chooseCandidate(tx, {
    pool,
    read: (agentIds) => readCandidates(tx, { ...query, agentIds }),
    isAvailable: (candidate) =>
      refuseRequest(candidate, request) === null && heldUntilOf(candidate, request) === null,
  })
  if (chosen === null) {
    const free = candidates.filter((each) => isEligible(each) && refuseRequest(each, request) === null)
    const heldUntil = free.flatMap((each) => heldUntilOf(each, request) ?? [])
    if (holdsPerDay !== null && heldUntil.length > 0) throw dayHeld(heldUntil, holdsPerDay)
    throw new SlotRefused(refusalOfAll(candidates, request), request)
  }
  const { agentId, calendar } = chosen
  const endsAt = endOfMeeting(startsAt, calendar)
  if (checks !== null) requireChecked(chosen, { checks, meeting: { startsAt, endsAt } })
  const blockedUntil = endOfBuffer(endsAt, calendar)
  return { request, pool, decision, time: { workspaceId, agentId, startsAt, endsAt, blockedUntil } }
}

export interface TakenSlot {
  reservation: Reservation
  /** See `makeRoom`. */
  dropped: DroppedHold[]
}

interface Taking {
  slot: ChosenSlot
  /** A hold, or a meeting that exists. */
  purpose: HeldPurpose | { meetingId: string }
}

/** Reserves the slot, ends the callers' other holds, records the decision and advances the pointer. */
export async function takeSlot(tx: Transaction, taking: Taking): Promise<TakenSlot> {
  const taken = await reserveSlot(tx, taking)
  const { time, pool, request } = taking.slot
  await movePointer(tx, { pool, agentId: time.agentId, now: request.now })
  return taken
}

/** The same, but takes no turn. */
export async function reserveSlot(tx: Transaction, { slot, purpose }: Taking): Promise<TakenSlot> {
  const { time, decision, request } = slot
  const { workspaceId, caller, now } = request
  const id = uuidv7()
  const dropped = await makeRoom(tx, { time, callers: [caller].flat(), now })
  const reservation = await reserve(tx, { ...time, purpose, decisionId: id })
  if (reservation === null) throw new SlotRefused('TAKEN', request)
  const meeting = 'meetingId' in purpose ? purpose : {}
  await recordDecision(tx, { id, workspaceId, decision, now, ...meeting })
  return { reservation, dropped }
}

/** Refuses a slot of another length than the requested one as off the grid. */
function refuseRequest(
  { agentId, calendar }: MeetingCandidate,
  { startsAt, endsAt, now, checks }: SlotRequest,
): SlotRefusal | null {
  const refusal =
    refusalOf(checks, agentId) ?? refuseSlot(calendar, { startsAt: startsAt.getTime(), now: now.getTime() })
  const isOther = endsAt !== null && endOfMeeting(startsAt, calendar).getTime() !== endsAt.getTime()
  return refusal ?? (isOther ? 'OFF_GRID' : null)
}

const heldUntilOf = (candidate: MeetingCandidate, { startsAt, holdsPerDay }: SlotRequest): Date | null =>
  holdsPerDay === null ? null : dayHeldUntil(candidate, { startsAt, limit: holdsPerDay })

const isEligible = ({ ineligibleBecause }: MeetingCandidate) => ineligibleBecause.length === 0

/** null when no agent is eligible. */
function refusalOfAll(candidates: MeetingCandidate[], request: SlotRequest): SlotRefusal | null {
  const eligible = candidates.filter(isEligible)
  return closestRefusal(eligible.map((candidate) => refuseRequest(candidate, request)))
}
