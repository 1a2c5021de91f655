import { encodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import { connectCalendar, createTestAgent, createTestWorkspace } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { countStatements } from '../kit/count-statements.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, database, mutate } = useScene({ ada: anAgent })

const createAgent = (input: { name: string; email: string }) =>
  mutate({ mutation: 'createAgent', input, token: admin.token, select: '' })

const AGENTS = `query ($first: Int, $after: String, $last: Int, $before: String, $search: String, $teamId: ID) {
  agents(first: $first, after: $after, last: $last, before: $before, search: $search, teamId: $teamId) {
    edges { cursor node { id name } } pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
  }
}`

interface Page {
  agents: {
    edges: { node: { name: string } }[]
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string; startCursor: string }
  }
}

const list = (variables: object, token = admin.token) =>
  data<Page>(app.execute(AGENTS, { variables: { ...variables }, token }))
const namesOf = ({ agents }: Page) => agents.edges.map(({ node }) => node.name)

describe('agents', () => {
  it('are listed by name, page by page in both directions', async () => {
    for (const name of ['Cleo Vance', 'Beth Moore']) await createTestAgent(app, acme, name)
    const first = await list({ first: 2 })
    expect(namesOf(first)).toEqual(['Ada Lovelace', 'Beth Moore'])
    expect(first.agents.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    const second = await list({ first: 2, after: first.agents.pageInfo.endCursor })
    expect(namesOf(second)).toEqual(['Cleo Vance', 'Olivia Admin'])
    expect(second.agents.pageInfo).toMatchObject({ hasNextPage: false })
    const back = await list({ last: 1, before: second.agents.pageInfo.startCursor })
    expect(namesOf(back)).toEqual(['Beth Moore'])
  })

  it('are each listed once when several have the same name', async () => {
    for (let copy = 0; copy < 3; copy++) {
      await createAgent({ name: 'Ada Lovelace', email: `ada${copy}@acme.test` })
    }
    const seen: unknown[] = []
    for (let after: string | null = null; seen.length < 5; ) {
      const { agents }: Page = await list({ first: 1, after })
      seen.push(...agents.edges.map(({ node }) => node))
      after = agents.pageInfo.endCursor
    }
    expect(new Set(seen.map((node) => JSON.stringify(node))).size).toBe(5)
  })

  it('are found by text in the name or the e-mail; case does not matter and wildcards are literal', async () => {
    await createAgent({ name: '100% Grace', email: 'g_h@navy.example' })
    expect(namesOf(await list({ search: 'LOVE' }))).toEqual(['Ada Lovelace'])
    expect(namesOf(await list({ search: 'navy.ex' }))).toEqual(['100% Grace'])
    expect(namesOf(await list({ search: '0% g' }))).toEqual(['100% Grace'])
    expect(namesOf(await list({ search: 'g_h' }))).toEqual(['100% Grace'])
    expect(namesOf(await list({ search: 'a%e' }))).toEqual([])
    expect(namesOf(await list({ search: '\\' }))).toEqual([])
  })

  it('refuse a search of more than 100 characters', async () => {
    const { errors } = await app.execute(AGENTS, {
      variables: { search: 'a'.repeat(101) },
      token: ada.token,
    })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['search'] }] })
  })

  it('are filtered by team; a team of another workspace is not found', async () => {
    const { id: teamId } = await database.team.create({
      data: {
        workspaceId: acme.workspaceId,
        name: 'Engines',
        members: { create: { agentId: ada.agentId, position: 1 } },
      },
    })
    expect(namesOf(await list({ teamId: encodeGlobalID('Team', teamId) }))).toEqual(['Ada Lovelace'])
    const stranger = await createTestWorkspace(app)
    const { errors } = await app.execute(AGENTS, {
      variables: { teamId: encodeGlobalID('Team', teamId) },
      token: stranger.admin.token,
    })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('are listed without those who were removed, or those alone, who can also be read by id', async () => {
    const removal = { mutation: 'removeAgent', input: { agentId: ada.id }, token: admin.token, select: '' }
    await mutate(removal)
    expect(namesOf(await list({}))).toEqual(['Olivia Admin'])
    const query = `query ($id: ID!) {
      agents(removed: true) { totalCount nodes { name email removedAt teams { name } roles { name } } }
      node(id: $id) { ... on Agent { name removedAt } }
    }`
    const removedAt = app.clock.now().toISOString()
    const read = await data(app.execute(query, { variables: { id: ada.id }, token: admin.token }))
    expect(read).toEqual({
      agents: {
        totalCount: 1,
        nodes: [{ name: 'Ada Lovelace', email: ada.email, removedAt, teams: [], roles: [] }],
      },
      node: { name: 'Ada Lovelace', removedAt },
    })
  })

  it('are for staff only, and never those of another workspace', async () => {
    const visitor = await createVisitor(app, acme)
    expect((await app.execute(AGENTS, { token: visitor })).errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
    expect((await app.execute(AGENTS)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    const other = await createTestWorkspace(app)
    expect(namesOf(await list({}, other.admin.token))).toEqual(['Olivia Admin'])
  })

  it('show visitors only their name and picture', async () => {
    const visitor = await createVisitor(app, acme)
    const fields = [
      'email',
      'roles { name }',
      'teams { name }',
      'calendar { state }',
      'meetingAvailability { timeZone }',
      'liveChatAvailability { timeZone }',
    ]
    const read = (field: string, token: string) =>
      app.execute<{ node: object }>(`query ($id: ID!) { node(id: $id) { ... on Agent { name ${field} } } }`, {
        variables: { id: ada.id },
        token,
      })
    expect((await read('pictureUrl', visitor)).data?.node).toEqual({ name: ada.name, pictureUrl: null })
    for (const field of fields) {
      expect((await read(field, visitor)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
      expect((await read(field, ada.token)).errors).toBeUndefined()
    }
  })

  it('take the same number of SQL statements, however many they are', async () => {
    const query = `{ agents(first: 50) { edges { node {
      name email roles { name permissions } teams { name agents { name } } calendar { state }
      meetingAvailability { timeZone weekly { weekday } } liveChatAvailability { timeZone }
    } } } }`
    const read = () => data(app.execute(query, { token: admin.token }))
    const addToTeam = async (name: string) => {
      const agent = await createTestAgent(app, acme, name)
      await connectCalendar(app, agent)
      const { agentId } = agent
      const members = { create: { agentId, position: 1 } }
      await database.team.create({
        data: { workspaceId: acme.workspaceId, name: `Team of ${name}`, members },
      })
    }
    await addToTeam('Beth Moore')
    const few = await countStatements(read)
    for (let index = 0; index < 12; index++) await addToTeam(`Agent ${index}`)
    expect(await countStatements(read)).toBe(few)
    expect(few).toBeGreaterThan(3)
    expect(few).toBeLessThanOrEqual(12)
  })
})
