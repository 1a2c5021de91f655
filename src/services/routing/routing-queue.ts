// The order of all agents with who is next, and why others are not eligible.
import type { Database } from '../../database/open.ts'
import { type Candidate, type Ineligibility, NOBODY, readCandidates } from '../booking/candidates.ts'
import { hasSlot, turnHorizon } from '../booking/offered-slots.ts'
import type { RequestContext } from '../context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { decide } from './decision.ts'
import { readPool } from './pool.ts'

export interface RoutingEntry {
  agentId: string
  /** 1 is the first. */
  position: number
  isNext: boolean
  /** The meetings that stand. */
  assignedToDate: number
  lastAssignedAt: Date | null
  ineligibleBecause: Ineligibility[]
}

export interface RoutingQueue {
  kind: 'MEETING'
  entries: RoutingEntry[]
  nextAgentId: string | null
}

/** @throws ForbiddenError without VIEW_ROUTING */
export async function readRoutingQueue(context: RequestContext): Promise<RoutingQueue> {
  const { workspaceId } = requirePermission(context.viewer, 'VIEW_ROUTING')
  const { database } = context
  const now = context.clock.now()
  const horizon = turnHorizon(now)
  const pool = await readPool(database, { workspaceId, target: { roundRobin: true }, lock: false })
  const { agentIds } = pool
  const query = { workspaceId, agentIds, range: horizon, now, caller: NOBODY }
  const candidates = await readCandidates(database, query)
  const isAvailable = (candidate: Candidate) => hasSlot(candidate, { horizon, now })
  const { agentId: nextAgentId } = decide(pool, { candidates, isAvailable })
  const records = await readRecords(database, workspaceId)
  const entries = candidates.map((candidate, index) => {
    const { agentId, ineligibleBecause } = candidate
    const unavailable = ineligibleBecause.length === 0 && !isAvailable(candidate)
    return {
      agentId,
      position: index + 1,
      isNext: agentId === nextAgentId,
      assignedToDate: records.get(agentId)?.assigned ?? 0,
      lastAssignedAt: records.get(agentId)?.lastAssignedAt ?? null,
      ineligibleBecause: unavailable ? ['NOT_AVAILABLE' as const] : ineligibleBecause,
    }
  })
  return { kind: 'MEETING', entries, nextAgentId }
}

interface Record {
  agentId: string
  lastAssignedAt: Date | null
  assigned: number
}

async function readRecords(database: Database, workspaceId: string): Promise<Map<string, Record>> {
  const rows = await database.$queryRaw<Record[]>`
    SELECT p."agentId", p."lastAssignedAt", (
        SELECT count(*)::int FROM "Reservation" r WHERE r."agentId" = p."agentId" AND r."meetingId" IS NOT NULL
      ) AS "assigned"
    FROM "RoutingPlace" p
    WHERE p."workspaceId" = ${workspaceId}::uuid AND p."kind" = 'MEETING'`
  return new Map(rows.map((row) => [row.agentId, row]))
}
