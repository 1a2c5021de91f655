import { encodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import { createTestWorkspace, type Staff } from '../kit/actors.ts'
import { book, createBookableAgent, hold, slots, startsOf } from '../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { at, NINE, TEN, TUESDAY } from '../kit/times.ts'

const AGENT = `... on Agent {
  id name email roles { name } teams { name } calendar { state } meetingAvailability { timeZone }
}`

const { app, acme, admin, ada, beth, cleo, visitor, database, mutate } = useScene({
  ada: bookable(),
  beth: bookable(),
  cleo: bookable(),
  visitor: aVisitor,
})

const remove = (agentId: string, token = admin.token) =>
  mutate({ mutation: 'removeAgent', input: { agentId }, token, select: AGENT })
const bookNext = (startsAt: string, target: object = { roundRobin: true }) =>
  book(app, { token: visitor.token, input: { target, startsAt } })
const pointerOf = async (teamId: string | null = null) => {
  const where = { workspaceId: acme.workspaceId, kind: 'MEETING' as const, teamId }
  const { lastAgentId } = await database.routingPool.findFirstOrThrow({ where })
  return lastAgentId
}

async function createTeam(name: string, members: Staff[]): Promise<string> {
  const input = { name, agentIds: members.map(({ id }) => id) }
  const call = { mutation: 'saveTeam', input, token: admin.token, select: '... on Team { id }' }
  return (await mutate(call)).id
}

describe('removeAgent', () => {
  it('removes roles, teams, calendar and place in the queue, and answers the removed agent', async () => {
    await createTeam('Engines', [ada, beth])
    expect(await remove(ada.id)).toMatchObject({
      __typename: 'Agent',
      id: ada.id,
      name: 'Ada Lovelace',
      email: ada.email,
      roles: [],
      teams: [],
      calendar: null,
      meetingAvailability: { timeZone: 'UTC' },
    })
    const agentIds = { where: { agentId: ada.agentId } }
    expect(await database.routingPlace.count(agentIds)).toBe(0)
    expect(await database.calendarConnection.count(agentIds)).toBe(0)
  })

  it('ends sign-in, hides the agent from lists, and frees the e-mail', async () => {
    await remove(ada.id)
    const { errors } = await app.execute('{ viewer { __typename } }', { token: ada.token })
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    const list = '{ agents(search: "Ada") { edges { node { id } } } }'
    expect((await app.execute(list, { token: admin.token })).data).toEqual({ agents: { edges: [] } })
    await database.agent.update({ where: { id: beth.agentId }, data: { email: ada.email } })
  })

  it('leaves the agent readable by id, for staff with the instant of the removal', async () => {
    await remove(ada.id)
    const query = 'query ($id: ID!) { node(id: $id) { ... on Agent { name removedAt removal { total } } } }'
    const read = (token: string) => app.execute(query, { variables: { id: ada.id }, token })
    const removedAt = app.clock.now().toISOString()
    expect((await read(beth.token)).data).toEqual({
      node: { name: 'Ada Lovelace', removedAt, removal: { total: 0 } },
    })
    const { data } = await read(visitor.token)
    expect(data).toEqual({ node: { name: 'Ada Lovelace', removedAt: null, removal: null } })
  })

  it('keeps the meetings and releases the holds', async () => {
    const target = { agentId: ada.id }
    const meeting = await bookNext(NINE, target)
    const held = await hold(app, { token: visitor.token, input: { target, startsAt: TEN } })
    await remove(ada.id)
    const query = 'query ($id: ID!) { node(id: $id) { ... on Meeting { status agent { id name } } } }'
    const answer = await app.execute(query, { variables: { id: meeting.id }, token: admin.token })
    expect(answer.data).toEqual({
      node: { status: 'SCHEDULED', agent: { id: ada.id, name: 'Ada Lovelace' } },
    })
    expect((await book(app, { token: visitor.token, input: { holdId: held.id } })).__typename).toBe(
      'NotFoundError',
    )
    expect(await database.reservation.count({ where: { agentId: ada.agentId } })).toBe(1)
  })

  it('moves the pointer of all agents to the agent before, so that no agent is skipped', async () => {
    await bookNext(NINE)
    await bookNext(TEN)
    expect(await pointerOf()).toBe(beth.agentId)
    await remove(beth.id)
    expect(await pointerOf()).toBe(ada.agentId)
    expect((await bookNext(at('11:00'))).agent.id).toBe(cleo.id)
  })

  it('moves the pointer of each team in that team’s own order', async () => {
    const first = await createTeam('Engines', [cleo, ada, beth])
    const second = await createTeam('Tables', [beth, cleo, ada])
    await bookNext(NINE, { teamId: first })
    await bookNext(TEN, { teamId: second })
    await bookNext(at('11:00'), { teamId: second })
    const uuid = (id: string) => Buffer.from(id, 'base64').toString().split(':')[1] ?? ''
    expect(await pointerOf(uuid(first))).toBe(cleo.agentId)
    expect(await pointerOf(uuid(second))).toBe(cleo.agentId)
    await remove(cleo.id)
    expect(await pointerOf(uuid(first))).toBe(beth.agentId)
    expect(await pointerOf(uuid(second))).toBe(beth.agentId)
  })

  it('leaves the pointer on no agent when the pool is empty', async () => {
    await bookNext(NINE)
    for (const { id } of [ada, beth, cleo]) await remove(id)
    expect(await pointerOf()).toBeNull()
    const calendar = await slots(app, { token: visitor.token, target: { roundRobin: true }, ...TUESDAY })
    expect(startsOf(calendar)).toEqual([])
  })

  it('publishes to the workspace that turns and access have changed', async () => {
    await remove(ada.id)
    const where = { streamId: `workspace:${acme.workspaceId}` }
    const [last, before] = await database.event.findMany({ where, orderBy: { seq: 'desc' }, take: 2 })
    expect([before?.type, last?.type]).toEqual(['RoutingChanged', 'AccessChanged'])
  })

  it('refuses to remove oneself, also with the id in upper case', async () => {
    const shouted = encodeGlobalID('Agent', admin.agentId.toUpperCase())
    const call = { mutation: 'updateAgent', token: admin.token, select: AGENT }
    const roleIds = [encodeGlobalID('Role', acme.roleIds.get('Administrator') ?? '')]
    await mutate({ ...call, input: { agentId: ada.id, roleIds } })
    for (const id of [admin.id, shouted]) {
      expect(await remove(id)).toMatchObject({ __typename: 'ConflictError', reason: 'OWN_ACCOUNT' })
    }
    expect(await database.agent.count({ where: { id: admin.agentId, removedAt: null } })).toBe(1)
  })

  it('refuses to remove the last administrator', async () => {
    const { id } = await database.role.create({
      data: { workspaceId: acme.workspaceId, name: 'Personnel', permissions: ['MANAGE_AGENTS'] },
    })
    await database.agentRole.create({
      data: { workspaceId: acme.workspaceId, agentId: ada.agentId, roleId: id },
    })
    expect(await remove(admin.id, ada.token)).toMatchObject({
      __typename: 'ConflictError',
      reason: 'LAST_ADMINISTRATOR',
    })
    expect((await remove(beth.id, ada.token)).__typename).toBe('Agent')
  })

  it('needs MANAGE_AGENTS', async () => {
    expect(await remove(beth.id, ada.token)).toMatchObject({ permission: 'MANAGE_AGENTS' })
    expect((await remove(beth.id, visitor.token)).__typename).toBe('ForbiddenError')
    const anonymous = { mutation: 'removeAgent', input: { agentId: beth.id }, select: AGENT }
    expect((await mutate(anonymous)).__typename).toBe('ForbiddenError')
    expect(await database.agent.count({ where: { id: beth.agentId, removedAt: null } })).toBe(1)
  })

  it('does not find an agent of another workspace, nor one that was removed', async () => {
    const other = await createTestWorkspace(app)
    const stranger = await createBookableAgent(app, other, { name: 'Dora Stranger' })
    expect((await remove(stranger.id)).__typename).toBe('NotFoundError')
    expect(await database.routingPlace.count({ where: { agentId: stranger.agentId } })).toBe(2)
    await remove(ada.id)
    expect((await remove(ada.id)).__typename).toBe('NotFoundError')
  })
})
