// Takes agents out of pools; where a pointer stands on one of them, it moves to the one before.
import { noteLocks } from '../../database/lock-order.ts'
import { lockPools } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { type Pool, readPool } from './pool.ts'
import { pointerAfterRemoval } from './rules.ts'

interface Leaving {
  workspaceId: string
  agentId: string
}

/** Takes an agent who is removed out of every team, and off every pointer. Locks every pool of the workspace, so that
 * nobody takes a turn meanwhile: to be called first in a transaction, as long as the agent is there. */
export async function leavePools(tx: Transaction, { workspaceId, agentId }: Leaving): Promise<void> {
  const pools = await lockPools(tx, workspaceId)
  for (const { kind, teamId } of pools.filter(({ lastAgentId }) => lastAgentId === agentId)) {
    const target = teamId === null ? { roundRobin: true as const } : { teamId }
    const pool = await readPool(tx, { workspaceId, kind, target, lock: false })
    await movePointerOff(tx, { pool, removed: [agentId] })
  }
  await tx.teamMember.deleteMany({ where: { workspaceId, agentId } })
}

/** Takes an agent who is removed out of the order of all agents, after `leavePools`. */
export async function leavePlaces(tx: Transaction, { workspaceId, agentId }: Leaving): Promise<void> {
  noteLocks(tx, 'place', [agentId])
  await tx.routingPlace.deleteMany({ where: { workspaceId, agentId } })
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
