import { encodeGlobalID } from '@pothos/plugin-relay'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace, type Staff } from '../kit/actors.ts'
import { afterTransaction } from '../kit/after-transaction.ts'
import { data } from '../kit/app.ts'
import { book, createVisitor } from '../kit/booking.ts'
import { countStatements } from '../kit/count-statements.ts'
import type { Result } from '../kit/mutate.ts'
import { bookable, useScene } from '../kit/scene.ts'
import { at, NINE, TEN } from '../kit/times.ts'

const TEAM = '... on Team { id name agents { id name calendar { state } teams { name } } }'

const { app, acme, admin, ada, beth, cleo, database, mutate } = useScene({
  ada: bookable(),
  beth: bookable(),
  cleo: bookable(),
})

const idsOf = (agents: Staff[]) => agents.map(({ id }) => id)
const save = (input: object, token = admin.token) =>
  mutate({ mutation: 'saveTeam', input, token, select: TEAM })
const LEFT = `... on DeletedTeam {
  teamId agents { id teams { name } } query { teams { name } agents { nodes { teams { name } } } }
}`
const remove = (id: string, token = admin.token) =>
  mutate({ mutation: 'deleteTeam', input: { teamId: id }, token, select: LEFT })
const createTeam = (name: string, agents: Staff[]) => save({ name, agentIds: idsOf(agents) })
const membersOf = ({ agents }: Result) => (agents as { name: string }[]).map(({ name }) => name)
const teamCount = () => database.team.count({ where: { workspaceId: acme.workspaceId } })

async function readTeams(token = admin.token) {
  const query = '{ teams { id name agents { name } } }'
  const { teams } = await data<{ teams: { id: string; name: string; agents: { name: string }[] }[] }>(
    app.execute(query, { token }),
  )
  return teams
}

