// Two nodes of the application on one Postgres database, with one clock that the test moves, and the people of a
// workspace with live chat. Tests call the use cases on either node.

import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from 'vitest'
import { type App, createApp } from '../../src/app.ts'
import { DEFAULT_RETENTION } from '../../src/config/retention.ts'
import { openPostgres } from '../../src/database/open.ts'
import { createLocalWakeUps } from '../../src/services/events/local-wake-ups.ts'
import { readAgentViewer } from '../../src/services/identity/agent-viewer.ts'
import { noClient, type RequestContext } from '../../src/services/identity/request-context.ts'
import type { AgentViewer, Viewer, VisitorViewer } from '../../src/services/identity/viewer.ts'
import { createTestAgent, createTestWorkspace, type TestWorkspace } from '../kit/actors.ts'
import { START } from '../kit/app.ts'
import { createTestClock, DAY, type TestClock } from '../kit/clock.ts'
import { createPostgresDatabase } from '../kit/database.ts'
import { eventually } from '../kit/eventually.ts'
import { GENEROUS_BUDGETS, GENEROUS_HOLDS, GENEROUS_MEETINGS } from '../kit/generous-budgets.ts'
import { standIn } from '../kit/scene.ts'

const START_DEADLINE_MS = 120_000

/** The only console of an agent. */
const CONSOLE = randomUUID()

export interface ChatScene {
  nodes: [App, App]
  clock: TestClock
  /** Not a connection of the application. */
  sql: pg.Client
  workspace: TestWorkspace
  workspaceId: string
  /** In hexadecimal digits. */
  identitySecret: string
  admin: AgentViewer
  agents: AgentViewer[]
  visitors: VisitorViewer[]
  /** @returns an anonymous visitor, who is not added to the visitors */
  createVisitor(): Promise<VisitorViewer>
  /** Internal errors of either node. */
  faults: unknown[]
  stop(): Promise<void>
}

export interface SceneOptions {
  agents: number
  visitors: number
  /** Columns of the workspace. */
  settings: Partial<
    Record<
      | 'offerTimeoutSeconds'
      | 'maxOffersPerRequest'
      | 'chatsPerAgent'
      | 'idleTimeoutMinutes'
      | 'reofferAfterSeconds'
      | 'waitSeconds',
      number
    >
  >
}

export async function startChatScene(options: SceneOptions): Promise<ChatScene> {
  const database = await createPostgresDatabase()
  const clock = createTestClock(START)
  const faults: unknown[] = []
  const nodes: [App, App] = [await start(0), await start(1)]
  const sql = new pg.Client({ connectionString: database.url, options: '-c TimeZone=UTC' })
  await sql.connect()
  // Only a crash would make a difference, which these tests do not simulate.
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
    nodes,
    clock,
    sql,
    workspace,
    workspaceId,
    agents,
    visitors,
    createVisitor,
    faults,
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
      settings: {
        publicUrl: `http://node-${number}.test`,
        mailFrom: 'meetings@switchboard.test',
        pausesMails: true,
        budgets: GENEROUS_BUDGETS,
        holds: GENEROUS_HOLDS,
        maxUnconfirmedMeetings: GENEROUS_MEETINGS,
        retention: DEFAULT_RETENTION,
      },
      onError: (error) => void faults.push(error),
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

/** Starts a scene for the tests of a file.
 * @param options.perTest for each test instead of once; then no test may cause an internal error */
export function useChatScene(options: SceneOptions, { perTest = false } = {}): ChatScene {
  let current: ChatScene | undefined
  const start = async () => {
    current = await startChatScene(options)
    return current
  }
  if (perTest) {
    beforeEach(async () => {
      const { stop, faults } = await start()
      onTestFinished(async () => {
        await stop()
        expect(faults).toEqual([])
      })
    }, START_DEADLINE_MS)
  } else {
    beforeAll(start, START_DEADLINE_MS)
    afterAll(() => current?.stop())
  }
  return standIn(() => current)
}

/** The context of a use case that the viewer calls on a node. */
export const contextOf = (node: App, viewer: Viewer): RequestContext => ({
  ...node.services,
  viewer,
  origin: null,
  client: noClient(),
})

/** The agent is available for chats around the clock. */
export async function openAroundTheClock(node: App, agentId: string): Promise<void> {
  const weekly = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: 0, end: 1440 }))
  const data = { timeZone: 'UTC', weekly, announceAt: null }
  await node.services.database.liveChatAvailability.update({ where: { agentId }, data })
}

/** Connects a console of the agent until an instant; an instant in the past disconnects it. */
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

/** Waits until this many transactions wait for a lock. */
export const waitForWaiting = ({ nodes }: ChatScene, count: number): Promise<void> =>
  eventually(async () => {
    const waiting = await nodes[0].services.database.$queryRaw`
        SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    expect(waiting).toHaveLength(count)
  })

/** Starts two changes of the scene's workspace. The first one stops just before its commit, because the stream of the
 * workspace, which every transaction writes last, is locked; the second one stops where it meets the first. Then both
 * continue. */
export async function collide<One, Other>(
  scene: ChatScene,
  one: () => Promise<One>,
  other: () => Promise<Other>,
): Promise<[One, Other]> {
  const { sql, workspaceId } = scene
  await sql.query('BEGIN')
  await sql.query(
    `INSERT INTO "EventStream" ("id", "workspaceId", "head") VALUES ($1, $2, 0)
     ON CONFLICT ("id") DO UPDATE SET "head" = "EventStream"."head"`,
    [`workspace:${workspaceId}`, workspaceId],
  )
  const outcomes: [Promise<One>?, Promise<Other>?] = []
  try {
    outcomes[0] = one()
    await waitForWaiting(scene, 1)
    outcomes[1] = other()
    await waitForWaiting(scene, 2)
  } finally {
    await sql.query('COMMIT')
    await Promise.allSettled(outcomes)
  }
  return Promise.all([outcomes[0], outcomes[1]])
}
