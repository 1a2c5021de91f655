// A client that was away comes back with a cursor: it is told what it missed, in order, nothing twice, or that it
// cannot be told. The same table for every kind of stream and for both transports.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { agentStream, appendEvents, workspaceStream } from '../../src/services/events/append-events.ts'
import { type CursorScope, signEventCursor } from '../../src/services/events/event-cursor.ts'
import { newEvent } from '../../src/services/events/new-events.ts'
import { tidy } from '../../src/services/tidy.ts'
import { runTransaction } from '../../src/services/transaction.ts'
import { createTestAgent, createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { data, START } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor } from '../kit/booking.ts'
import { DAY } from '../kit/clock.ts'
import { startOnPort, type TestServer } from '../kit/server.ts'
import { createSocketClient, type LiveEvent, type Subscription, subscribe } from '../kit/socket-client.ts'
import { subscribeOverHttp } from '../kit/sse-client.ts'

/** More than a batch of a replay, and, with texts of the greatest length, more than the queue of 256 KiB. */
const MANY = 250
const QUEUE_BYTES = 256 * 1024
const DEADLINE = { timeout: 20_000, interval: 5 }

const STREAMS = [
  {
    field: 'agentEvents',
    head: '{ viewer { ... on Agent { head: streamHead } } }',
    viewer: () => ada,
    streamId: () => agentStream(ada.agentId),
    otherStreamId: () => agentStream(acme.admin.agentId),
  },
  {
    field: 'workspaceEvents',
    head: '{ viewer: workspace { head: streamHead } }',
    viewer: () => acme.admin,
    streamId: () => workspaceStream(acme.workspaceId),
    otherStreamId: () => agentStream(acme.admin.agentId),
  },
]
const TRANSPORTS = [
  {
    transport: 'WebSocket',
    open: (operation: Operation, token: string) =>
      subscribe(createSocketClient(app.server.url, token), operation),
  },
  {
    transport: 'server-sent events',
    open: (operation: Operation, token: string) =>
      subscribeOverHttp({ url: app.server.url, token }, operation),
  },
]
interface Operation {
  query: string
  variables: { after: string | undefined }
}

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

const at = (number: number) => new Date(Date.UTC(2026, 2, 3, 9, 30 * number)).toISOString()

/** Books Ada.
 * @returns how subscribers know the event */
async function bookAda(number: number, agenda = ''): Promise<string> {
  const input = { target: { agentId: ada.id }, startsAt: at(number), agenda }
  const { __typename } = await book(app, { token: visitor, input })
  expect(__typename).toBe('Meeting')
  return at(number)
}

/** Adds events that tell of one meeting again, a millisecond apart.
 * @returns how subscribers know them */
async function appendMany(count: number, from = 0): Promise<string[]> {
  const { database } = app.app.services
  const { workspaceId } = acme
  const [change] = await database.meetingChange.findMany({ where: { workspaceId } })
  const ids = { meetingId: change?.meetingId ?? '', changeId: change?.id ?? '' }
  const events = [newEvent.meetingChanged({ ...ids, agentIds: [ada.agentId] })]
  const times = Array.from({ length: count }, (_one, index) => new Date(Date.UTC(2026, 2, 2) + from + index))
  await runTransaction(app.app.services, async (tx) => {
    for (const time of times) await appendEvents(tx, { workspaceId, at: time, events })
  })
  return times.map((time) => time.toISOString())
}

