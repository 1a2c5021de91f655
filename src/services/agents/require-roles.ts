import type { Transaction } from '../../database/open.ts'
import { AGENT_ROLE } from '../identity/roles.ts'
import { requireAll } from '../require-all.ts'

/** Checks that the roles belong to the workspace.
 * @param options.roleIds null stands for the built-in role Agent
 * @returns the ids of the roles
 * @throws NotFoundError when one of them does not */
export async function requireRoles(
  tx: Transaction,
  { workspaceId, roleIds }: { workspaceId: string; roleIds: string[] | null },
): Promise<string[]> {
  const which = roleIds === null ? { name: AGENT_ROLE.name, builtIn: true } : { id: { in: roleIds } }
  const roles = await tx.role.findMany({ where: { workspaceId, ...which }, select: { id: true } })
  requireAll(roles, { ids: roleIds ?? [], field: 'input.roleIds' })
  return roles.map((role) => role.id)
}
