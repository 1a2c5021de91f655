// The product on its own Postgres database, with agents who take chats, and visitors.
import { signDemoToken } from '../../src/services/identity/demo-token.ts'
import { answerParent } from '../fanout/child.ts'
import { withInstallation } from '../installation.ts'
import { officeHours } from '../slots.ts'
import { insertVisitors, insertWorkspace, type SeededVisitor } from '../workspace.ts'

export const NOW = Date.UTC(2026, 9, 12)
const HOURS = { weekly: officeHours(), durationMinutes: 30, minimumNoticeMinutes: 0, bookingWindowDays: 60 }

/** The tables that the scene fills. */
const FILLED = [
  ...['Workspace', 'Role', 'Agent', 'AgentRole', 'LiveChatAvailability', 'RoutingPool', 'RoutingPlace'],
  ...['Person', 'Visitor'],
]

export interface ChatScene {
  databaseUrl: string
  url: string
  workspaceId: string
  agentIds: string[]
  agentTokens: string[]
  visitors: SeededVisitor[]
}

if (process.send) {
  await withInstallation(NOW, (installation) =>
    answerParent({
      url: () => `${installation.url.replace('http', 'ws')}/graphql`,
      wake: (streamIds: string[]) => installation.app.services.wakeUps.publish(streamIds),
      scene: async ({ agents, visitors }: { agents: number; visitors: number }): Promise<ChatScene> => {
        const { app, sql, databaseUrl, url } = installation
        const { workspaceId, agentIds } = await insertWorkspace(installation, { agents, hours: HOURS })
        const people = await insertVisitors(installation, { workspaceId, count: visitors })
        // Leaves out the tables that are still empty: after an ANALYZE Postgres would plan sequential scans for them.
        await sql.query(`ANALYZE ${FILLED.map((table) => `"${table}"`).join(', ')}`)
        const agentTokens = agentIds.map((agentId) => signDemoToken(app.services.signer, agentId))
        return { databaseUrl, url, workspaceId, agentIds, agentTokens, visitors: people }
      },
    }),
  )
  process.exit()
}
