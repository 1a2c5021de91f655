// Removes agents from pools. A pointer at one of them moves back to the agent before.
import { noteLocks } from '../../database/lock-order.ts'
import { lockPools } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { type Pool, readPool } from './pool.ts'
import { pointerAfterRemoval } from './rules.ts'

interface Leaving {
  workspaceId: string
  agentId: string
}

/** Removes an agent from every team and moves every pointer off the agent. Must be called before the agent is marked as
 * removed, because the pools are read with the agent in them. Locks every pool of the workspace, so that no turn is
 * taken meanwhile.
 * @returns the ids of the teams */
export async function leavePools(tx: Transaction, { workspaceId, agentId }: Leaving): Promise<string[]> {
  const pools = await lockPools(tx, workspaceId)
  for (const { kind, teamId } of pools.filter(({ lastAgentId }) => lastAgentId === agentId)) {
    const target = teamId === null ? { roundRobin: true as const } : { teamId }
    const pool = await readPool(tx, { workspaceId, kind, target, lock: false })
    await movePointerOff(tx, { pool, removed: [agentId] })
  }
  const members = await tx.teamMember.findMany({ where: { workspaceId, agentId }, select: { teamId: true } })
  await tx.teamMember.deleteMany({ where: { workspaceId, agentId } })
  return members.map(({ teamId }) => teamId)
}

/** Removes an agent from the order of turns of the workspace. Apart from `leavePools`, because places are locked after
 * pools and calendars. */
export async function leavePlaces(tx: Transaction, { workspaceId, agentId }: Leaving): Promise<void> {
  noteLocks(tx, 'place', [agentId])
  await tx.routingPlace.deleteMany({ where: { workspaceId, agentId } })
}

/** @param change.pool as it was before, with the agents who leave
 * @param change.removed the agents who leave the pool */
export async function movePointerOff(
  tx: Transaction,
  { pool, removed }: { pool: Pool; removed: string[] },
): Promise<void> {
  const lastAgentId = pointerAfterRemoval(pool.agentIds, pool.lastAgentId, ...removed)
  if (lastAgentId === pool.lastAgentId || pool.id === null) return
  await tx.routingPool.update({ where: { id: pool.id }, data: { lastAgentId } })
}
