// Finds the slots that a target offers: the union of the slots of its eligible agents (docs/semantics.md, section 2).
import type { Database } from '../../../database/open.ts'
import { inTurn } from '../../routing/decision.ts'
import { type Pool, type RoutingTarget, readPool } from '../../routing/pool.ts'
import { DAY, type Interval } from '../../time.ts'
import { type MeetingCandidate, readCandidates } from './meeting-candidates.ts'
import { findSlots, type OfferedSlot, unionSlots } from './rules.ts'

/** An agent whose turn it can be has a slot within this time. It is fixed, so that the turn does not depend on the
 * requested range. */
export const TURN_HORIZON_MS = 62 * DAY

export interface SlotsQuery {
  workspaceId: string
  target: RoutingTarget
  range: Interval
  caller: string
  now: Date
}

export interface OfferedSlots {
  /** Ascending. */
  slots: OfferedSlot[]
  /** The agent who takes all of them; null when each booking decides. */
  agentId: string | null
}

/** @throws NotFoundError for a target that the workspace does not have */
export async function findOfferedSlots(database: Database, query: SlotsQuery): Promise<OfferedSlots> {
  const { workspaceId, now, range } = query
  const pool = await readPool(database, { workspaceId, kind: 'MEETING', target: query.target, lock: false })
  const onlyNext = pool.stage !== 'AGENT' && (await offersOnlyNext(database, workspaceId))
  const horizon = turnHorizon(now)
  const candidates = await readCandidates(database, {
    ...query,
    agentIds: pool.agentIds,
    range: onlyNext ? spanOf(range, horizon) : range,
  })
  const eligible = candidates.filter((candidate) => candidate.ineligibleBecause.length === 0)
  const asked = onlyNext ? nextOf({ pool, candidates: eligible, horizon, now }) : eligible
  const slots = unionSlots(
    asked.map(({ calendar }) => ({
      durationMinutes: calendar.durationMinutes,
      starts: findSlots(calendar, { range, now: now.getTime() }),
    })),
  )
  const fixed = pool.stage === 'AGENT' || onlyNext ? asked[0]?.agentId : undefined
  return { slots, agentId: fixed ?? null }
}

async function offersOnlyNext(database: Database, workspaceId: string): Promise<boolean> {
  const { slotOffer } = await database.workspace.findUniqueOrThrow({
    where: { id: workspaceId },
    select: { slotOffer: true },
  })
  return slotOffer === 'NEXT_AGENT'
}

/** The agent whose turn it is: the first in turn who has a slot within the horizon. */
function nextOf(turn: {
  pool: Pool
  candidates: MeetingCandidate[]
  horizon: Interval
  now: Date
}): MeetingCandidate[] {
  const next = inTurn(turn.pool, turn.candidates).find((candidate) => hasSlot(candidate, turn))
  return next === undefined ? [] : [next]
}

/** Whether an agent has at least one slot within the horizon. */
export function hasSlot(
  { calendar }: MeetingCandidate,
  { horizon, now }: { horizon: Interval; now: Date },
): boolean {
  return findSlots(calendar, { range: horizon, now: now.getTime() }).length > 0
}

/** The time in which an agent needs a slot for it to be the agent's turn. */
export function turnHorizon(now: Date): Interval {
  return { start: now.getTime(), end: now.getTime() + TURN_HORIZON_MS }
}

function spanOf(one: Interval, other: Interval): Interval {
  return { start: Math.min(one.start, other.start), end: Math.max(one.end, other.end) }
}
