// What a screen with settings learns of changes that others make, so that it stays true without reading again.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import { anAgent, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, subscribe } from '../kit/socket-client.ts'

const { app, acme, admin, ada, database, mutate } = useScene({ ada: anAgent }, { start: startOnPort })

const BOARD = `subscription { workspaceEvents {
  __typename
  ... on AgentChanged { agent { name removedAt roles { name } invitation { subject } } }
  ... on TeamChanged { teamId team { name agents { name } } agents { name teams { name } } }
  ... on WorkspaceChanged { workspace { name identitySecret } }
  ... on MeetingAvailabilityChanged { agent { name meetingAvailability { bufferMinutes } } }
  ... on ResetRequired { reason }
} }`

const board = async (token: string, query = BOARD) => {
  const live = subscribe(createSocketClient(app.server.url, token), { query })
  await live.waitFor(1)
  return live
}

const asAdmin = async (mutation: string, input: object, select = '') => {
  const result = await mutate({ mutation, input, token: admin.token, select })
  expect(result.__typename).not.toMatch(/Error$/)
  return result
}

const createBeth = () =>
  asAdmin('createAgent', { name: 'Beth Moore', email: 'beth@acme.test' }, '... on Agent { id }')
const createEurope = (agentIds: string[]) =>
  asAdmin('saveTeam', { name: 'Europe', agentIds }, '... on Team { id }')

