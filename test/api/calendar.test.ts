import { encodeGlobalID } from '@pothos/plugin-relay'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { connectCalendar, createTestAgent, createTestWorkspace, type Staff, setHours } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { book, createVisitor, hold, slots, startsOf } from '../kit/booking.ts'
import { HOUR } from '../kit/clock.ts'
import { anAgent, useScene } from '../kit/scene.ts'
import { at, NINE, TEN, TUESDAY } from '../kit/times.ts'

const FIELDS = `id provider accountEmail state stateReason grantedPermissions { scope description }
  connectedAt lastSyncedAt`

const { app, acme, admin, ada, beth, database, mutate } = useScene({ ada: anAgent, beth: anAgent })

const call = (mutation: string, input: object, token: string) =>
  mutate({ mutation, input, token, select: `... on Calendar { ${FIELDS} }` })
const connect = (input: object = {}, token = ada.token) => call('connectBuiltInCalendar', input, token)
const disconnect = (input: object = {}, token = ada.token) => call('disconnectCalendar', input, token)

async function readCalendar({ id, token }: Staff) {
  const query = 'query ($id: ID!) { node(id: $id) { ... on Agent { calendar { state provider } } } }'
  const { node } = await data<{ node: { calendar: object | null } }>(
    app.execute(query, { variables: { id }, token }),
  )
  return node.calendar
}

async function readQueue(): Promise<string[]> {
  const query = '{ routingQueue(kind: MEETING) { entries { agent { name } } } }'
  const { routingQueue } = await data<{ routingQueue: { entries: { agent: { name: string } }[] } }>(
    app.execute(query, { token: admin.token }),
  )
  return routingQueue.entries.map(({ agent }) => agent.name)
}

const eventsOf = async (streamId: string) =>
  (await database.event.findMany({ where: { streamId }, orderBy: { seq: 'asc' } })).map(({ type }) => type)