describe('saveTeam', () => {
  it('creates a team with its agents in the given order', async () => {
    const team = await createTeam(' Engines ', [cleo, ada])
    expect(team).toMatchObject({ __typename: 'Team', name: 'Engines' })
    expect(membersOf(team)).toEqual(['Cleo Vance', 'Ada Lovelace'])
    expect(team.agents).toMatchObject([
      { calendar: { state: 'CONNECTED' }, teams: [{ name: 'Engines' }] },
      {},
    ])
  })

  it('replaces the name and the agents of a team', async () => {
    const { id } = await createTeam('Engines', [cleo, ada])
    const replaced = await save({ teamId: id, name: 'Tables', agentIds: idsOf([ada, beth, cleo]) })
    expect(replaced).toMatchObject({ id, name: 'Tables' })
    expect(membersOf(replaced)).toEqual(['Ada Lovelace', 'Beth Moore', 'Cleo Vance'])
    expect(await readTeams()).toHaveLength(1)
    expect(membersOf(await save({ teamId: id, name: 'Tables', agentIds: [] }))).toEqual([])
  })

  it('makes the team a pool with its own turns', async () => {
    const { id } = await createTeam('Engines', [cleo, ada])
    const visitor = await createVisitor(app, acme)
    const next = (startsAt: string) =>
      book(app, { token: visitor, input: { target: { teamId: id }, startsAt } })
    expect((await next(NINE)).agent.id).toBe(cleo.id)
    expect((await next(TEN)).agent.id).toBe(ada.id)
    expect((await next(at('11:00'))).agent.id).toBe(cleo.id)
  })

  it('continues after the agent before when the agent chosen last leaves the team', async () => {
    const { id } = await createTeam('Engines', [ada, beth, cleo])
    const visitor = await createVisitor(app, acme)
    const next = async (startsAt: string) =>
      (await book(app, { token: visitor, input: { target: { teamId: id }, startsAt } })).agent.name
    expect(await next(NINE)).toBe('Ada Lovelace')
    expect(await next(TEN)).toBe('Beth Moore')
    await save({ teamId: id, name: 'Engines', agentIds: idsOf([ada, cleo]) })
    expect(await next(at('11:00'))).toBe('Cleo Vance')
    await save({ teamId: id, name: 'Engines', agentIds: idsOf([cleo, beth, ada]) })
    expect(await next(at('12:00'))).toBe('Beth Moore')
  })

  it('answers the first outcome to a retry with the same idempotency key, and refuses other input', async () => {
    const input = { name: 'Engines', agentIds: idsOf([ada]), idempotencyKey: 'team-1' }
    const first = await save(input)
    expect(await save(input)).toEqual(first)
    expect(await save({ ...input, name: 'Tables' })).toMatchObject({
      __typename: 'ConflictError',
      reason: 'KEY_REUSED',
    })
    expect(await readTeams()).toHaveLength(1)
    await remove(first.id)
    expect((await save(input)).__typename).toBe('NotFoundError')
  })

  it('refuses a name that another team of the workspace has', async () => {
    await createTeam('Engines', [ada])
    expect(await createTeam('Engines', [beth])).toMatchObject({
      __typename: 'ConflictError',
      reason: 'NAME_TAKEN',
    })
    const { id } = await createTeam('Tables', [cleo])
    expect(await save({ teamId: id, name: 'Engines', agentIds: [] })).toMatchObject({
      __typename: 'ConflictError',
      reason: 'NAME_TAKEN',
    })
    expect(await readTeams()).toMatchObject([{ name: 'Engines' }, { name: 'Tables', agents: [{}] }])
    const other = await createTestWorkspace(app)
    expect((await save({ name: 'Engines', agentIds: [] }, other.admin.token)).__typename).toBe('Team')
  })

  it('refuses invalid names, repeated agents and too many agents', async () => {
    const shouted = encodeGlobalID('Agent', ada.agentId.toUpperCase())
    const many = Array.from({ length: 501 }, () => encodeGlobalID('Agent', uuidv7()))
    const cases = [
      [{ name: ' ', agentIds: [] }, ['input', 'name'], 'REQUIRED', null],
      [{ name: 'a'.repeat(101), agentIds: [] }, ['input', 'name'], 'TOO_LONG', 100],
      [{ name: 'Engines', agentIds: idsOf([ada, beth, ada]) }, ['input', 'agentIds', '2'], 'DUPLICATE', null],
      [{ name: 'Engines', agentIds: [ada.id, shouted] }, ['input', 'agentIds', '1'], 'DUPLICATE', null],
      [{ name: 'Engines', agentIds: many }, ['input', 'agentIds'], 'TOO_MANY', 500],
    ] as const
    for (const [input, path, code, limit] of cases) {
      const issues = [{ path, code, limit }]
      expect(await save(input)).toMatchObject({ __typename: 'InvalidInputError', issues })
    }
    expect(await teamCount()).toBe(0)
  })

  it('finds neither teams nor agents of another workspace, nor agents who were removed', async () => {
    const other = await createTestWorkspace(app)
    const { id } = await save({ name: 'Theirs', agentIds: [] }, other.admin.token)
    expect(await save({ teamId: id, name: 'Ours', agentIds: [] })).toMatchObject({
      __typename: 'NotFoundError',
      path: ['input', 'teamId'],
    })
    await database.agent.update({ where: { id: beth.agentId }, data: { removedAt: app.clock.now() } })
    for (const agentId of [other.admin.id, encodeGlobalID('Agent', uuidv7()), beth.id, 'nonsense']) {
      const refusal = await save({ name: 'Engines', agentIds: [ada.id, agentId] })
      expect(refusal).toMatchObject({
        __typename: 'NotFoundError',
        path: expect.arrayContaining(['input', 'agentIds']),
      })
    }
    expect(await teamCount()).toBe(0)
    expect(await readTeams(other.admin.token)).toMatchObject([{ name: 'Theirs' }])
  })

  it('answers the team as saved, also when it is deleted at the same moment', async () => {
    const { id } = await createTeam('Engines', [ada])
    afterTransaction(app, () => remove(id))
    const saved = await save({ teamId: id, name: 'Tables', agentIds: idsOf([beth]) })
    expect(saved).toMatchObject({ __typename: 'Team', name: 'Tables', agents: [{ name: 'Beth Moore' }] })
    expect(await readTeams()).toEqual([])
  })

  it('needs MANAGE_ROUTING', async () => {
    const input = { name: 'Engines', agentIds: [] }
    expect(await save(input, ada.token)).toMatchObject({ permission: 'MANAGE_ROUTING' })
    expect((await save(input, await createVisitor(app, acme))).__typename).toBe('ForbiddenError')
    expect((await mutate({ mutation: 'saveTeam', input, select: TEAM })).__typename).toBe('ForbiddenError')
    expect(await teamCount()).toBe(0)
  })

  it('publishes TeamChanged to the workspace, once for each change', async () => {
    const where = { streamId: `workspace:${acme.workspaceId}` }
    const input = { name: 'Engines', agentIds: [], idempotencyKey: 'team-2' }
    const { id } = await save(input)
    await save(input)
    await remove(id)
    const events = await database.event.findMany({ where, orderBy: { seq: 'asc' } })
    expect(events.map(({ type }) => type)).toEqual(['TeamChanged', 'TeamChanged'])
  })
})