describe('workspaceEvents', () => {
  it('has one event for each change of an agent, which shows the agent as changed', async () => {
    const live = await board(ada.token)
    // An event shows what there is when it is read, so that each must have come before the next change.
    const { id: agentId } = await createBeth()
    await live.waitFor(3)
    await asAdmin('updateAgent', { agentId, name: 'Beth Brown' })
    await live.waitFor(4)
    await asAdmin('updateInvitation', { agentId, subject: 'A talk' })
    await live.waitFor(5)
    await asAdmin('removeAgent', { agentId })
    const beth = { name: 'Beth Moore', removedAt: null, roles: [{ name: 'Agent' }] }
    const routing = { __typename: 'RoutingChanged' }
    expect((await live.waitFor(8)).slice(1)).toMatchObject([
      { __typename: 'AgentChanged', agent: beth },
      routing,
      { __typename: 'AgentChanged', agent: { ...beth, name: 'Beth Brown' } },
      { __typename: 'AgentChanged', agent: { invitation: { subject: 'A talk' } } },
      { __typename: 'AgentChanged', agent: { removedAt: app.clock.now().toISOString() } },
      routing,
      routing,
    ])
  })

  it('has no event for a change of an agent that changes nothing', async () => {
    const { id: agentId } = await createBeth()
    const live = await board(ada.token)
    const same = { name: 'Beth Moore', email: 'beth@acme.test', pictureUrl: null, slug: 'beth-moore' }
    const roleIds = [encodeGlobalID('Role', acme.roleIds.get('Agent') ?? '')]
    await asAdmin('updateAgent', { agentId, ...same, publiclyBookable: false, roleIds })
    await asAdmin('updateAgent', { agentId })
    const changes = [
      { slug: 'beth' },
      { publiclyBookable: true },
      { roleIds: [] },
      { pictureUrl: 'https://acme.test/beth.png' },
    ]
    for (const change of changes) await asAdmin('updateAgent', { agentId, ...change })
    expect((await live.waitFor(5)).slice(1).map(({ __typename }) => __typename)).toEqual(
      changes.map(() => 'AgentChanged'),
    )
  })

  it('says which agents joined or left a team, and that it was deleted', async () => {
    const live = await board(ada.token)
    const { id: teamId } = await createEurope([ada.id, admin.id])
    for (const count of [2, 3]) {
      await live.waitFor(count)
      await asAdmin('saveTeam', { teamId, name: 'Sales', agentIds: [admin.id] })
    }
    await live.waitFor(4)
    await asAdmin('deleteTeam', { teamId })
    const changed = { __typename: 'TeamChanged', teamId }
    expect((await live.waitFor(5)).slice(1)).toMatchObject([
      {
        ...changed,
        team: { name: 'Europe', agents: [{ name: ada.name }, { name: admin.name }] },
        agents: [{ name: ada.name, teams: [{ name: 'Europe' }] }, { name: admin.name }],
      },
      { ...changed, team: { name: 'Sales' }, agents: [{ name: ada.name, teams: [] }] },
      { ...changed, agents: [] },
      { ...changed, team: null, agents: [{ name: admin.name, teams: [] }] },
    ])
  })

  it('has one event for each change of an attribute', async () => {
    const live = await board(ada.token)
    const input = { entity: 'PERSON', name: 'plan', type: 'TEXT' }
    const { id: attributeId } = await asAdmin('saveAttribute', input, '... on Attribute { id }')
    await asAdmin('saveAttribute', { attributeId, label: 'Plan' })
    await asAdmin('deleteAttribute', { attributeId })
    expect((await live.waitFor(4)).slice(1).map(({ __typename }) => __typename)).toEqual(
      Array(3).fill('WorkspaceChanged'),
    )
  })

  it('says which teams a removed agent has left', async () => {
    const { id: agentId } = await createBeth()
    const { id: teamId } = await createEurope([ada.id, agentId])
    const live = await board(ada.token)
    await asAdmin('removeAgent', { agentId })
    expect((await live.waitFor(5)).slice(1, 3)).toMatchObject([
      { __typename: 'AgentChanged', agent: { name: 'Beth Moore' } },
      { __typename: 'TeamChanged', teamId, team: { agents: [{ name: ada.name }] }, agents: [{ teams: [] }] },
    ])
  })

  it('shows the settings of the workspace, and its secret to those who may read it', async () => {
    const [ofAda, ofAdmin] = [await board(ada.token), await board(admin.token)]
    await asAdmin('updateWorkspace', { name: 'Acme Ltd' })
    await Promise.all([ofAda.waitFor(2), ofAdmin.waitFor(2)])
    await asAdmin('replaceIdentitySecret', {})
    await Promise.all([ofAda.waitFor(3), ofAdmin.waitFor(3)])
    for (const { data, errors } of ofAda.results.slice(1)) {
      expect(data?.workspaceEvents).toMatchObject({
        __typename: 'WorkspaceChanged',
        workspace: { name: 'Acme Ltd', identitySecret: null },
      })
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    }
    const secrets = ofAdmin
      .events()
      .map(({ workspace }) => (workspace as { identitySecret: string })?.identitySecret)
    expect(new Set(secrets.slice(1)).size).toBe(2)
  })

  it('reaches staff without VIEW_ROUTING, except for the turns', async () => {
    await database.$executeRaw`
      UPDATE "Role" SET "permissions" = '{MANAGE_MY_MEETINGS}'
      WHERE "workspaceId" = ${acme.workspaceId}::uuid AND "name" = 'Agent'`
    const live = await board(ada.token)
    await createBeth()
    await asAdmin('setMeetingAvailability', { timeZone: 'UTC', weekly: [], bufferMinutes: 5 })
    expect(await live.waitFor(3)).toMatchObject([
      { __typename: 'CaughtUp' },
      { __typename: 'AgentChanged' },
      { __typename: 'MeetingAvailabilityChanged', agent: { meetingAvailability: { bufferMinutes: 5 } } },
    ])
  })
})

describe('agentEvents', () => {
  it('shows the console what others change of its agent, before a change of roles ends it', async () => {
    const query = `subscription { agentEvents {
      __typename ... on AgentChanged { agent { name } } ... on ResetRequired { reason } } }`
    const live = await board(ada.token, query)
    await asAdmin('updateAgent', { agentId: ada.id, name: 'Ada King' })
    await asAdmin('updateAgent', { agentId: ada.id, roleIds: [] })
    expect((await live.waitFor(4)).slice(1)).toMatchObject([
      { __typename: 'AgentChanged', agent: { name: 'Ada King' } },
      { __typename: 'AgentChanged' },
      { __typename: 'ResetRequired', reason: 'ACCESS_CHANGED' },
    ])
  })
})
