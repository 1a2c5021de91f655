// Reads an agent as a viewer, with its current permissions.
import { Permission } from '../../database/generated/client/enums.ts'
import type { Database } from '../../database/open.ts'
import type { AgentViewer } from './viewer.ts'

interface AgentRow {
  id: string
  workspaceId: string
  name: string
  permissions: Permission[]
}

/** @returns null when the agent does not exist or was removed */
export async function readAgentViewer(database: Database, agentId: string): Promise<AgentViewer | null> {
  const [row] = await database.$queryRaw<AgentRow[]>`
    SELECT a."id", a."workspaceId", a."name",
      coalesce(array_agg(DISTINCT p::text) FILTER (WHERE p IS NOT NULL), '{}') AS "permissions"
    FROM "Agent" a
    LEFT JOIN "AgentRole" ar ON ar."agentId" = a."id"
    LEFT JOIN "Role" r ON r."id" = ar."roleId"
    LEFT JOIN LATERAL unnest(r."permissions") p ON true
    WHERE a."id" = ${agentId}::uuid AND a."removedAt" IS NULL
    GROUP BY a."id"`
  if (row === undefined) return null
  const { id, workspaceId, name } = row
  // The strings of the enum, which all viewers share in memory: a socket keeps its viewer as long as it is open.
  const permissions = new Set(row.permissions.map((permission) => Permission[permission]))
  // Whoever can take over any chat can read it that way.
  if (permissions.has('MANAGE_ALL_CONVERSATIONS')) {
    permissions.add('VIEW_ALL_CONVERSATIONS').add('VIEW_MY_CONVERSATIONS')
  }
  return { kind: 'AGENT', workspaceId, agentId: id, name, permissions }
}
