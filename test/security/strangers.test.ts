import { encodeGlobalID } from '@pothos/plugin-relay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestWorkspace, type Staff, setHours, type TestWorkspace } from '../kit/actors.ts'
import { data, START } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor, hold, mutateMeeting } from '../kit/booking.ts'
import { startChat } from '../kit/chat.ts'
import { openEventStream } from '../kit/event-stream.ts'
import { eventually } from '../kit/eventually.ts'
import { mutate } from '../kit/mutate.ts'
import { startOnPort, type TestServer } from '../kit/server.ts'
import { everyOperation, everySubscription, type Ids, type Operation } from './every-operation.ts'

/** Contained in every text of the workspace that strangers must not see. */
const MARKER = 'Zxqvy'
/** A range for slots, and nothing that would leave out what is asked for. */
const ASKED = {
  ...{ from: '2026-03-05T08:00:00Z', to: '2026-03-06T08:00:00Z', movingMeetingId: null, manageToken: null },
  ...{ after: null, before: null, last: null, search: null, filter: null },
  ...{ publicKey: 'pk_made_up', position: 1, identityHash: null },
}

let app: TestServer
let acme: TestWorkspace
let globex: TestWorkspace
let hank: Staff
let changes = 0
let ids: Ids
let nodeIds: Record<string, string>
/** Sends a message in the chat of the workspace. */
let talk: () => Promise<unknown>

beforeAll(async () => {
  const most = 10_000_000
  const limits = { maxTokens: most, maxDepth: 50, maxAliases: most, maxCost: most, maxBodyBytes: most }
  app = await startOnPort({ limits })
  acme = await createTestWorkspace(app, { name: `${MARKER} Ltd` })
  globex = await createTestWorkspace(app, { name: 'Globex' })
  hank = await createBookableAgent(app, globex, { name: 'Hank Scorpio' })
  nodeIds = await fillWorkspace()
  ids = {
    agentId: nodeIds.Agent ?? '',
    teamId: nodeIds.Team ?? '',
    roleId: nodeIds.Role ?? '',
    meetingId: nodeIds.Meeting ?? '',
    holdId: nodeIds.SlotHold ?? '',
    personId: nodeIds.Person ?? '',
    conversationId: nodeIds.Conversation ?? '',
    offerId: nodeIds.ChatOffer ?? '',
    messageId: nodeIds.Message ?? '',
    id: nodeIds.Team ?? '',
  }
})
afterAll(() => app.stop())

/** Creates a node of every type.
 * @returns their global ids by type */
async function fillWorkspace(): Promise<Record<string, string>> {
  app.clock.set(START)
  const { workspaceId } = acme
  const { database } = app.app.services
  const agent = await createBookableAgent(app, acme, { name: `${MARKER} Agent` })
  const visitor = await createVisitor(app, acme)
  const target = { agentId: agent.id }
  const person = { email: `${MARKER.toLowerCase()}@example.com`, firstName: MARKER }
  const input = { target, startsAt: '2026-03-03T09:00:00Z', person, agenda: MARKER }
  const meeting = await book(app, { token: visitor, input })
  const held = await hold(app, { token: visitor, input: { target, startsAt: '2026-03-03T12:00:00Z' } })
  await database.invitationTemplate.create({ data: { workspaceId, agentId: agent.agentId, body: MARKER } })
  const team = await mutate(app, {
    mutation: 'saveTeam',
    input: { name: `${MARKER} Team`, agentIds: [agent.id] },
    token: acme.admin.token,
    select: '... on Team { id }',
  })
  const chat = await startChat(app, acme, { visitor, text: MARKER, agentName: `${MARKER} Chatter` })
  talk = () => chat.say(MARKER)
  const known = await database.person.findFirstOrThrow({ where: { workspaceId, email: person.email } })
  const calendar = await database.calendarConnection.findFirstOrThrow({ where: { workspaceId } })
  return {
    ...chat.ids,
    Agent: agent.id,
    Meeting: meeting.id,
    SlotHold: held.id,
    Team: team.id,
    Role: encodeGlobalID('Role', acme.roleIds.get('Agent') ?? ''),
    Person: encodeGlobalID('Person', known.id),
    Calendar: encodeGlobalID('Calendar', calendar.id),
    Workspace: encodeGlobalID('Workspace', workspaceId),
  }
}

