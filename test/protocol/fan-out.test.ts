import { describe, expect, it } from 'vitest'
import { createAdministrator, setHours } from '../kit/actors.ts'
import { book, createBookableAgent, mutateMeeting } from '../kit/booking.ts'
import { recordStatements } from '../kit/count-statements.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'
import { slotAt } from '../kit/times.ts'

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

const { app, acme, ada, visitor } = useScene({ ada: bookable(), visitor: aVisitor }, { start: startOnPort })

const bookAda = (number: number) =>
  book(app, { token: visitor.token, input: { target: { agentId: ada.id }, startsAt: slotAt(number) } })
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
  /** Counts the statements that read meetings for subscribers; the others belong to the booking and to polls. */
  const readsOfMeetings = (statements: string[]) =>
    statements.filter((sql) => /^SELECT.*FROM "public"\."MeetingChange"/s.test(sql)).length

  it('is executed once for all subscribers to the same operation', async () => {
    const readsFor = async (subscriptions: Subscription[], number: number) => {
      const counts = subscriptions.map(({ events }) => events().length)
      return readsOfMeetings(
        await recordStatements(async () => {
          await bookAda(number)
          await Promise.all(subscriptions.map((one, index) => one.waitFor((counts[index] ?? 0) + 1)))
        }),
      )
    }
    const one = await open(1, { token: ada.token, query: CONSOLE })
    const forOne = await readsFor(one, 0)
    expect(forOne).toBeGreaterThan(0)
    const many = [...one, ...(await open(9, { token: ada.token, query: CONSOLE }))]
    expect(await readsFor(many, 1)).toBe(forOne)
    const last = many.map(({ events }) => events().at(-1))
    expect(new Set(last.map((event) => JSON.stringify(event))).size).toBe(1)
  })

  it('is executed separately for subscribers with different variables', async () => {
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
    expect(ofAll.at(-1)).toMatchObject({ agent: { meetings: { nodes: [{ startsAt: slotAt(0) }] } } })
    expect(ofRest.at(-1)).toMatchObject({ agent: { meetings: { nodes: [] } } })
  })

  it('has a different cursor for each administrator', async () => {
    const other = await createAdministrator(app, acme, 'Ben Admin')
    const [[mine], [theirs]] = await Promise.all([
      open(1, { token: acme.admin.token, query: BOARD }),
      open(1, { token: other.token, query: BOARD }),
    ])
    await bookAda(0)
    await Promise.all([mine?.waitFor(3), theirs?.waitFor(3)])
    expect(without(mine as Subscription, 'cursor')).toEqual(without(theirs as Subscription, 'cursor'))
    const cursors = [...(mine?.events() ?? []), ...(theirs?.events() ?? [])].map(({ cursor }) => cursor)
    expect(new Set(cursors).size).toBe(6)
  })

  it('reads `query` as the subscriber, even if others subscribe to the same operation', async () => {
    const other = await createAdministrator(app, acme, 'Ben Admin')
    const query = `subscription {
      workspaceEvents { __typename ... on MeetingChanged { meeting { query { viewer { ... on Agent { id } } } } } }
    }`
    const [[mine], [theirs]] = await Promise.all([
      open(1, { token: acme.admin.token, query }),
      open(1, { token: other.token, query }),
    ])
    await bookAda(0)
    await Promise.all([mine?.waitFor(2), theirs?.waitFor(2)])
    const readBy = (id: string) => ({ meeting: { query: { viewer: { id } } } })
    expect(mine?.events()[1]).toMatchObject(readBy(acme.admin.id))
    expect(theirs?.events()[1]).toMatchObject(readBy(other.id))
  })

  it('is loaded again, without data cached for an earlier event', async () => {
    const [console] = await open(1, { token: ada.token, query: CONSOLE })
    const meeting = await bookAda(0)
    await console?.waitFor(2)
    const input = { meetingId: meeting.id, startsAt: slotAt(4) }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', token: visitor.token, input })
    const [, booked, moved] = (await console?.waitFor(3)) ?? []
    expect([booked, moved]).toMatchObject([
      { meeting: { startsAt: slotAt(0) } },
      { meeting: { startsAt: slotAt(4) } },
    ])
  })

  it('about a meeting reaches its agent and administrators, but no other agent', async () => {
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
