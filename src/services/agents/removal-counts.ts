// Counts what became of the meetings of removed agents. It follows from the meetings, so it is right at any moment, also
// while the job is under way or after it was interrupted.
import type { Database, Transaction } from '../../database/open.ts'

export interface RemovalCounts {
  agentId: string
  /** Of the meetings to come that the agent had at the removal. The sum of the others. */
  total: number
  reassigned: number
  cancelled: number
  /** Still stand with the agent. */
  kept: number
}

/** @returns the counts, without agents whose removal is not recorded */
export function readRemovalCounts(
  database: Database | Transaction,
  agentIds: string[],
): Promise<RemovalCounts[]> {
  return database.$queryRaw<RemovalCounts[]>`
    SELECT r."agentId", count(m."id")::int AS "total",
      (count(*) FILTER (WHERE m."agentId" <> r."agentId"))::int AS "reassigned",
      (count(*) FILTER (WHERE m."agentId" = r."agentId" AND m."status" = 'CANCELLED'))::int AS "cancelled",
      (count(*) FILTER (WHERE m."agentId" = r."agentId" AND m."status" <> 'CANCELLED'))::int AS "kept"
    FROM "AgentRemoval" r LEFT JOIN "Meeting" m ON m."id" = ANY (r."meetingIds")
    WHERE r."agentId" = ANY (${agentIds}::uuid[])
    GROUP BY r."agentId"`
}
