// The identities that a user of the demo can sign in with. It issues tokens without any check, so it must be called in
// demo mode only.
import type { Services } from '../context.ts'
import { signDemoToken } from '../identity/demo-token.ts'

export interface DemoWorkspace {
  /** UUID. */
  id: string
  name: string
  publicKey: string
}

export interface DemoIdentity {
  name: string
  email: string
  role: 'ADMINISTRATOR' | 'AGENT'
  /** UUID. */
  agentId: string
  /** For `Authorization: Bearer …`. */
  token: string
}

/** @returns the demo's workspace and its staff, oldest first; null when there is no workspace */
export async function readDemo({ database, signer }: Pick<Services, 'database' | 'signer'>): Promise<{
  workspace: DemoWorkspace
  identities: DemoIdentity[]
} | null> {
  const workspace = await database.workspace.findFirst({
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: { id: true, name: true, publicKey: true },
  })
  if (workspace === null) return null
  const agents = await database.agent.findMany({
    where: { workspaceId: workspace.id, removedAt: null },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: { id: true, name: true, email: true, roles: { select: { role: true } } },
  })
  return {
    workspace,
    identities: agents.map(({ id, name, email, roles }) => ({
      name,
      email,
      role: roles.some(({ role }) => role.permissions.includes('MANAGE_AGENTS')) ? 'ADMINISTRATOR' : 'AGENT',
      agentId: id,
      token: signDemoToken(signer, id),
    })),
  }
}