describe('deleteTeam', () => {
  it('keeps the agents, and answers what is left', async () => {
    await createTeam('Tables', [ada])
    const { id } = await createTeam('Engines', [beth, ada])
    expect(await remove(id)).toEqual({
      __typename: 'DeletedTeam',
      teamId: id,
      agents: [
        { id: ada.id, teams: [{ name: 'Tables' }] },
        { id: beth.id, teams: [] },
      ],
      query: {
        teams: [{ name: 'Tables' }],
        agents: { nodes: expect.arrayContaining([{ teams: [{ name: 'Tables' }] }, { teams: [] }]) },
      },
    })
    // Those of all agents and of the other team, for meetings and for live chats.
    expect(await database.routingPool.count({ where: { workspaceId: acme.workspaceId } })).toBe(4)
    expect((await remove(id)).__typename).toBe('NotFoundError')
  })

  it('does not find a team of another workspace, and needs MANAGE_ROUTING', async () => {
    const { id } = await createTeam('Engines', [ada])
    const other = await createTestWorkspace(app)
    expect((await remove(id, other.admin.token)).__typename).toBe('NotFoundError')
    expect(await remove(id, ada.token)).toMatchObject({ permission: 'MANAGE_ROUTING' })
    expect((await remove(id, await createVisitor(app, acme))).__typename).toBe('ForbiddenError')
    expect(await readTeams()).toHaveLength(1)
  })
})

describe('teams', () => {
  it('are listed by name, for staff only', async () => {
    await createTeam('Tables', [ada])
    await createTeam('Engines', [beth])
    expect((await readTeams(ada.token)).map(({ name }) => name)).toEqual(['Engines', 'Tables'])
    const { errors } = await app.execute('{ teams { id } }', { token: await createVisitor(app, acme) })
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
  })

  it('are read by id by the staff of their workspace only', async () => {
    const { id } = await createTeam('Engines', [ada])
    const read = (token: string) =>
      app.execute('query ($id: ID!) { node(id: $id) { ... on Team { name } } }', { variables: { id }, token })
    expect((await read(ada.token)).data).toEqual({ node: { name: 'Engines' } })
    const other = await createTestWorkspace(app)
    for (const token of [other.admin.token, await createVisitor(app, acme)]) {
      expect((await read(token)).data).toEqual({ node: null })
    }
  })

  it('take the same number of SQL statements, however many they are', async () => {
    const read = () =>
      data(app.execute('{ teams { name agents { name roles { name } } } }', { token: ada.token }))
    await createTeam('Engines', [ada])
    const few = await countStatements(read)
    for (let index = 0; index < 8; index++) {
      await createTeam(`Team ${index}`, [ada, beth, await createTestAgent(app, acme, `Agent ${index}`)])
    }
    expect(await countStatements(read)).toBe(few)
  })
})
