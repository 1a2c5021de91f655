// Finds the slots that a target offers: the union of the slots of its eligible agents (docs/semantics.md, section 2). For
// a meeting that is to be moved, finds the times that `rescheduleMeeting` accepts.
import type { Database } from '../../../database/open.ts'
import { inTurn } from '../../routing/decision.ts'
import { type Pool, type RoutingTarget, readPool } from '../../routing/pool.ts'
import { DAY, type Interval } from '../../time.ts'
import { upcoming } from '../../upcoming-meetings.ts'
import { type MeetingCandidate, mayKeep, readCandidates } from './meeting-candidates.ts'
import { findSlots, type OfferedSlot, unionSlots } from './rules.ts'

/** An agent whose turn it can be has a slot within this time. It is fixed, so that the turn does not depend on the
 * requested range. */
export const TURN_HORIZON_MS = 62 * DAY

/** The agents whose slots are wanted, or the meeting that is to be moved: it stays with its agent. */
export type SlotsTarget = RoutingTarget | { movingMeetingId: string }

export interface SlotsQuery {
  workspaceId: string
  target: SlotsTarget
  range: Interval
  /** See `readCandidates`. */
  caller: string | string[]
  now: Date
}

export interface OfferedSlots {
  /** Ascending. */
  slots: OfferedSlot[]
  /** The agent who takes all of them; null when each booking decides. */
  agentId: string | null
  /** The agents of the target, also those who are not eligible. */
  targetAgentIds: string[]
}

/** @throws NotFoundError for a target that the workspace does not have */
export async function findOfferedSlots(database: Database, query: SlotsQuery): Promise<OfferedSlots> {
  const { workspaceId, now, range, target } = query
  if ('movingMeetingId' in target) return findNewTimes(database, { ...query, ...target })
  const pool = await readPool(database, { workspaceId, kind: 'MEETING', target, lock: false })
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
  return { slots, agentId: fixed ?? null, targetAgentIds: pool.agentIds }
}

/** The times to which a meeting can be moved. Its own time does not count as busy, and a pause of its agent stops only new
 * meetings. A meeting that is cancelled or over cannot be moved. */
async function findNewTimes(
  database: Database,
  { movingMeetingId: id, ...query }: SlotsQuery & { movingMeetingId: string },
): Promise<OfferedSlots> {
  const { workspaceId, range, now } = query
  const meeting = await database.meeting.findFirst({
    where: { id, workspaceId, ...upcoming(now) },
    select: { agentId: true },
  })
  if (meeting === null) return { slots: [], agentId: null, targetAgentIds: [] }
  const { agentId } = meeting
  const targetAgentIds = [agentId]
  const [candidate] = await readCandidates(database, { ...query, agentIds: [agentId], exceptMeetingId: id })
  if (!candidate || !mayKeep(candidate)) return { slots: [], agentId, targetAgentIds }
  const { calendar } = candidate
  const starts = findSlots(calendar, { range, now: now.getTime() })
  const slots = unionSlots([{ durationMinutes: calendar.durationMinutes, starts }])
  return { slots, agentId, targetAgentIds }
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
