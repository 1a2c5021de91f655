// The routing queue: the order of all agents, who is next, and why others are not eligible.
import type { Database } from '../../database/open.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { decide } from '../routing/decision.ts'
import { readPool } from '../routing/pool.ts'
import type { Ineligibility, RoutingKind } from '../routing/rules.ts'
import { readEligibility } from './eligibility.ts'

export interface RoutingEntry {
  agentId: string
  /** 1 is the first. */
  position: number
  isNext: boolean
  /** Meetings that are not cancelled, or chats that were offered. */
  assignedToDate: number
  lastAssignedAt: Date | null
  paused: boolean
  ineligibleBecause: Ineligibility[]
}

export interface RoutingQueue {
  kind: RoutingKind
  entries: RoutingEntry[]
  nextAgentId: string | null
}

/** @throws ForbiddenError without VIEW_ROUTING */
export async function readRoutingQueue(context: RequestContext, kind: RoutingKind): Promise<RoutingQueue> {
  const { workspaceId } = requirePermission(context.viewer, 'VIEW_ROUTING')
  const { database } = context
  const pool = await readPool(database, { workspaceId, kind, target: { roundRobin: true }, lock: false })
  const candidates = await readEligibility(context, { workspaceId, pool })
  const { agentId: nextAgentId } = decide(pool, { candidates, isAvailable: () => true })
  const assignments = await readAssignments(database, { workspaceId, kind })
  const entries = candidates.map(({ agentId, ineligibleBecause }, index) => ({
    agentId,
    position: index + 1,
    isNext: agentId === nextAgentId,
    assignedToDate: assignments.get(agentId)?.assigned ?? 0,
    lastAssignedAt: assignments.get(agentId)?.lastAssignedAt ?? null,
    paused: assignments.get(agentId)?.paused ?? false,
    ineligibleBecause,
  }))
  return { kind, entries, nextAgentId }
}

interface Assignments {
  agentId: string
  lastAssignedAt: Date | null
  paused: boolean
  assigned: number
}

async function readAssignments(
  database: Database,
  { workspaceId, kind }: { workspaceId: string; kind: RoutingKind },
): Promise<Map<string, Assignments>> {
  const rows = await database.$queryRaw<Assignments[]>`
    SELECT p."agentId", p."lastAssignedAt", p."paused",
      CASE WHEN p."kind" = 'LIVE_CHAT' THEN p."offered" ELSE (
        SELECT count(*)::int FROM "Reservation" r WHERE r."agentId" = p."agentId" AND r."meetingId" IS NOT NULL
      ) END AS "assigned"
    FROM "RoutingPlace" p
    WHERE p."workspaceId" = ${workspaceId}::uuid AND p."kind" = ${kind}::"RoutingKind"`
  return new Map(rows.map((row) => [row.agentId, row]))
}
