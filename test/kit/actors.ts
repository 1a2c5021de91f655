// The people of a test: a workspace with its administrator, agents with hours and a calendar, visitors.
import { randomUUID } from 'node:crypto'
import { encodeGlobalID } from '@pothos/plugin-relay'
import { expect } from 'vitest'
import type { Permission } from '../../src/database/generated/client/enums.ts'
import { insertAgent } from '../../src/services/agents/create-agent.ts'
import { signDemoToken } from '../../src/services/identity/demo-token.ts'
import { createWorkspace } from '../../src/services/workspaces/create-workspace.ts'
import { type AppWithClock, data, type TestApp } from './app.ts'

export interface TestWorkspace {
  /** UUID. */
  workspaceId: string
  publicKey: string
  roleIds: Map<string, string>
  admin: Staff
}

export interface Staff {
  /** UUID. */
  agentId: string
  /** Global id, as clients use it. */
  id: string
  name: string
  email: string
  token: string
}

/** A test sets the hours that it is about. */
const NO_HOURS = { meetingHours: [], chatHours: [] }

export async function createTestWorkspace(
  { app, clock }: AppWithClock,
  options: { name?: string; timeZone?: string; allowedOrigins?: string[] } = {},
): Promise<TestWorkspace> {
  const { name = 'Acme', timeZone = 'Europe/Berlin', allowedOrigins = ['https://www.acme.test'] } = options
  return app.services.database.$transaction(async (tx) => {
    const { workspace, roleIds } = await createWorkspace(tx, {
      name,
      timeZone,
      allowedOrigins,
      now: clock.now(),
    })
    const email = `admin@${domainOf(workspace)}`
    const agentId = await insertAgent(tx, {
      workspaceId: workspace.id,
      name: 'Olivia Admin',
      email,
      pictureUrl: null,
      roleIds: [roleIds.get('Administrator') ?? ''],
      now: clock.now(),
      ...NO_HOURS,
    })
    const admin = staff(app, { agentId, name: 'Olivia Admin', email })
    return { workspaceId: workspace.id, publicKey: workspace.publicKey, roleIds, admin }
  })
}

/** An agent with the built-in role Agent, no hours and no calendar. */
export async function createTestAgent(
  { app, clock }: AppWithClock,
  workspace: TestWorkspace,
  name = 'Ada Lovelace',
): Promise<Staff> {
  const { workspaceId } = workspace
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@${domainOf(workspace)}`
  const agentId = await app.services.database.$transaction((tx) =>
    insertAgent(tx, {
      workspaceId,
      name,
      email,
      pictureUrl: null,
      roleIds: [workspace.roleIds.get('Agent') ?? ''],
      now: clock.now(),
      ...NO_HOURS,
    }),
  )
  return staff(app, { agentId, name, email })
}

/** A further administrator, who is an agent too. */
export async function createAdministrator(
  testApp: AppWithClock,
  workspace: TestWorkspace,
  name?: string,
): Promise<Staff> {
  const agent = await createTestAgent(testApp, workspace, name)
  const { workspaceId, roleIds } = workspace
  const roleId = roleIds.get('Administrator') ?? ''
  const { database } = testApp.app.services
  await database.agentRole.create({ data: { workspaceId, agentId: agent.agentId, roleId } })
  return agent
}

/** Gives an agent a role with these permissions, in place of all others. */
export async function allowOnly(
  { app }: AppWithClock,
  { agentId }: Staff,
  permissions: Permission[],
): Promise<void> {
  const { database } = app.services
  const { workspaceId } = await database.agent.findUniqueOrThrow({ where: { id: agentId } })
  const role = await database.role.create({ data: { workspaceId, name: randomUUID(), permissions } })
  await database.agentRole.deleteMany({ where: { agentId } })
  await database.agentRole.create({ data: { workspaceId, agentId, roleId: role.id } })
}

/** Hours as clients send them. */
export interface MeetingHours {
  timeZone: string
  weekly: { weekday: string; start: string; end: string }[]
  overrides?: { date: string; blocks: { start: string; end: string }[] }[]
  durationMinutes?: number
  bufferMinutes?: number
  minimumNoticeMinutes?: number
  bookingWindowDays?: number
  slotStepMinutes?: number | null
}

/** Sets somebody's own hours for meetings through the API. */
export async function setHours(testApp: TestApp, { token }: Staff, hours: MeetingHours): Promise<void> {
  const mutation = `mutation ($input: SetMeetingAvailabilityInput!) {
    result: setMeetingAvailability(input: $input) { __typename }
  }`
  const answer = await data(testApp.execute(mutation, { variables: { input: hours }, token }))
  expect(answer).toEqual({ result: { __typename: 'MeetingAvailability' } })
}

/** Connects somebody's own built-in calendar through the API. */
export async function connectCalendar(testApp: TestApp, { token }: Staff): Promise<void> {
  const mutation = 'mutation { result: connectBuiltInCalendar(input: {}) { __typename } }'
  expect(await data(testApp.execute(mutation, { token }))).toEqual({
    result: { __typename: 'Calendar' },
  })
}

function staff({ services }: TestApp['app'], { agentId, name, email }: Omit<Staff, 'id' | 'token'>): Staff {
  const id = encodeGlobalID('Agent', agentId)
  return { agentId, id, name, email, token: signDemoToken(services.signer, agentId) }
}

/** Of its own for each workspace. */
const domainOf = ({ publicKey }: { publicKey: string }) =>
  `${publicKey.toLowerCase().replace(/[^a-z0-9]/g, '')}.test`