describe.each(STREAMS)('$field', ({ field, head, viewer, streamId, otherStreamId }) => {
  describe.each(TRANSPORTS)('over $transport', ({ open }) => {
    const query = `subscription ($after: EventCursor) {
      ${field}(after: $after) {
        __typename ... on Event { cursor at }
        ... on MeetingChanged { meeting { startsAt body } }
        ... on ResetRequired { reason }
      }
    }`
    const listen = (after?: string, token = viewer().token) => open({ query, variables: { after } }, token)
    const cursorAt = (seq: number, scope: Partial<CursorScope> = {}) => {
      const caller = `agent:${viewer().agentId}`
      return signEventCursor(app.app.services.signer, { streamId: streamId(), caller, seq, ...scope })
    }
    const readHead = async () => {
      const { token } = viewer()
      return (await data<{ viewer: { head: string } }>(app.execute(head, { token }))).viewer.head
    }
    const expectReset = async (live: Subscription, reason: string) => {
      expect(await live.waitForEnd()).toEqual({ completed: true })
      expect(live.events()).toMatchObject([{ __typename: 'ResetRequired', reason }])
    }
    const expectTold = async (live: Subscription, names: string[]) => {
      await vi.waitFor(() => expect(namesOf(live).length).toBeGreaterThanOrEqual(names.length), DEADLINE)
      expect(namesOf(live)).toEqual(names)
    }

    it('goes on from now when it comes without a cursor', async () => {
      await bookAda(0)
      const live = listen()
      await live.waitFor(1)
      await bookAda(1)
      await expectTold(live, ['CaughtUp', at(1)])
    })

    it('goes on after any event that it has seen', async () => {
      const first = listen()
      await first.waitFor(1)
      for (const number of [0, 1, 2]) await bookAda(number)
      await expectTold(first, ['CaughtUp', at(0), at(1), at(2)])
      first.stop()
      for (const [index, { cursor }] of first.events().filter(isShown).entries()) {
        const live = listen(cursor)
        await expectTold(live, [...[at(0), at(1), at(2)].slice(index), 'CaughtUp'])
        live.stop()
      }
    })

    it('goes on from the head that it read with a snapshot, while changes happen', async () => {
      await bookAda(0)
      const cursor = await readHead()
      await bookAda(1)
      const live = listen(cursor)
      for (const number of [2, 3, 4]) await bookAda(number)
      await vi.waitFor(() => expect(namesOf(live)).toHaveLength(5), DEADLINE)
      expect(namesOf(live).filter((name) => name !== 'CaughtUp')).toEqual([1, 2, 3, 4].map(at))
    })

    it('is told to begin anew when events after its cursor are not kept any more', async () => {
      const cursor = await readHead()
      await bookAda(0)
      app.clock.advance(8 * DAY)
      await tidy(app.app.services)
      await expectReset(listen(cursor), 'CURSOR_EXPIRED')
    })

    it('goes on from a cursor that is older than what is kept, when nothing came after it', async () => {
      await bookAda(0)
      const cursor = await readHead()
      app.clock.advance(8 * DAY)
      await tidy(app.app.services)
      const live = listen(cursor)
      await live.waitFor(1)
      const [time] = await appendMany(1)
      await live.waitFor(2)
      expect(live.events()).toMatchObject([{ __typename: 'CaughtUp' }, { at: time }])
    })

    it.each([
      ["another stream's", () => cursorAt(0, { streamId: otherStreamId() })],
      ["another viewer's", () => cursorAt(0, { caller: 'agent:00000000-0000-4000-8000-000000000000' })],
      ['a forged one', () => withLastByte(cursorAt(0))],
      ['a forged place', () => `AAAAAAAA${cursorAt(1).slice(8)}`],
      ['one from the future', () => cursorAt(1000)],
      ['garbage', () => 'no cursor at all'],
      ['nothing at all', () => ''],
    ])('is told to begin anew with a cursor that is unknown: %s', async (_kind, cursor) => {
      await bookAda(0)
      await expectReset(listen(cursor()), 'CURSOR_UNKNOWN')
    })

    it('is told nothing by the cursor of a colleague who sees the same', async () => {
      const colleague = await createTestAgent(app, acme, 'Grace Hopper')
      const own = listen()
      const [{ cursor }] = (await own.waitFor(1)) as [LiveEvent]
      const other = field === 'agentEvents' ? colleague.token : await tokenOfSecondAdministrator()
      await expectReset(listen(cursor, other), 'CURSOR_UNKNOWN')
    })

    it('replays more than a batch while it goes on, everything once and in order', async () => {
      const cursor = await readHead()
      await bookAda(0)
      const missed = await appendMany(MANY)
      const live = listen(cursor)
      const meanwhile: string[] = []
      for (let from = MANY; from < MANY + 50; from += 5) meanwhile.push(...(await appendMany(5, from)))
      await vi.waitFor(() => expect(namesOf(live)).toHaveLength(1 + MANY + 50 + 1), DEADLINE)
      const [, ...changes] = live.events().filter(({ __typename }) => __typename === 'MeetingChanged')
      expect(changes.map((event) => event.at)).toEqual([...missed, ...meanwhile])
      expect(namesOf(live).filter((name) => name === 'CaughtUp')).toHaveLength(1)
    })

    it('replays more than may wait for it, without being cut off', async () => {
      const cursor = await readHead()
      await bookAda(0, 'x'.repeat(2000))
      const missed = await appendMany(MANY)
      const live = listen(cursor)
      await vi.waitFor(() => expect(namesOf(live)).toHaveLength(1 + MANY + 1), DEADLINE)
      const [, ...changes] = live.events().filter(isShown)
      expect(changes.slice(0, -1).map((event) => event.at)).toEqual(missed)
      expect(JSON.stringify(changes).length).toBeGreaterThan(QUEUE_BYTES)
      expect(live.end).toBeUndefined()
    })
  })
})

/** Bookings move the turn as well, which only the workspace's stream tells. */
const isShown = ({ __typename }: LiveEvent) => __typename !== 'RoutingChanged'
/** Changes by the start of the meeting; the marker between replay and live by its name. */
const namesOf = (live: Subscription) =>
  live
    .events()
    .filter(isShown)
    .map(({ __typename, meeting }) => (meeting as { startsAt: string } | undefined)?.startsAt ?? __typename)
/** The same text with another last byte of its signature. */
const withLastByte = (cursor: string) => `${cursor.slice(0, -4)}${cursor.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`

async function tokenOfSecondAdministrator(): Promise<string> {
  const second = await createTestAgent(app, acme, 'Joan Clarke')
  await app.app.services.database.agentRole.create({
    data: {
      workspaceId: acme.workspaceId,
      agentId: second.agentId,
      roleId: acme.roleIds.get('Administrator') ?? '',
    },
  })
  return second.token
}
