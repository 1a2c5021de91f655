import type { Database } from '../../database/open.ts'

/** A workspace of the installation, for an operator. */
export interface ListedWorkspace {
  /** UUID. */
  id: string
  name: string
  timeZone: string
  publicKey: string
  agents: number
  /** E-mail addresses of those who manage agents. */
  administrators: string[]
}

/** @returns the workspaces of the installation, the oldest first */
export async function listWorkspaces(database: Database): Promise<ListedWorkspace[]> {
  const workspaces = await database.workspace.findMany({
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    include: {
      agents: {
        where: { removedAt: null },
        orderBy: { email: 'asc' },
        select: { email: true, roles: { select: { role: { select: { permissions: true } } } } },
      },
    },
  })
  return workspaces.map(({ id, name, timeZone, publicKey, agents }) => ({
    id,
    name,
    timeZone,
    publicKey,
    agents: agents.length,
    administrators: agents
      .filter(({ roles }) => roles.some(({ role }) => role.permissions.includes('MANAGE_AGENTS')))
      .map(({ email }) => email),
  }))
}
