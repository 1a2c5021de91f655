// A client that reconnects with a cursor gets every event that it missed, once and in order, or a reset. The same cases
// run for every kind of stream over both transports.
import { describe, expect, it } from 'vitest'
import { QUEUE_LIMIT_BYTES } from '../../src/server/live/sink.ts'
import { agentStream, appendEvents, workspaceStream } from '../../src/services/events/append-events.ts'
import { type CursorScope, signEventCursor } from '../../src/services/events/event-cursor.ts'
import { newEvent } from '../../src/services/events/new-events.ts'
import { tidy } from '../../src/services/tidy.ts'
import { runTransaction } from '../../src/services/transaction.ts'
import { createAdministrator, createTestAgent } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { book } from '../kit/booking.ts'
import { DAY } from '../kit/clock.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type LiveEvent, type Subscription, subscribe } from '../kit/socket-client.ts'
import { subscribeOverHttp } from '../kit/sse-client.ts'
import { slotAt } from '../kit/times.ts'

/** More events than a page of a replay and, with long texts, more bytes than may wait for a client. */
const MANY = 250

const STREAMS = [
  {
    field: 'agentEvents',
    head: '{ viewer { ... on Agent { head: streamHead } } }',
    viewer: () => ada,
    streamId: () => agentStream(ada.agentId),
    otherStreamId: () => agentStream(admin.agentId),
  },
  {
    field: 'workspaceEvents',
    head: '{ viewer: workspace { head: streamHead } }',
    viewer: () => admin,
    streamId: () => workspaceStream(acme.workspaceId),
    otherStreamId: () => agentStream(admin.agentId),
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

const { app, acme, admin, ada, visitor } = useScene(
  { ada: bookable(), visitor: aVisitor },
  { start: startOnPort },
)

/** Books a meeting with Ada.
 * @returns its start, which identifies the event */
async function bookAda(number: number, agenda = ''): Promise<string> {
  const input = { target: { agentId: ada.id }, startsAt: slotAt(number), agenda }
  const { __typename } = await book(app, { token: visitor.token, input })
  expect(__typename).toBe('Meeting')
  return slotAt(number)
}

/** Appends events about the meeting that exists, a millisecond apart.
 * @returns their times, which identify them */
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
    const readStreamHead = async () => {
      const { token } = viewer()
      return (await data<{ viewer: { head: string } }>(app.execute(head, { token }))).viewer.head
    }
    const expectReset = async (live: Subscription, reason: string) => {
      expect(await live.waitForEnd()).toEqual({ completed: true })
      expect(live.events()).toMatchObject([{ __typename: 'ResetRequired', reason }])
    }
    const expectEvents = async (live: Subscription, names: string[]) => {
      await eventually(() => expect(namesOf(live).length).toBeGreaterThanOrEqual(names.length))
      expect(namesOf(live)).toEqual(names)
    }

    it('starts with new events when it connects without a cursor', async () => {
      await bookAda(0)
      const live = listen()
      await live.waitFor(1)
      await bookAda(1)
      await expectEvents(live, ['CaughtUp', slotAt(1)])
    })

    it('continues after the cursor of any event', async () => {
      const first = listen()
      await first.waitFor(1)
      for (const number of [0, 1, 2]) await bookAda(number)
      await expectEvents(first, ['CaughtUp', slotAt(0), slotAt(1), slotAt(2)])
      first.stop()
      for (const [index, { cursor }] of first.events().filter(isCompared).entries()) {
        const live = listen(cursor)
        await expectEvents(live, [...[slotAt(0), slotAt(1), slotAt(2)].slice(index), 'CaughtUp'])
        live.stop()
      }
    })

    it('continues from the `streamHead` of a snapshot, while changes happen', async () => {
      await bookAda(0)
      const cursor = await readStreamHead()
      await bookAda(1)
      const live = listen(cursor)
      for (const number of [2, 3, 4]) await bookAda(number)
      await eventually(() => expect(namesOf(live)).toHaveLength(5))
      expect(namesOf(live).filter((name) => name !== 'CaughtUp')).toEqual([1, 2, 3, 4].map(slotAt))
    })

    it('is reset when events after its cursor have been deleted', async () => {
      const cursor = await readStreamHead()
      await bookAda(0)
      app.clock.advance(8 * DAY)
      await tidy(app.app.services)
      await expectReset(listen(cursor), 'CURSOR_EXPIRED')
    })

    it('continues from a cursor older than the retention when no event followed it', async () => {
      await bookAda(0)
      const cursor = await readStreamHead()
      app.clock.advance(8 * DAY)
      await tidy(app.app.services)
      const live = listen(cursor)
      await live.waitFor(1)
      const [time] = await appendMany(1)
      await live.waitFor(2)
      expect(live.events()).toMatchObject([{ __typename: 'CaughtUp' }, { at: time }])
    })

    it.each([
      ['a cursor of another stream', () => cursorAt(0, { streamId: otherStreamId() })],
      [
        'a cursor of another viewer',
        () => cursorAt(0, { caller: 'agent:00000000-0000-4000-8000-000000000000' }),
      ],
      ['a forged signature', () => withForgedSignature(cursorAt(0))],
      ['a forged position', () => `AAAAAAAA${cursorAt(1).slice(8)}`],
      ['a position in the future', () => cursorAt(1000)],
      ['garbage', () => 'no cursor at all'],
      ['an empty string', () => ''],
    ])('is reset by %s', async (_kind, cursor) => {
      await bookAda(0)
      await expectReset(listen(cursor()), 'CURSOR_UNKNOWN')
    })

    it('is reset by the cursor of a colleague who may see the same events', async () => {
      const createColleague = field === 'agentEvents' ? createTestAgent : createAdministrator
      const colleague = await createColleague(app, acme, 'Grace Hopper')
      const first = listen()
      const [{ cursor }] = (await first.waitFor(1)) as [LiveEvent]
      await expectReset(listen(cursor, colleague.token), 'CURSOR_UNKNOWN')
    })

    it('replays several pages while new events arrive, each event once and in order', async () => {
      const cursor = await readStreamHead()
      await bookAda(0)
      const missed = await appendMany(MANY)
      const live = listen(cursor)
      const meanwhile: string[] = []
      for (let from = MANY; from < MANY + 50; from += 5) meanwhile.push(...(await appendMany(5, from)))
      await eventually(() => expect(namesOf(live)).toHaveLength(1 + MANY + 50 + 1))
      const [, ...changes] = live.events().filter(({ __typename }) => __typename === 'MeetingChanged')
      expect(changes.map((event) => event.at)).toEqual([...missed, ...meanwhile])
      expect(namesOf(live).filter((name) => name === 'CaughtUp')).toHaveLength(1)
    })

    it('replays more bytes than may wait for it, without being disconnected', async () => {
      const cursor = await readStreamHead()
      await bookAda(0, 'x'.repeat(2000))
      const missed = await appendMany(MANY)
      const live = listen(cursor)
      await eventually(() => expect(namesOf(live)).toHaveLength(1 + MANY + 1))
      const [, ...changes] = live.events().filter(isCompared)
      expect(changes.slice(0, -1).map((event) => event.at)).toEqual(missed)
      expect(JSON.stringify(changes).length).toBeGreaterThan(QUEUE_LIMIT_BYTES)
      expect(live.end).toBeUndefined()
    })
  })
})

/** Bookings also publish RoutingChanged, but only to the workspace's stream. */
const isCompared = ({ __typename }: LiveEvent) => __typename !== 'RoutingChanged'
/** The start of the meeting for each change of one, the type for other events such as CaughtUp. */
const namesOf = (live: Subscription) =>
  live
    .events()
    .filter(isCompared)
    .map(({ __typename, meeting }) => (meeting as { startsAt: string } | undefined)?.startsAt ?? __typename)
/** The same cursor with the last three bytes of its signature changed. */
const withForgedSignature = (cursor: string) =>
  `${cursor.slice(0, -4)}${cursor.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
