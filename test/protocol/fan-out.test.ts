import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestWorkspace, type Staff, setHours, type TestWorkspace } from '../kit/actors.ts'
import { START } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor, mutateMeeting } from '../kit/booking.ts'
import { recordStatements } from '../kit/count-statements.ts'
import { startOnPort, type TestServer } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'

const CONSOLE = `subscription ($after: EventCursor) {
  agentEvents(after: $after) {
    __typename ... on Event { cursor }
    ... on MeetingChanged { meeting { id startsAt person { email } } change { kind } }
  }
}`
const BOARD = `subscription {
  workspaceEvents {
    __typename ... on Event { cursor } ... on MeetingChanged { meeting { id } } ... on RoutingChanged { queue { next { name } } }
  }
}`
interface Page {
  pageInfo: { endCursor: string }
}

const at = (number: number) => new Date(Date.UTC(2026, 2, 3, 9, 30 * number)).toISOString()

let app: TestServer
let acme: TestWorkspace
let ada: Staff
let visitor: string

beforeAll(async () => {
  app = await startOnPort()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createBookableAgent(app, acme)
  visitor = await createVisitor(app, acme)
})

const bookAda = (number: number) =>
  book(app, { token: visitor, input: { target: { agentId: ada.id }, startsAt: at(number) } })
async function open(
  count: number,
  { token, query }: { token: string; query: string },
): Promise<Subscription[]> {
  const opened = Array.from({ length: count }, () =>
    subscribe(createSocketClient(app.server.url, token), { query }),
  )
  await Promise.all(opened.map((subscription) => subscription.waitFor(1)))
  return opened
}
const without = ({ events }: Subscription, field: string) =>
  events().map((event) => ({ ...event, [field]: undefined }))

describe('an event', () => {
  /** What reading meetings for subscribers costs; other statements are of the booking, and of polls. */
  const readsOfMeetings = (statements: string[]) =>
    statements.filter((sql) => /^SELECT.*FROM "public"\."MeetingChange"/s.test(sql)).length

  it('is executed once for all who asked for the same', async () => {
    const told = async (subscriptions: Subscription[], number: number) => {
      const counts = subscriptions.map(({ events }) => events().length)
      return readsOfMeetings(
        await recordStatements(async () => {
          await bookAda(number)
          await Promise.all(subscriptions.map((one, index) => one.waitFor((counts[index] ?? 0) + 1)))
        }),
      )
    }
    const one = await open(1, { token: ada.token, query: CONSOLE })
    const forOne = await told(one, 0)
    expect(forOne).toBeGreaterThan(0)
    const many = [...one, ...(await open(9, { token: ada.token, query: CONSOLE }))]
    expect(await told(many, 1)).toBe(forOne)
    const last = many.map(({ events }) => events().at(-1))
    expect(new Set(last.map((event) => JSON.stringify(event))).size).toBe(1)
  })

  it('is told as each asked for it: what a variable changes, it changes for whoever gave it', async () => {
    await bookAda(0)
    const query = `subscription ($page: String) {
      workspaceEvents { __typename ... on MeetingAvailabilityChanged { agent { ...Meetings } } }
    }
    fragment Meetings on Agent { meetings(first: 5, after: $page) { nodes { startsAt } pageInfo { endCursor } } }`
    const watch = (page: string | null) =>
      subscribe(createSocketClient(app.server.url, acme.admin.token), { query, variables: { page } })
    const all = watch(null)
    await all.waitFor(1)
    await setHours(app, ada, { timeZone: 'UTC', weekly: [] })
    const [, first] = (await all.waitFor(2)) as unknown as { agent: { meetings: Page } }[]
    const rest = watch(first?.agent.meetings.pageInfo.endCursor ?? '')
    await rest.waitFor(1)
    await setHours(app, ada, { timeZone: 'UTC', weekly: [] })
    const [ofAll, ofRest] = await Promise.all([all.waitFor(3), rest.waitFor(2)])
    expect(ofAll.at(-1)).toMatchObject({ agent: { meetings: { nodes: [{ startsAt: at(0) }] } } })
    expect(ofRest.at(-1)).toMatchObject({ agent: { meetings: { nodes: [] } } })
  })

  it('is told to each administrator with a cursor of their own', async () => {
    const other = await createAdministrator()
    const [[mine], [theirs]] = await Promise.all([
      open(1, { token: acme.admin.token, query: BOARD }),
      open(1, { token: other, query: BOARD }),
    ])
    await bookAda(0)
    await Promise.all([mine?.waitFor(3), theirs?.waitFor(3)])
    expect(without(mine as Subscription, 'cursor')).toEqual(without(theirs as Subscription, 'cursor'))
    const cursors = [...(mine?.events() ?? []), ...(theirs?.events() ?? [])].map(({ cursor }) => cursor)
    expect(new Set(cursors).size).toBe(6)
  })

  it('is read anew, and shows nothing that was loaded for an event before', async () => {
    const [console] = await open(1, { token: ada.token, query: CONSOLE })
    const meeting = await bookAda(0)
    await console?.waitFor(2)
    const input = { meetingId: meeting.id, startsAt: at(4) }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', token: visitor, input })
    const [, booked, moved] = (await console?.waitFor(3)) ?? []
    expect([booked, moved]).toMatchObject([
      { meeting: { startsAt: at(0) } },
      { meeting: { startsAt: at(4) } },
    ])
  })

  it('of a colleague’s meeting reaches administrators, and not the other agents', async () => {
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    const [[ofGrace], [boardOfGrace], [board]] = await Promise.all([
      open(1, { token: grace.token, query: CONSOLE }),
      open(1, { token: grace.token, query: BOARD }),
      open(1, { token: acme.admin.token, query: BOARD }),
    ])
    await bookAda(0)
    await board?.waitFor(3)
    await boardOfGrace?.waitFor(2)
    const kinds = (subscription?: Subscription) => subscription?.events().map(({ __typename }) => __typename)
    expect(kinds(board)).toEqual(['CaughtUp', 'MeetingChanged', 'RoutingChanged'])
    expect(kinds(boardOfGrace)).toEqual(['CaughtUp', 'RoutingChanged'])
    expect(kinds(ofGrace)).toEqual(['CaughtUp'])
  })
})

/** @returns the token of a second administrator */
async function createAdministrator(): Promise<string> {
  const agent = await createBookableAgent(app, acme, { name: 'Ben Admin' })
  const { agentId } = agent
  const roleId = acme.roleIds.get('Administrator') ?? ''
  await app.app.services.database.agentRole.create({
    data: { workspaceId: acme.workspaceId, agentId, roleId },
  })
  return agent.token
}
