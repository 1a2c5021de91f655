// What a subscriber is told when something goes wrong on the way: never a gap that it does not hear of.
import { beforeEach, expect, it, vi } from 'vitest'
import {
  createTestAgent,
  createTestWorkspace,
  type Staff,
  setHours,
  type TestWorkspace,
} from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor } from '../kit/booking.ts'
import { startOnPortForTest, type TestServer } from '../kit/server.ts'
import { createSocketClient, type LiveEvent, subscribe } from '../kit/socket-client.ts'

const EVENTS = `subscription ($after: EventCursor) {
  agentEvents(after: $after) {
    __typename ... on Event { cursor }
    ... on MeetingChanged { meeting { startsAt } change { kind } }
    ... on ResetRequired { reason }
  }
}`
const HEADS = `subscription ($after: EventCursor) {
  workspaceEvents(after: $after) {
    __typename ... on Event { cursor }
    ... on MeetingAvailabilityChanged { agent { id streamHead } }
  }
}`
const NINE = '2026-03-03T09:00:00.000Z'

let app: TestServer
let acme: TestWorkspace
let ada: Staff
let visitor: string

beforeEach(async () => {
  app = await startOnPortForTest()
  acme = await createTestWorkspace(app)
  ada = await createBookableAgent(app, acme)
  visitor = await createVisitor(app, acme)
})

const bookAda = () => book(app, { token: visitor, input: { target: { agentId: ada.id }, startsAt: NINE } })
const listen = (query: string, { token }: { token: string }, after?: string) =>
  subscribe(createSocketClient(app.server.url, token), { query, variables: { after } })

it('a subscriber comes back for an event that could not be read', async () => {
  const live = listen(EVENTS, ada)
  const [{ cursor }] = (await live.waitFor(1)) as [LiveEvent]
  const lost = new Error('The connection to the database was lost.')
  vi.spyOn(app.app.services.database.meetingChange, 'findUniqueOrThrow').mockRejectedValueOnce(lost)
  await bookAda()
  expect(await live.waitForEnd()).toEqual({ code: 1013 })
  expect(live.results).toHaveLength(1)
  expect(app.faults).toEqual([lost])
  const again = listen(EVENTS, ada, cursor)
  expect(await again.waitFor(2)).toMatchObject([{ meeting: { startsAt: NINE } }, { __typename: 'CaughtUp' }])
})

it('a subscriber is told to begin anew when events are deleted while it comes', async () => {
  const { database } = app.app.services
  // Somebody else follows the stream, so that the node knows where it stands.
  const other = listen(EVENTS, ada)
  const [{ cursor }] = (await other.waitFor(1)) as [LiveEvent]
  await bookAda()
  await other.waitFor(2)
  const read = database.$queryRaw.bind(database)
  vi.spyOn(database, '$queryRaw').mockImplementation((async (...query: Parameters<typeof read>) => {
    const answer = await read(...query)
    if (String(query[0]).includes('"oldest"')) await database.event.deleteMany()
    return answer
  }) as never)
  const live = listen(EVENTS, ada, cursor)
  expect(await live.waitForEnd()).toEqual({ completed: true })
  expect(live.events()).toMatchObject([{ __typename: 'ResetRequired', reason: 'CURSOR_EXPIRED' }])
})

it('a subscriber is given the own cursors only, also of those who are told the same', async () => {
  const second = await createAdministrator()
  const [one, other] = [listen(HEADS, acme.admin), listen(HEADS, second)]
  await Promise.all([one.waitFor(1), other.waitFor(1)])
  await setHours(app, second, { timeZone: 'UTC', weekly: [] })
  const [, ofOne] = await one.waitFor(2)
  const [, ofOther] = await other.waitFor(2)
  expect(ofOne).toMatchObject({ agent: { id: second.id, streamHead: null } })
  const { viewer } = await data<{ viewer: object }>(
    app.execute('{ viewer { ... on Agent { id streamHead } } }', { token: second.token }),
  )
  expect(ofOther).toMatchObject({ agent: viewer })
})

async function createAdministrator(): Promise<Staff> {
  const agent = await createTestAgent(app, acme, 'Joan Clarke')
  const roleId = acme.roleIds.get('Administrator') ?? ''
  const { workspaceId } = acme
  await app.app.services.database.agentRole.create({ data: { workspaceId, agentId: agent.agentId, roleId } })
  return agent
}
