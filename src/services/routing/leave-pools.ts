// Takes agents out of pools; where a pointer stands on one of them, it moves to the one before.
import type { Transaction } from '../../database/open.ts'
import { type Pool, readPool } from './pool.ts'
import { pointerAfterRemoval, type RoutingKind } from './rules.ts'

interface PoolRow {
  kind: RoutingKind
  teamId: string | null
  lastAgentId: string | null
}

/** Takes an agent who is removed out of the order of all agents and out of every team. Locks every pool of the
 * workspace, so that nobody takes a turn meanwhile: to be called first in a transaction. */
export async function leavePools(
  tx: Transaction,
  { workspaceId, agentId }: { workspaceId: string; agentId: string },
): Promise<void> {
  const pools = await tx.$queryRaw<PoolRow[]>`
    SELECT "kind", "teamId", "lastAgentId" FROM "RoutingPool"
    WHERE "workspaceId" = ${workspaceId}::uuid ORDER BY "kind", "id" FOR UPDATE`
  for (const { kind, teamId } of pools.filter(({ lastAgentId }) => lastAgentId === agentId)) {
    const target = teamId === null ? { roundRobin: true as const } : { teamId }
    const pool = await readPool(tx, { workspaceId, kind, target, lock: false })
    await movePointerOff(tx, { pool, removed: [agentId] })
  }
  // Whoever asks for this agent alone locks no pool: what it knows of the agent is of another version from now on.
  await tx.liveChatAvailability.updateMany({
    where: { workspaceId, agentId },
    data: { toggledTo: null, toggledAt: null },
  })
  await tx.routingPlace.deleteMany({ where: { workspaceId, agentId } })
  await tx.teamMember.deleteMany({ where: { workspaceId, agentId } })
}

/** @param change.pool as it was, those who leave included
 * @param change.removed the agents who leave the pool */
export async function movePointerOff(
  tx: Transaction,
  { pool, removed }: { pool: Pool; removed: string[] },
): Promise<void> {
  const lastAgentId = pointerAfterRemoval(pool.agentIds, pool.lastAgentId, ...removed)
  if (lastAgentId === pool.lastAgentId || pool.id === null) return
  await tx.routingPool.update({ where: { id: pool.id }, data: { lastAgentId } })
}