/** Every row of a workspace, to check that nothing was changed. */
async function snapshot(workspaceId: string): Promise<string> {
  const { database } = app.app.services
  const tables = await database.$queryRaw<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name = 'workspaceId' ORDER BY table_name`
  expect(tables.length).toBeGreaterThan(15)
  const rows = await Promise.all(
    tables.map(({ name }) =>
      database.$queryRawUnsafe(
        `SELECT coalesce(jsonb_agg(t ORDER BY t::text), '[]')::text AS "${name}" FROM "${name}" t WHERE "workspaceId" = $1::uuid`,
        workspaceId,
      ),
    ),
  )
  const workspace = await database.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  return JSON.stringify([rows, workspace])
}

/** Expects that the answer contains nothing of the workspace but ids from the request. */
function expectNothingOf(answer: unknown, asked: unknown): void {
  const text = JSON.stringify(answer)
  expect(text).not.toContain(MARKER)
  expect(text).not.toContain(MARKER.toLowerCase())
  for (const id of Object.values(nodeIds)) {
    if (!JSON.stringify(asked).includes(id)) expect(text).not.toContain(id)
  }
}

it('strangers request both the agent and the team of the workspace in every operation with a target', () => {
  const asked = everyOperation(ids).filter(({ variables }) => JSON.stringify(variables).includes('"target"'))
  const targets = Map.groupBy(asked, ({ name }) => name)
  const named = ['slots', 'explainRouting', 'holdSlot', 'bookMeeting']
  expect([...targets.keys()]).toEqual(expect.arrayContaining(named))
  for (const operations of targets.values()) {
    const text = JSON.stringify(operations.map(({ variables }) => variables))
    expect(text).toContain(`"target":{"agentId":"${nodeIds.Agent}"}`)
    expect(text).toContain(`"target":{"teamId":"${nodeIds.Team}"}`)
  }
})

interface Stranger {
  token(): Promise<string | undefined>
  /** Operations that the stranger may use, and that may therefore change the workspace. */
  mayUse: string[]
}

const STRANGERS: Record<string, Stranger> = {
  'an administrator of another workspace': { token: async () => globex.admin.token, mayUse: [] },
  'a visitor of another workspace': { token: () => createVisitor(app, globex), mayUse: [] },
  'an anonymous client': { token: async () => undefined, mayUse: ['startVisit'] },
}

describe.each(Object.entries(STRANGERS))('%s', (_who, { token, mayUse }) => {
  it.each(everyOperation({}).map(({ kind, name, choice }) => [kind, name, choice]))(
    'neither sees nor changes the workspace with the %s %s %s',
    async (kind, name, choice) => {
      const operation = everyOperation(ids, ASKED).find(
        (each) => each.name === name && each.choice === choice,
      )
      const { document, variables } = operation ?? { document: '', variables: {} }
      const before = await snapshot(acme.workspaceId)
      const bearer = await token()
      const answer = await app.execute(document, { variables, ...(bearer ? { token: bearer } : {}) })
      const codes = answer.errors?.map(({ extensions }) => extensions?.code) ?? []
      expect(codes).not.toContain('GRAPHQL_VALIDATION_FAILED')
      const isAsked = kind === 'query' && bearer === undefined && !['node', 'nodes'].includes(name)
      if (isAsked) expect(codes).toEqual(['UNAUTHENTICATED'])
      expectNothingOf(answer, variables)
      if (!mayUse.includes(name)) expect(await snapshot(acme.workspaceId)).toBe(before)
      expect(app.faults).toEqual([])
    },
  )

  it.each(everySubscription({}).map(({ name, choice }) => [name, choice]))(
    'gets nothing of the workspace from the subscription %s %s',
    async (name, choice) => {
      for (const after of [null, ...(await cursorsOf(acme.admin.token))]) {
        const asked = everySubscription(ids, { ...ASKED, after }).find(
          (each) => each.name === name && each.choice === choice,
        ) as Operation
        const stream = await listen(asked, await token())
        const received = () => JSON.stringify(stream.events)
        await stream.received(1)
        expect(received()).toMatch(/FORBIDDEN|UNAUTHENTICATED|NOT_FOUND|CURSOR_UNKNOWN|CaughtUp|SlotCalendar/)
        const { length } = stream.events
        await changeSomething()
        if (stream.events.at(-1)?.event !== 'complete') {
          await eventually(() => expect(stream.events.length).toBeGreaterThan(length))
        }
        expectNothingOf(received(), asked.variables)
      }
      expect(app.faults).toEqual([])
    },
  )

  it('cannot read any node of the workspace by its id', async () => {
    const bearer = await token()
    for (const [type, id] of Object.entries(nodeIds)) {
      const answer = await app.execute('query ($id: ID!) { node(id: $id) { id __typename } }', {
        variables: { id },
        ...(bearer ? { token: bearer } : {}),
      })
      expect({ type, ...answer }).toEqual({ type, data: { node: null } })
    }
  })
})

/** The cursors of an agent's streams. */
async function cursorsOf(token: string): Promise<string[]> {
  const query = '{ viewer { ... on Agent { streamHead } } workspace { streamHead } }'
  const heads = await data<Record<string, { streamHead: string }>>(app.execute(query, { token }))
  return Object.values(heads).map(({ streamHead }) => streamHead)
}

/** Subscribes until the test ends. */
const listen = ({ document, variables }: Operation, token?: string) =>
  openEventStream(app.server.url, { query: document, variables, ...(token ? { token } : {}) })

/** Changes something in the workspace, and then in that of the strangers. */
async function changeSomething(): Promise<void> {
  for (const hour of ['10', '09']) {
    const input = { meetingId: nodeIds.Meeting, startsAt: `2026-03-03T${hour}:00:00Z` }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', token: acme.admin.token, input })
  }
  for (const { token } of [acme.admin, globex.admin]) {
    const call = { input: {}, token, select: '' }
    await mutate(app, { mutation: 'connectBuiltInCalendar', ...call })
    await mutate(app, { mutation: 'disconnectCalendar', ...call })
  }
  await talk()
  const end = `${12 + (++changes % 4)}:00`
  await setHours(app, hank, { timeZone: 'UTC', weekly: [{ weekday: 'THURSDAY', start: '09:00', end }] })
}

describe('a visitor of the workspace', () => {
  const OWN = ['startVisit', 'identifyVisitor', 'holdSlot', 'bookMeeting', 'requestLiveChat', 'manageToken']

  it.each(
    everyOperation({})
      .filter(
        ({ kind, name, choice }) => kind === 'mutation' && !OWN.some((own) => own === name || own === choice),
      )
      .map(({ name, choice }) => [name, choice]),
  )('cannot change anything with %s %s', async (name, choice) => {
    const token = await createVisitor(app, acme)
    const operation = everyOperation(ids, ASKED).find((each) => each.name === name && each.choice === choice)
    const { document, variables } = operation ?? { document: '', variables: {} }
    const before = await snapshot(acme.workspaceId)
    const { data: answer } = await app.execute<Record<string, { __typename: string }>>(document, {
      variables,
      token,
    })
    expect(['ForbiddenError', 'NotFoundError']).toContain(answer?.[name]?.__typename)
    expect(await snapshot(acme.workspaceId)).toBe(before)
  })

  it('cannot read by id what belongs to another visitor or to staff', async () => {
    const token = await createVisitor(app, acme)
    for (const type of Object.keys(nodeIds).filter((each) => !['Agent', 'Workspace'].includes(each))) {
      const answer = await app.execute('query ($id: ID!) { node(id: $id) { __typename } }', {
        variables: { id: nodeIds[type] },
        token,
      })
      expect({ type, ...answer }).toEqual({ type, data: { node: null } })
    }
  })

  it.each(
    everySubscription({})
      .filter(({ choice }) => choice === '')
      .map(({ name }) => [name]),
  )('is refused the staff subscription %s', async (name) => {
    const asked = everySubscription(ids, ASKED).find((each) => each.name === name) as Operation
    const stream = await listen(asked, await createVisitor(app, acme))
    await stream.ended()
    const [answer] = await stream.received(1)
    expect(JSON.stringify(answer?.errors)).toMatch(/"code":"(FORBIDDEN|NOT_FOUND)"/)
    expectNothingOf(stream.events, asked.variables)
  })
})
