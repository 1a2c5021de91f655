// Operations on a socket at the level of frames: which are refused, and how accepted ones begin and end.
import { describe, expect, it, vi } from 'vitest'
import { UnavailableError } from '../../src/errors.ts'
import { connectCalendar } from '../kit/actors.ts'
import { TEST_LIMITS } from '../kit/app.ts'
import { requestChat } from '../kit/chat.ts'
import { eventually } from '../kit/eventually.ts'
import { connectRawSocket, type RawSocket } from '../kit/raw-socket.ts'
import { anAgent, aVisitor, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { trackSubscribedStreams } from '../kit/subscribed-streams.ts'

const CONSOLE = 'subscription { agentEvents { __typename } }'
const BOARD = 'subscription { workspaceEvents { __typename } }'
const AFTER = `subscription ($after: EventCursor) {
  agentEvents(after: $after) {
    __typename ... on Event { cursor } ... on ResetRequired { reason } ... on CalendarChanged { agent { name } }
  }
}`
const eventOf = (__typename: string) => ({ data: { agentEvents: { __typename } } })
const CAUGHT_UP = eventOf('CaughtUp')

const UNREACHABLE = new Error('cannot reach postgres://admin:secret@db')

const { app, database, ada, visitor } = useScene({ ada: anAgent, visitor: aVisitor }, { start: startOnPort })

const connect = (token = ada.token) => connectRawSocket(app.server.url, token)
const subscribe = (id: unknown, payload: unknown = { query: CONSOLE }) => ({ type: 'subscribe', id, payload })

/** Sends the frames in one write, so that the server reads them at once. */
function sendTogether({ webSocket, send }: RawSocket, frames: object[]): void {
  const { _socket: tcp } = webSocket as unknown as { _socket: { cork(): void; uncork(): void } }
  tcp.cork()
  for (const frame of frames) send(frame)
  tcp.uncork()
}

/** @returns the extensions of the errors that refuse an operation, on a socket whose other operation continues */
async function refusalOf(payload: unknown): Promise<unknown[] | undefined> {
  const raw = await connect()
  raw.send(subscribe('good'))
  expect(await raw.next()).toMatchObject({ id: 'good', payload: CAUGHT_UP })
  raw.send(subscribe('bad', payload))
  const refusal = await raw.next()
  expect(refusal).toMatchObject({ id: 'bad', type: 'error' })
  await connectCalendar(app, ada)
  expect(await raw.received('good', 2)).toEqual([CAUGHT_UP, eventOf('CalendarChanged')])
  return (await raw.received('bad', 1))[0]?.errors?.map(({ extensions }) => extensions)
}

describe('an invalid operation is refused without affecting others', () => {
  it.each<[string, object, string, object?]>([
    ['a syntax error', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: 'subscription { agentEvents { nonsense } }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'two root fields',
      { query: 'subscription { agentEvents { __typename } workspaceEvents { __typename } }' },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['an empty document', { query: '' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown operation name', { query: CONSOLE, operationName: 'Nope' }, 'BAD_USER_INPUT'],
    [
      'two operations without an operation name',
      {
        query: 'subscription A { agentEvents { __typename } } subscription B { agentEvents { __typename } }',
      },
      'BAD_USER_INPUT',
    ],
    [
      'a variable of the wrong type',
      {
        query: 'subscription ($after: EventCursor) { agentEvents(after: $after) { __typename } }',
        variables: { after: 1 },
      },
      'BAD_USER_INPUT',
    ],
    ['too many tokens', { query: `subscription { ${'agentEvents '.repeat(2000)} }` }, 'QUERY_TOO_LONG'],
    [
      'too many aliases',
      {
        query: `subscription { agentEvents { ${Array.from({ length: 31 }, (_, at) => `a${at}: __typename`).join(' ')} } }`,
      },
      'QUERY_TOO_MANY_ALIASES',
    ],
    [
      'an unknown target',
      {
        query: `subscription { slotsChanged(target: { agentId: "QWdlbnQ6MQ==" } timeZone: "UTC"
          from: "2026-03-02T08:00:00Z" to: "2026-03-03T08:00:00Z") { __typename } }`,
      },
      'NOT_FOUND',
      { path: ['target', 'agentId'], missingId: 'QWdlbnQ6MQ==' },
    ],
    ['a query', { query: '{ __typename }' }, 'SUBSCRIPTIONS_ONLY'],
    [
      'a mutation',
      { query: 'mutation { updateAgent(input: { name: "Eve" }) { __typename } }' },
      'SUBSCRIPTIONS_ONLY',
    ],
  ])('%s', async (_what, payload, code, more = {}) => {
    expect(await refusalOf(payload)).toEqual([{ code, ...more }])
    expect(app.faults).toEqual([])
    const { name } = await app.app.services.database.agent.findUniqueOrThrow({ where: { id: ada.agentId } })
    expect(name).toBe(ada.name)
  })

  it('beyond the limit of concurrent operations', async () => {
    const raw = await connect()
    const most = TEST_LIMITS.maxOperationsPerSocket
    for (let number = 0; number < most; number++) raw.send(subscribe(`${number}`))
    raw.send(subscribe('more'))
    const [refused] = await raw.received('more', 1)
    expect(refused?.errors).toEqual([
      { message: `At most ${most} at the same time.`, extensions: { code: 'TOO_MANY_OPERATIONS' } },
    ])
    for (let number = 0; number < most; number++)
      expect(await raw.received(`${number}`, 1)).toEqual([CAUGHT_UP])
    raw.send({ type: 'complete', id: '0' })
    raw.send(subscribe('instead'))
    expect(await raw.received('instead', 1)).toEqual([CAUGHT_UP])
  })
})

describe('the id of an operation', () => {
  it.each(['constructor', '__proto__', 'toString', 'ä "quoted" \\ \u2028', 'x'.repeat(1000)])(
    'may be %s',
    async (id) => {
      const raw = await connect()
      raw.send(`{"type":"subscribe","id":${JSON.stringify(id)},"payload":{"query":"${CONSOLE}"}}`)
      expect(await raw.next()).toEqual({ id, type: 'next', payload: CAUGHT_UP })
      raw.send({ type: 'complete', id })
      raw.send(subscribe(id))
      expect(await raw.next()).toEqual({ id, type: 'next', payload: CAUGHT_UP })
    },
  )

  it('closes the socket with 4409 when it is already in use', async () => {
    const raw = await connect()
    raw.send(subscribe('same'))
    raw.send(subscribe('same'))
    expect(await raw.closed()).toBe('4409 Subscriber for same already exists')
  })

  it('can be used again after an error', async () => {
    const raw = await connect()
    raw.send(subscribe('same', { query: 'subscription {' }))
    expect(await raw.next()).toMatchObject({ id: 'same', type: 'error' })
    raw.send(subscribe('same'))
    expect(await raw.next()).toMatchObject({ id: 'same', type: 'next' })
  })
})

describe('complete', () => {
  it('stops its subscription only', async () => {
    const raw = await connect()
    raw.send(subscribe('stopped'))
    raw.send(subscribe('going on'))
    await raw.received('stopped', 1)
    await raw.received('going on', 1)
    raw.send({ type: 'complete', id: 'stopped' })
    raw.send({ type: 'complete', id: 'unknown' })
    raw.send({ type: 'ping' })
    await eventually(() => expect(raw.frames.at(-1)).toEqual({ type: 'pong' }))
    await connectCalendar(app, ada)
    expect(await raw.received('going on', 2)).toEqual([CAUGHT_UP, eventOf('CalendarChanged')])
    expect(raw.frames.filter(({ id }) => id === 'stopped')).toHaveLength(1)
  })

  it('releases everything that the server held for the subscription', async () => {
    const subscribed = trackSubscribedStreams(app)
    const raw = await connect()
    raw.send(subscribe('1'))
    raw.send(subscribe('2', { query: BOARD }))
    await raw.received('1', 1)
    await raw.received('2', 1)
    expect(subscribed()).toHaveLength(2)
    raw.send({ type: 'complete', id: '1' })
    await eventually(() => expect(subscribed()).toHaveLength(1))
    raw.webSocket.terminate()
    await eventually(() => expect(subscribed()).toEqual([]))
  })

  it('frees the id at once for the next operation', async () => {
    const raw = await connect()
    raw.send(subscribe('same'))
    await raw.received('same', 1)
    sendTogether(raw, [{ type: 'complete', id: 'same' }, subscribe('same')])
    await raw.received('same', 2)
    await connectCalendar(app, ada)
    expect(await raw.received('same', 3)).toEqual([CAUGHT_UP, CAUGHT_UP, eventOf('CalendarChanged')])
    expect(raw.frames.map(({ type }) => type)).not.toContain('complete')
  })

  it('stops a subscription that has not begun yet, even when its id is used again meanwhile', async () => {
    const subscribed = trackSubscribedStreams(app)
    const raw = await connect()
    const stop = { type: 'complete', id: 'same' }
    const wrong = subscribe('same', { query: 'subscription {' })
    sendTogether(raw, [subscribe('same'), stop, wrong, stop, subscribe('same', { query: BOARD })])
    expect(await raw.received('same', 1)).toEqual([{ data: { workspaceEvents: { __typename: 'CaughtUp' } } }])
    await connectCalendar(app, ada)
    await raw.received('same', 2)
    expect(raw.frames.map(({ payload }) => JSON.stringify(payload)).join()).not.toContain('agentEvents')
    raw.send(stop)
    await eventually(() => expect(subscribed()).toEqual([]))
  })

  it('is not needed when the socket closes while its operations begin', async () => {
    const subscribed = trackSubscribedStreams(app)
    const raw = await connect()
    const other = await connect()
    for (let number = 0; number < 20; number++) raw.send(subscribe(`${number}`))
    raw.webSocket.close()
    await raw.closed()
    other.send(subscribe('1'))
    await other.received('1', 1)
    await eventually(() => expect(subscribed()).toHaveLength(1))
  })

  it('comes from the server after its last event', async () => {
    const raw = await connect()
    raw.send(subscribe('1', { query: AFTER, variables: { after: 'forged' } }))
    const reset = { __typename: 'ResetRequired', cursor: expect.any(String), reason: 'CURSOR_UNKNOWN' }
    expect(await raw.next()).toEqual({ id: '1', type: 'next', payload: { data: { agentEvents: reset } } })
    expect(await raw.next()).toEqual({ id: '1', type: 'complete' })
    raw.send(subscribe('1'))
    expect(await raw.next()).toEqual({ id: '1', type: 'next', payload: CAUGHT_UP })
    expect(raw.frames).toHaveLength(4)
  })
})

describe('an internal error', () => {
  it('while an event is executed closes the socket with 1013, so that the client retries', async () => {
    const raw = await connect()
    raw.send(subscribe('1', { query: AFTER }))
    const after = (await raw.received('1', 1))[0]?.data?.agentEvents?.cursor
    await connectCalendar(app, ada)
    await raw.received('1', 2)
    await app.app.services.database.event.updateMany({
      where: { streamId: `agent:${ada.agentId}` },
      data: { payload: { agentId: '00000000-0000-4000-8000-000000000000' } },
    })
    raw.send(subscribe('2', { query: AFTER, variables: { after } }))
    expect(await raw.closed()).toBe('1013 Try again later')
    expect(raw.frames.filter(({ id }) => id === '2')).toEqual([])
    expect(app.faults).toHaveLength(1)
  })

  it.each([
    ['authentication', () => vi.spyOn(app.app, 'authenticate')],
    ["the subscription field's resolver", () => vi.spyOn(database.conversation, 'findFirst')],
    ['an unreachable service', () => vi.spyOn(app.app, 'authenticate'), new UnavailableError('No answer.')],
  ])('while an operation begins does so too: %s', async (_name, spy, error: Error = UNREACHABLE) => {
    const { id: conversationId } = await requestChat(app, visitor.token)
    const raw = await connect(visitor.token)
    const query = 'subscription ($id: ID!) { conversationEvents(conversationId: $id) { __typename } }'
    spy().mockRejectedValueOnce(error)
    raw.send(subscribe('1', { query, variables: { id: conversationId } }))
    expect(await raw.closed()).toBe('1013 Try again later')
    expect(raw.frames.filter(({ id }) => id === '1')).toEqual([])
    vi.restoreAllMocks()
    const again = await connect(visitor.token)
    again.send(subscribe('1', { query, variables: { id: conversationId } }))
    expect(await again.next()).toMatchObject({ type: 'next' })
  })
})
