// Everybody who calls the operations in access.test.ts: of one workspace, Acme, and foreigners of another, Globex.
import { randomUUID } from 'node:crypto'
import { createTestAgent, createTestWorkspace, type Staff, type TestWorkspace } from '../../kit/actors.ts'
import { createBookableAgent, createVisitor } from '../../kit/booking.ts'
import { registeredAt } from '../../kit/calendars.ts'
import { openForChats } from '../../kit/chat.ts'
import { mutate } from '../../kit/mutate.ts'
import { visitorOf } from '../../kit/people.ts'
import { startOnPort, type TestServer } from '../../kit/server.ts'
import type { Viewer } from './table.ts'

/** Texts of Acme that only some may read. Foreigners, and whoever has no token, read none of them. */
export const MARKERS = {
  /** In the names of the workspace, its agents and teams. */
  workspace: 'Zxqvy',
  /** In what a visitor said about itself and its meeting. */
  person: 'Wqxjk',
  /** In the messages of a chat. */
  chat: 'Vjxqz',
}
/** Of Ada. */
export const SLUG = 'zxqvy-ada'

export interface Scene {
  app: TestServer
  acme: TestWorkspace
  globex: TestWorkspace
  /** Agents with the role Agent, who can be booked and can chat. The objects of the cases are Ada's. */
  ada: Staff
  beth: Staff
  /** The same in Globex. */
  hank: Staff
  /** The global id of the team of both. */
  teamId: string
  /** Of staff, and of those who have none any more. */
  tokens: Partial<Record<Viewer, string>>
}

export async function createScene(): Promise<Scene> {
  const most = 10_000_000
  const limits = { maxTokens: most, maxDepth: 50, maxAliases: most, maxCost: most, maxBodyBytes: most }
  const calendars = registeredAt(() => 'http://127.0.0.1:9')
  const app = await startOnPort({ limits, calendars })
  const acme = await createTestWorkspace(app, { name: `${MARKERS.workspace} Ltd` })
  const globex = await createTestWorkspace(app, { name: 'Globex' })
  const ada = await createColleague(app, acme, `${MARKERS.workspace} Ada`)
  const beth = await createColleague(app, acme, `${MARKERS.workspace} Beth`)
  const hank = await createColleague(app, globex, 'Hank Scorpio')
  await as(app, acme.admin, 'updateAgent', { agentId: ada.id, slug: SLUG, publiclyBookable: true })
  await as(app, acme.admin, 'updateWorkspace', { liveChatSettings: { chatsPerAgent: 10 } })
  await as(app, globex.admin, 'saveTeam', { name: 'Sales', agentIds: [hank.id] })
  return {
    ...{ app, acme, globex, ada, beth, hank },
    teamId: await saveTeam(app, acme, [ada, beth]),
    tokens: {
      agent: ada.token,
      colleague: beth.token,
      administrator: acme.admin.token,
      foreignAdministrator: globex.admin.token,
      expired: await createExpired(app, acme),
      removed: await createRemoved(app, acme),
    },
  }
}

async function createColleague(app: TestServer, workspace: TestWorkspace, name: string): Promise<Staff> {
  const agent = await createBookableAgent(app, workspace, { name, hours: { bookingWindowDays: 365 } })
  await openForChats(app, workspace, agent)
  return agent
}

/** @returns the token of a visitor, which has expired */
async function createExpired(app: TestServer, workspace: TestWorkspace): Promise<string> {
  const token = await createVisitor(app, workspace)
  const { id } = await visitorOf(app, token)
  await app.app.services.database.visitor.update({ where: { id }, data: { expiresAt: app.clock.now() } })
  return token
}

/** @returns the token of an agent who was removed */
async function createRemoved(app: TestServer, workspace: TestWorkspace): Promise<string> {
  const { id: agentId, token } = await createTestAgent(app, workspace)
  await as(app, workspace.admin, 'removeAgent', { agentId })
  return token
}

/** A team of Acme. */
export function saveTeam(app: TestServer, { admin }: TestWorkspace, agents: Staff[]): Promise<string> {
  const name = `${MARKERS.workspace} ${randomUUID()}`
  return as(app, admin, 'saveTeam', { name, agentIds: agents.map(({ id }) => id) })
}

/** Runs a mutation that answers a node.
 * @returns its id */
export async function as(
  app: TestServer,
  { token }: { token: string },
  mutation: string,
  input: object,
): Promise<string> {
  const select = '... on Node { id }'
  const { id, ...answer } = await mutate(app, { mutation, input, token, select })
  if (id === undefined) throw new Error(JSON.stringify(answer))
  return id
}

/** Counts the rows of each table and workspace, and adds up the transactions that wrote them: every change shows. Leases are
 * left out: that a subscription has begun or ended is written a moment later.
 * @param workspaceId left out: those of all workspaces */
export async function snapshot({ app }: Scene, workspaceId?: string): Promise<Snapshot> {
  const { database } = app.app.services
  tables ??= await database.$queryRaw<{ name: string; workspace: string }[]>`
    SELECT table_name AS name, column_name AS workspace FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT IN ('ConsoleLease', 'VisitorLease')
      AND (column_name = 'workspaceId' OR table_name = 'Workspace' AND column_name = 'id')`
  const counts = tables.map(
    ({ name, workspace }) => `SELECT '${name}' AS "table", "${workspace}"::text AS "workspaceId",
      count(*)::int AS "rows", sum(xmin::text::bigint)::text AS "writers" FROM "${name}" GROUP BY 2`,
  )
  const found = await database.$queryRawUnsafe<Snapshot>(`${counts.join(' UNION ALL ')} ORDER BY 1, 2`)
  return found.filter((row) => row.workspaceId === (workspaceId ?? row.workspaceId))
}
export type Snapshot = { table: string; workspaceId: string; rows: number; writers: string }[]
let tables: { name: string; workspace: string }[] | undefined
