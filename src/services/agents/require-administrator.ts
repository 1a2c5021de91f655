import { lockRole } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { ConflictError } from '../../errors.ts'
import { ADMINISTRATOR_ROLE } from '../identity/roles.ts'

/** To be called after a change that removes roles. The lock on the role serialises such changes, so that each one sees
 * the result of the other.
 * @throws ConflictError when no agent of the workspace has the built-in role Administrator any more */
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
    throw new ConflictError(
      'LAST_ADMINISTRATOR',
      'This is the last administrator. Give another agent the role first.',
    )
  }
}
