// An agent as a viewer.
import { Permission } from '../../database/generated/client/enums.ts'
import type { Database } from '../../database/open.ts'
import type { AgentViewer } from './viewer.ts'

interface AgentRow {
  id: string
  workspaceId: string
  name: string
  permissions: Permission[]
}

/** @returns the agent with the permissions of this moment; null when there is none, or none any more */
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
  // Texts that everybody shares: sockets keep their viewer for as long as they are open.
  const permissions = new Set(row.permissions.map((permission) => Permission[permission]))
  return { kind: 'AGENT', workspaceId, agentId: id, name, permissions }
}
