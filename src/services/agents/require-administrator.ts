import { lockRole } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { ConflictError } from '../../errors.ts'
import { ADMINISTRATOR_ROLE } from '../identity/roles.ts'

/** Called after a change that takes roles away. The lock on the role makes two such changes wait for each other, so
 * that each sees what the other has left.
 * @throws ConflictError when nobody of the workspace has the built-in role Administrator any more */
export async function requireAdministrator(tx: Transaction, workspaceId: string): Promise<void> {
  await lockRole(tx, { workspaceId, name: ADMINISTRATOR_ROLE.name })
  const administrators = await tx.agentRole.count({
    where: {
      workspaceId,
      role: { builtIn: true, name: ADMINISTRATOR_ROLE.name },
      agent: { removedAt: null },
    },
  })
  if (administrators === 0) {
    throw new ConflictError('agentId: this is the last administrator. Make somebody else one first.')
  }
}
