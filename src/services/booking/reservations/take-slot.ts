// Finds the agent whose turn it is at a time, and takes that time of the agent for the caller, as a hold.
// Booking makes the hold a meeting; `holdSlot` leaves it. Both run this in their transaction, and the
// database refuses what two of them want at once.
import { v7 as uuidv7 } from 'uuid'
import type { Reservation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { type Decision, decide, recordDecision } from '../../routing/decision.ts'
import { movePointer, type Pool, type RoutingTarget, readPool } from '../../routing/pool.ts'
import { type Prechecks, requireChecked } from '../calendar-precheck.ts'
import { type MeetingCandidate, readCandidates } from '../slots/meeting-candidates.ts'
import { endOfBuffer, endOfMeeting, refuseSlot, type SlotRefusal } from '../slots/rules.ts'
import { SlotRefused } from './refusal.ts'
import { endHolds, reserve } from './reserve.ts'

export interface SlotRequest {
  workspaceId: string
  target: RoutingTarget
  startsAt: Date
  /** Which of the slots that begin then, where they differ in length; null: of any length. */
  endsAt: Date | null
  /** See `callerOf`. */
  caller: string
  now: Date
  expiresAt: Date
  /** null: the calendars are not looked into; whoever books does. */
  checks: Prechecks | null
}

/** Takes the slot, ends the caller's other holds, and moves the turn on.
 * @throws SlotRefused when nobody can be given
 * @throws NotFoundError for a target that the workspace does not have */
export async function takeSlot(tx: Transaction, request: SlotRequest): Promise<Reservation> {
  const { workspaceId, target, caller, now, startsAt } = request
  await endHolds(tx, caller)
  const pool = await readPool(tx, { workspaceId, kind: 'MEETING', target, lock: true })
  const start = startsAt.getTime()
  const range = { start, end: start + 1 }
  const candidates = await readCandidates(tx, { workspaceId, agentIds: pool.agentIds, range, now, caller })
  return giveTo(tx, { pool, candidates, request })
}

/** Gives the slot to the first who can take it. One whom somebody else takes in this moment, through another
 * pool, is passed over like one who was taken before. */
async function giveTo(
  tx: Transaction,
  { pool, candidates, request }: { pool: Pool; candidates: MeetingCandidate[]; request: SlotRequest },
): Promise<Reservation> {
  const takenMeanwhile = new Set<string>()
  for (;;) {
    const refusals: SlotRefusal[] = []
    const decision = decide(pool, {
      candidates,
      isAvailable: (candidate) => {
        const { agentId } = candidate
        const taken = takenMeanwhile.has(agentId) || request.checks?.busy.has(agentId) === true
        const refusal = taken ? 'TAKEN' : refuseRequest(candidate, request)
        if (refusal !== null) refusals.push(refusal)
        return refusal === null
      },
    })
    const chosen = candidates.find((candidate) => candidate.agentId === decision.agentId)
    if (chosen === undefined) throw new SlotRefused(mostTelling(refusals), request)
    if (request.checks !== null) {
      const endsAt = endOfMeeting(request.startsAt, chosen.calendar)
      requireChecked(chosen, { checks: request.checks, meeting: { startsAt: request.startsAt, endsAt } })
    }
    const held = await hold(tx, { request, chosen, decision })
    if (held !== null) {
      await movePointer(tx, { pool, agentId: chosen.agentId, now: request.now })
      return held
    }
    takenMeanwhile.add(chosen.agentId)
  }
}

/** A slot of another length than asked for is none. */
function refuseRequest(
  { calendar }: MeetingCandidate,
  { startsAt, endsAt, now }: SlotRequest,
): SlotRefusal | null {
  const refusal = refuseSlot(calendar, { startsAt: startsAt.getTime(), now: now.getTime() })
  const isOther = endsAt !== null && endOfMeeting(startsAt, calendar).getTime() !== endsAt.getTime()
  return refusal ?? (isOther ? 'OFF_GRID' : null)
}

/** Of several agents' refusals the one that comes nearest to being bookable. */
function mostTelling(refusals: SlotRefusal[]): SlotRefusal | null {
  const order: SlotRefusal[] = ['TAKEN', 'OFF_GRID', 'WINDOW', 'NOTICE', 'OUTSIDE_HOURS', 'PAST']
  return order.find((refusal) => refusals.includes(refusal)) ?? null
}

/** @returns null when it is too late for this agent */
async function hold(
  tx: Transaction,
  { request, chosen, decision }: { request: SlotRequest; chosen: MeetingCandidate; decision: Decision },
): Promise<Reservation | null> {
  const { workspaceId, startsAt, caller, expiresAt, now } = request
  const { agentId, calendar } = chosen
  const endsAt = endOfMeeting(startsAt, calendar)
  const decisionId = uuidv7()
  const purpose = { holder: caller, expiresAt, decisionId }
  const time = { agentId, startsAt, endsAt, blockedUntil: endOfBuffer(endsAt, calendar) }
  const reservation = await reserve(tx, { ...time, workspaceId, purpose, now })
  if (reservation !== null) await recordDecision(tx, { id: decisionId, workspaceId, decision, now })
  return reservation
}
