import type { Transaction } from '../../database/open.ts'

/** @returns the ids of the agents who manage agents: they are notified of what concerns a colleague */
export async function readManagerIds(tx: Transaction, workspaceId: string): Promise<string[]> {
  const managers = await tx.agent.findMany({
    where: {
      workspaceId,
      removedAt: null,
      roles: { some: { role: { permissions: { has: 'MANAGE_AGENTS' } } } },
    },
    select: { id: true },
  })
  return managers.map(({ id }) => id)
}
