// The product, on its own Postgres database, with the agents and visitors of the benchmark.
import { bookMeeting } from '../../src/services/booking/meetings/book-meeting.ts'
import { signDemoToken } from '../../src/services/identity/demo-token.ts'
import { noClient, type RequestContext } from '../../src/services/identity/request-context.ts'
import { ADMINISTRATOR_ROLE, AGENT_ROLE } from '../../src/services/identity/roles.ts'
import type { Permission, Viewer } from '../../src/services/identity/viewer.ts'
import { type Installation, withInstallation } from '../installation.ts'
import { officeHours, RANGE } from '../slots.ts'
import { insertVisitors, insertWorkspace } from '../workspace.ts'
import { answerParent } from './child.ts'

const DAY = 24 * 60 * 60 * 1000
const NOW = RANGE.start - 2 * DAY
const HOURS = {
  weekly: officeHours(),
  durationMinutes: 30,
  minimumNoticeMinutes: 0,
  bookingWindowDays: 60,
}

/** Two separate workspaces. */
export interface Scene {
  databaseUrl: string
  many: BenchWorkspace
  /** A workspace with a single agent, for the cost of an event with one subscriber. */
  lone: BenchWorkspace
}

/** A workspace, and a meeting that the events are about. */
export interface BenchWorkspace {
  workspaceId: string
  meetingId: string
  changeId: string
  agentTokens: string[]
  visitorTokens: string[]
}

export interface SceneRequest {
  /** SHARED: all agents may see everything, so they share one view. DISTINCT: each agent has another view. */
  access: 'SHARED' | 'DISTINCT'
  agents: number
  visitors: number
}

async function makeScene(installation: Installation, request: SceneRequest): Promise<Scene> {
  const many = await insertBenchWorkspace(installation, request)
  const lone = await insertBenchWorkspace(installation, { access: 'SHARED', agents: 1, visitors: 0 })
  await installation.sql.query('ANALYZE')
  return { databaseUrl: installation.databaseUrl, many, lone }
}

async function insertBenchWorkspace(
  installation: Installation,
  request: SceneRequest,
): Promise<BenchWorkspace> {
  const { app, sql } = installation
  const { workspaceId, agentIds } = await insertWorkspace(installation, {
    agents: request.agents,
    hours: HOURS,
  })
  const restricted: Permission[] = [...AGENT_ROLE.permissions, 'MANAGE_ALL_MEETINGS']
  const permissions = request.access === 'SHARED' ? ADMINISTRATOR_ROLE.permissions : restricted
  await sql.query(
    `UPDATE "Role" SET "permissions" = $2::text[]::"Permission"[] WHERE "workspaceId" = $1 AND "name" = 'Agent'`,
    [workspaceId, permissions],
  )
  // Leaves one agent in the pool: slots of 5,000 agents are measured by another benchmark.
  await sql.query(`DELETE FROM "RoutingPlace" WHERE "workspaceId" = $1 AND "agentId" <> $2`, [
    workspaceId,
    agentIds[0],
  ])
  const visitors = await insertVisitors(installation, { workspaceId, count: request.visitors + 1 })
  const [{ visitorId = '', personId = '' } = {}] = visitors
  const meeting = await book(installation, {
    kind: 'VISITOR',
    workspaceId,
    visitorId,
    personId,
    verified: false,
  })
  return {
    workspaceId,
    ...meeting,
    agentTokens: agentIds.map((agentId) => signDemoToken(app.services.signer, agentId)),
    visitorTokens: visitors.slice(1).map(({ token }) => token),
  }
}

async function book({ app, sql }: Installation, viewer: Viewer & { workspaceId: string }) {
  const context: RequestContext = { ...app.services, viewer, origin: null, client: noClient() }
  await bookMeeting(context, {
    slot: {
      free: {
        target: { roundRobin: true },
        startsAt: new Date(RANGE.start + 9 * 60 * 60 * 1000).toISOString(),
      },
    },
    timeZone: 'Europe/Berlin',
    person: { email: 'grace@example.com', firstName: 'Grace', lastName: 'Hopper' },
    agenda: 'The compiler',
    idempotencyKey: null,
  })
  const { rows } = await sql.query<{ id: string; meetingId: string }>(
    'SELECT "id", "meetingId" FROM "MeetingChange" WHERE "workspaceId" = $1',
    [viewer.workspaceId],
  )
  return { meetingId: rows[0]?.meetingId ?? '', changeId: rows[0]?.id ?? '' }
}

if (process.send) {
  await withInstallation(NOW, (installation) =>
    answerParent({
      url: () => `${installation.url.replace('http', 'ws')}/graphql`,
      scene: (request: SceneRequest) => makeScene(installation, request),
      wake: (streamIds: string[]) => installation.app.services.wakeUps.publish(streamIds),
    }),
  )
  process.exit()
}
