// Two nodes of the application on one Postgres database, with one clock that a test moves, and the people of a
// workspace with live chat. What a test does, it does by calling the use cases on either node.
import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import { expect, vi } from 'vitest'
import { type App, createApp } from '../../src/app.ts'
import { openPostgres } from '../../src/database/open.ts'
import { createLocalWakeUps } from '../../src/services/events/local-wake-ups.ts'
import { readAgentViewer } from '../../src/services/identity/agent-viewer.ts'
import type { RequestContext } from '../../src/services/identity/request-context.ts'
import type { AgentViewer, Viewer, VisitorViewer } from '../../src/services/identity/viewer.ts'
import { createTestAgent, createTestWorkspace, type TestWorkspace } from '../kit/actors.ts'
import { START } from '../kit/app.ts'
import { createTestClock, DAY, type TestClock } from '../kit/clock.ts'
import { createPostgresDatabase } from '../kit/database.ts'

/** The one console that an agent has. */
const CONSOLE = randomUUID()

export interface ChatScene {
  nodes: [App, App]
  clock: TestClock
  /** Past the application. */
  sql: pg.Client
  workspace: TestWorkspace
  workspaceId: string
  /** In hexadecimal digits. */
  identitySecret: string
  admin: AgentViewer
  agents: AgentViewer[]
  visitors: VisitorViewer[]
  /** @returns somebody new, of whom nothing is known; not among the visitors */
  createVisitor(): Promise<VisitorViewer>
  stop(): Promise<void>
}

export interface SceneOptions {
  agents: number
  visitors: number
  /** Columns of the workspace. */
  settings: Partial<
    Record<'offerTimeoutSeconds' | 'maxOffersPerRequest' | 'chatsPerAgent' | 'idleTimeoutMinutes', number>
  >
  onError(error: unknown): void
}

export async function startChatScene(options: SceneOptions): Promise<ChatScene> {
  const database = await createPostgresDatabase()
  const clock = createTestClock(START)
  const nodes: [App, App] = [await start(0), await start(1)]
  const sql = new pg.Client({ connectionString: database.url, options: '-c TimeZone=UTC' })
  await sql.connect()
  // What a crash would lose is not in question here; locks and transactions are the same.
  await sql.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET synchronous_commit = off`)
  const [{ services }] = nodes
  const workspace = await createTestWorkspace({ app: nodes[0], clock })
  const { workspaceId } = workspace
  const { identitySecret } = await services.database.workspace.update({
    where: { id: workspaceId },
    data: options.settings,
  })
  const agents: AgentViewer[] = []
  for (let number = 0; number < options.agents; number++) {
    const { agentId } = await createTestAgent({ app: nodes[0], clock }, workspace, `Agent ${number}`)
    const agent = await viewerOf(agentId)
    await openAroundTheClock(nodes[0], agentId)
    await leaseConsole(nodes[0], agent, new Date(clock.now().getTime() + DAY))
    agents.push(agent)
  }
  const visitors: VisitorViewer[] = []
  for (let number = 0; number < options.visitors; number++) visitors.push(await createVisitor())
  return {
    ...{ nodes, clock, sql, workspace, workspaceId, agents, visitors, createVisitor },
    identitySecret: Buffer.from(identitySecret).toString('hex'),
    admin: await viewerOf(workspace.admin.agentId),
    stop: async () => {
      await sql.end()
      for (const node of nodes) await node.stop()
      await database.drop()
    },
  }

  function start(number: number): Promise<App> {
    return createApp({
      database: openPostgres(database.url),
      clock,
      mailer: { send: async () => undefined },
      wakeUps: createLocalWakeUps(),
      secretsKey: Buffer.alloc(32, 7),
      signIn: { mode: 'DEMO' },
      settings: { publicUrl: `http://node-${number}.test`, mailFrom: 'meetings@switchboard.test' },
      onError: options.onError,
    })
  }

  async function viewerOf(agentId: string): Promise<AgentViewer> {
    const viewer = await readAgentViewer(services.database, agentId)
    if (viewer === null) throw new Error('There is no such agent.')
    return viewer
  }

  async function createVisitor(): Promise<VisitorViewer> {
    const now = clock.now()
    const { id: personId } = await services.database.person.create({ data: { workspaceId, createdAt: now } })
    const expiresAt = new Date('9999-12-31T00:00:00Z')
    const { id: visitorId } = await services.database.visitor.create({
      data: { workspaceId, personId, tokenHash: randomBytes(32), createdAt: now, expiresAt },
    })
    return { kind: 'VISITOR', workspaceId, visitorId, personId, verified: false }
  }
}

/** What a use case is given when the viewer calls it on a node. */
export const contextOf = (node: App, viewer: Viewer): RequestContext => ({
  ...node.services,
  viewer,
  origin: null,
})

/** The agent takes chats at any hour. */
export async function openAroundTheClock(node: App, agentId: string): Promise<void> {
  const weekly = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: 0, end: 1440 }))
  const data = { timeZone: 'UTC', weekly, announceAt: null }
  await node.services.database.liveChatAvailability.update({ where: { agentId }, data })
}

/** A console of the agent is connected until an instant; one that is over takes it away. */
export async function leaseConsole(
  node: App,
  { workspaceId, agentId }: AgentViewer,
  until: Date,
): Promise<void> {
  await node.services.database.$executeRaw`
    INSERT INTO "ConsoleLease" ("nodeId", "agentId", "workspaceId", "expiresAt")
    VALUES (${CONSOLE}::uuid, ${agentId}::uuid, ${workspaceId}::uuid, ${until}::timestamptz)
    ON CONFLICT ("agentId", "nodeId") DO UPDATE SET "expiresAt" = excluded."expiresAt"`
}

/** Until so many transactions wait for a lock. */
export const waitForWaiting = ({ nodes }: ChatScene, count: number): Promise<void> =>
  vi.waitFor(
    async () => {
      const waiting = await nodes[0].services.database.$queryRaw`
        SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
      expect(waiting).toHaveLength(count)
    },
    { timeout: 10_000, interval: 20 },
  )