describe('connectBuiltInCalendar', () => {
  it('connects the viewer’s own calendar, with the viewer’s e-mail', async () => {
    expect(await readCalendar(ada)).toBeNull()
    expect(await connect()).toEqual({
      __typename: 'Calendar',
      id: expect.any(String),
      provider: 'BUILT_IN',
      accountEmail: ada.email,
      state: 'CONNECTED',
      stateReason: null,
      grantedPermissions: [],
      connectedAt: '2026-03-02T08:00:00.000Z',
      lastSyncedAt: null,
    })
    expect(await readCalendar(ada)).toEqual({ state: 'CONNECTED', provider: 'BUILT_IN' })
  })

  it('changes nothing when it is connected already', async () => {
    const first = await connect()
    app.clock.advance(HOUR)
    expect(await connect()).toEqual(first)
    expect(await eventsOf(`agent:${ada.agentId}`)).toEqual(['CalendarChanged'])
  })

  it('gives the last place in the queue at first, and keeps the place later', async () => {
    const cleo = await createTestAgent(app, acme, 'Cleo Vance')
    await connectCalendar(app, beth)
    await connectCalendar(app, ada)
    expect(await readQueue()).toEqual(['Beth Moore', 'Ada Lovelace'])
    const first = await connect()
    await disconnect({}, beth.token)
    await connectCalendar(app, cleo)
    app.clock.advance(HOUR)
    expect(await connect({}, beth.token)).toMatchObject({
      state: 'CONNECTED',
      connectedAt: '2026-03-02T09:00:00.000Z',
    })
    expect(await readQueue()).toEqual(['Beth Moore', 'Ada Lovelace', 'Cleo Vance'])
    expect(await connect()).toEqual(first)
  })

  it('gives each of several agents who connect concurrently their own place', async () => {
    const agents = await Promise.all(
      Array.from({ length: 6 }, (_, index) => createTestAgent(app, acme, `Agent ${index}`)),
    )
    await Promise.all(agents.map((agent) => connectCalendar(app, agent)))
    const where = { workspaceId: acme.workspaceId, kind: 'MEETING' as const }
    const places = await database.routingPlace.findMany({ where })
    expect(places.map(({ position }) => position).sort()).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('makes an agent with hours bookable', async () => {
    const weekly = [{ weekday: 'TUESDAY', start: '09:00', end: '10:00' }]
    await setHours(app, ada, { timeZone: 'UTC', weekly, minimumNoticeMinutes: 0 })
    const visitor = await createVisitor(app, acme)
    const offered = async () =>
      startsOf(await slots(app, { token: visitor, target: { agentId: ada.id }, ...TUESDAY }))
    expect(await offered()).toEqual([])
    await connect()
    expect(await offered()).toEqual([NINE, at('09:30')])
  })

  it('is refused while another calendar is connected', async () => {
    await connect()
    const where = { agentId: ada.agentId }
    await database.calendarConnection.update({ where, data: { provider: 'GOOGLE', subject: 'somebody' } })
    expect(await connect()).toMatchObject({ __typename: 'ConflictError', reason: 'CALENDAR_CONNECTED' })
    await disconnect()
    expect(await connect()).toMatchObject({ provider: 'BUILT_IN', state: 'CONNECTED' })
  })

  it('needs CONNECT_CALENDAR for oneself, MANAGE_AGENTS for a colleague', async () => {
    expect(await connect({ agentId: beth.id }, admin.token)).toMatchObject({ accountEmail: beth.email })
    expect(await connect({ agentId: admin.id })).toMatchObject({ permission: 'MANAGE_AGENTS' })
    await database.agentRole.deleteMany({ where: { agentId: ada.agentId } })
    expect(await connect()).toMatchObject({ permission: 'CONNECT_CALENDAR' })
    expect((await connect({}, await createVisitor(app, acme))).__typename).toBe('ForbiddenError')
    const anonymous = { mutation: 'connectBuiltInCalendar', input: {}, select: '' }
    expect((await mutate(anonymous)).__typename).toBe('ForbiddenError')
    expect(await readQueue()).toEqual(['Beth Moore'])
  })

  it('publishes to the workspace and the agent, and RoutingChanged only the first time', async () => {
    await connect()
    await disconnect()
    await connect()
    const changed = 'CalendarChanged'
    expect(await eventsOf(`agent:${ada.agentId}`)).toEqual([changed, changed, changed])
    expect(await eventsOf(`workspace:${acme.workspaceId}`)).toEqual([
      changed,
      'RoutingChanged',
      changed,
      changed,
    ])
  })
})

describe('disconnectCalendar', () => {
  it('removes the calendar from the agent, and answers the connection as disconnected', async () => {
    const { id } = await connect()
    expect(await disconnect()).toMatchObject({ __typename: 'Calendar', id, state: 'DISCONNECTED' })
    expect(await readCalendar(ada)).toBeNull()
    expect(await readQueue()).toEqual(['Ada Lovelace'])
    expect(await disconnect()).toMatchObject({
      __typename: 'ConflictError',
      reason: 'CALENDAR_NOT_CONNECTED',
    })
  })

  it('keeps meetings and releases holds, and the agent can no longer be booked', async () => {
    const weekly = [{ weekday: 'TUESDAY', start: '09:00', end: '17:00' }]
    await setHours(app, ada, { timeZone: 'UTC', weekly, minimumNoticeMinutes: 0 })
    await connect()
    const visitor = await createVisitor(app, acme)
    const target = { agentId: ada.id }
    const meeting = await book(app, { token: visitor, input: { target, startsAt: NINE } })
    const held = await hold(app, { token: visitor, input: { target, startsAt: TEN } })
    await disconnect()
    expect((await book(app, { token: visitor, input: { holdId: held.id } })).__typename).toBe('NotFoundError')
    expect((await book(app, { token: visitor, input: { target, startsAt: TEN } })).__typename).toBe(
      'NoAgentAvailableError',
    )
    const query = 'query ($id: ID!) { node(id: $id) { ... on Meeting { status } } }'
    const answer = await app.execute(query, { variables: { id: meeting.id }, token: admin.token })
    expect(answer.data).toEqual({ node: { status: 'SCHEDULED' } })
  })

  it('needs CONNECT_CALENDAR for oneself, MANAGE_AGENTS for a colleague', async () => {
    await connect()
    await connect({}, beth.token)
    expect(await disconnect({ agentId: beth.id })).toMatchObject({ permission: 'MANAGE_AGENTS' })
    expect(await disconnect({ agentId: beth.id }, admin.token)).toMatchObject({ state: 'DISCONNECTED' })
    await database.agentRole.deleteMany({ where: { agentId: ada.agentId } })
    expect(await disconnect()).toMatchObject({ permission: 'CONNECT_CALENDAR' })
    expect((await disconnect({}, await createVisitor(app, acme))).__typename).toBe('ForbiddenError')
    expect(await readCalendar(ada)).toMatchObject({ state: 'CONNECTED' })
  })
})

describe('the calendar of an agent of another workspace', () => {
  it('is not found', async () => {
    const other = await createTestWorkspace(app)
    const stranger = await createTestAgent(app, other, 'Dora Stranger')
    const { id } = await connect({}, stranger.token)
    for (const agentId of [stranger.id, encodeGlobalID('Agent', uuidv7()), 'nonsense']) {
      expect((await connect({ agentId }, admin.token)).__typename).toBe('NotFoundError')
      expect((await disconnect({ agentId }, admin.token)).__typename).toBe('NotFoundError')
    }
    const query = 'query ($id: ID!) { node(id: $id) { ... on Calendar { state } } }'
    const read = (token: string) => app.execute(query, { variables: { id }, token })
    expect((await read(stranger.token)).data).toEqual({ node: { state: 'CONNECTED' } })
    for (const token of [admin.token, await createVisitor(app, other)]) {
      expect((await read(token)).data).toEqual({ node: null })
    }
  })
})
