// The order of all agents with who is next, and why others are not eligible.
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
  /** The meetings that stand, or the chats that were offered. */
  assignedToDate: number
  lastAssignedAt: Date | null
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
  const standing = await readEligibility(context, { workspaceId, pool })
  const { agentId: nextAgentId } = decide(pool, { candidates: standing, isAvailable: () => true })
  const records = await readRecords(database, { workspaceId, kind })
  const entries = standing.map(({ agentId, ineligibleBecause }, index) => ({
    agentId,
    position: index + 1,
    isNext: agentId === nextAgentId,
    assignedToDate: records.get(agentId)?.assigned ?? 0,
    lastAssignedAt: records.get(agentId)?.lastAssignedAt ?? null,
    ineligibleBecause,
  }))
  return { kind, entries, nextAgentId }
}

interface Record {
  agentId: string
  lastAssignedAt: Date | null
  assigned: number
}

async function readRecords(
  database: Database,
  { workspaceId, kind }: { workspaceId: string; kind: RoutingKind },
): Promise<Map<string, Record>> {
  const rows = await database.$queryRaw<Record[]>`
    SELECT p."agentId", p."lastAssignedAt",
      CASE WHEN p."kind" = 'LIVE_CHAT' THEN p."offered" ELSE (
        SELECT count(*)::int FROM "Reservation" r WHERE r."agentId" = p."agentId" AND r."meetingId" IS NOT NULL
      ) END AS "assigned"
    FROM "RoutingPlace" p
    WHERE p."workspaceId" = ${workspaceId}::uuid AND p."kind" = ${kind}::"RoutingKind"`
  return new Map(rows.map((row) => [row.agentId, row]))
}
