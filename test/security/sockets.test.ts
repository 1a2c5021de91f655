// Attacks on sockets: by other websites, by clients that send too much, by clients whose access has ended, and by
// clients that never read.
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { connectCalendar, createTestAgent } from '../kit/actors.ts'
import { book, createBookableAgent, createVisitor, mutateMeeting } from '../kit/booking.ts'
import { DAY } from '../kit/clock.ts'
import { eventually } from '../kit/eventually.ts'
import { connectRawSocket, openRawSocket, type RawSocket } from '../kit/raw-socket.ts'
import { anAgent, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { trackSubscribedStreams } from '../kit/subscribed-streams.ts'
import { at, NINE, TUESDAY } from '../kit/times.ts'

const CONSOLE = 'subscription { agentEvents { __typename ... on ResetRequired { reason } } }'
const BOARD = `subscription {
  workspaceEvents { __typename ... on ResetRequired { reason } ... on CalendarChanged { agent { name } } }
}`
const SLOTS = `subscription ($agentId: ID!) {
  slotsChanged(target: { agentId: $agentId }, from: "${TUESDAY.from}", to: "${TUESDAY.to}", timeZone: "UTC") {
    __typename
  }
}`
const ACCESS_CHANGED = { __typename: 'ResetRequired', reason: 'ACCESS_CHANGED' }

const { app, acme, admin, ada, mutate } = useScene({ ada: anAgent }, { start: startOnPort })

const connect = (token = ada.token) => connectRawSocket(app.server.url, token)
const subscribe = (id: string, query = CONSOLE, variables = {}) => ({
  type: 'subscribe',
  id,
  payload: { query, variables },
})
const typesOf = async (raw: RawSocket, id: string, count: number) =>
  (await raw.received(id, count)).flatMap(({ data }) =>
    Object.values(data ?? {}).map(({ __typename }) => __typename),
  )
const asAdmin = (mutation: string, input: object) =>
  mutate({ mutation, input, token: admin.token, select: '... on Agent { id }' })

/** Expects that another client is served normally. */
async function expectServed(raw: RawSocket): Promise<void> {
  raw.send(subscribe('served'))
  expect(await typesOf(raw, 'served', 1)).toEqual(['CaughtUp'])
  await connectCalendar(app, ada)
  expect(await typesOf(raw, 'served', 2)).toEqual(['CaughtUp', 'CalendarChanged'])
}

describe('a page of another website', () => {
  const openFrom = (headers: Record<string, string>) => openRawSocket(app.server.url, { headers })

  it('is refused before the socket opens, whatever cookies its browser sends', async () => {
    const { port } = app.server
    for (const origin of [
      'https://evil.example',
      'null',
      `http://127.0.0.1:${port}.evil.example`,
      'https://www.acme.test.evil.example',
      `http://localhost.evil.example:${port}`,
    ]) {
      await expect(openFrom({ origin, cookie: 'session=1' })).rejects.toThrow('403')
    }
  })

  it('is accepted when a workspace allows its origin, and so are our own pages and, in the demo, those of this machine', async () => {
    for (const origin of ['https://www.acme.test', app.server.url, 'http://localhost:8080']) {
      const raw = await openFrom({ origin })
      raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${ada.token}` } })
      expect(await raw.next()).toEqual({ type: 'connection_ack' })
    }
  })

  it('whose host name resolves to this machine (DNS rebinding) cannot reach the demo', async () => {
    for (const host of ['evil.example', `evil.example:${app.server.port}`, '127.0.0.1.evil.example']) {
      await expect(openFrom({ host })).rejects.toThrow('403')
      await expect(openFrom({ host, origin: `http://${host}` })).rejects.toThrow('403')
    }
  })
})

describe('a client that sends too much', () => {
  it('is disconnected for a frame of 10 MB', async () => {
    const other = await connect(admin.token)
    const raw = await connect()
    raw.send({ type: 'ping', payload: { text: 'x'.repeat(10_000_000) } })
    expect(await raw.closed()).toMatch(/^(1009|1006)/)
    await expectServed(await connect())
    other.send({ type: 'ping' })
    expect(await other.next()).toEqual({ type: 'pong' })
  })

  it('is disconnected for 10,000 subscriptions on a socket, and all of them end', async () => {
    const subscribed = trackSubscribedStreams(app)
    const authenticate = vi.spyOn(app.app, 'authenticate')
    onTestFinished(() => authenticate.mockRestore())
    const raw = await connect()
    for (let number = 0; number < 10_000; number++) raw.send(subscribe(`${number}`))
    expect(await raw.closed()).toBe('1008 Too many messages')
    await expectServed(await connect())
    await eventually(() => expect(subscribed()).toHaveLength(1))
    // Once for each connection, and once for each operation that the limit lets through.
    expect(authenticate.mock.calls.length).toBeLessThan(100)
  })

  it('is disconnected for 1,000 messages at once', async () => {
    const raw = await connect()
    for (let number = 0; number < 1000; number++) raw.send({ type: 'ping' })
    expect(await raw.closed()).toBe('1008 Too many messages')
    expect(raw.frames.length).toBeLessThanOrEqual(300)
    await expectServed(await connect())
  })
})

describe('a client whose access has ended', () => {
  it('is closed with 4403 when its token expires, and is refused with the same token', async () => {
    const subscribed = trackSubscribedStreams(app)
    const token = await createVisitor(app, acme)
    const agent = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    const visitor = await connect(token)
    const staff = await connect()
    for (const raw of [visitor, staff]) raw.send(subscribe('1', SLOTS, { agentId: agent.id }))
    for (const raw of [visitor, staff]) await raw.received('1', 1)
    app.clock.advance(400 * DAY)
    expect(await visitor.closed()).toBe('4403 Forbidden')
    const again = await openRawSocket(app.server.url)
    again.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })
    expect(await again.closed()).toBe('4403 Forbidden')
    staff.send({ type: 'complete', id: '1' })
    await eventually(() => expect(subscribed()).toEqual([]))
    expect(staff.webSocket.readyState).toBe(WebSocket.OPEN)
  })

  it('gets no more events after its roles change, and then only those that the new roles allow', async () => {
    const beth = await createTestAgent(app, acme, 'Beth Moore')
    const roles = (name: string) => [acme.roleIds.get(name)].map((id) => btoa(`Role:${id}`))
    await asAdmin('updateAgent', { agentId: beth.id, roleIds: roles('Administrator') })
    const raw = await connect(beth.token)
    raw.send(subscribe('1', BOARD))
    expect(await typesOf(raw, '1', 1)).toEqual(['CaughtUp'])
    await asAdmin('updateAgent', { agentId: beth.id, roleIds: roles('Agent') })
    await connectCalendar(app, ada)
    // The change itself is the last event of the old roles.
    expect((await raw.received('1', 3)).slice(1)).toEqual([
      { data: { workspaceEvents: { __typename: 'AgentChanged' } } },
      { data: { workspaceEvents: ACCESS_CHANGED } },
    ])
    await eventually(() => expect(raw.frames.at(-1)).toEqual({ id: '1', type: 'complete' }))
    raw.send(subscribe('2', BOARD))
    await raw.received('2', 1)
    const visitor = await createVisitor(app, acme)
    const agent = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    await book(app, {
      token: visitor,
      input: { target: { agentId: agent.id }, startsAt: NINE },
    })
    await connectCalendar(app, beth)
    await eventually(() => expect(JSON.stringify(raw.frames)).toContain('CalendarChanged'))
    expect(JSON.stringify(raw.frames)).not.toContain('MeetingChanged')
    expect(raw.frames.filter(({ id }) => id === '1')).toHaveLength(4)
  })

  it('gets no more events after its agent is removed, and is closed with 4403 when it subscribes again', async () => {
    const raw = await connect()
    raw.send(subscribe('1'))
    raw.send(subscribe('2', BOARD))
    await raw.received('1', 1)
    await raw.received('2', 1)
    await asAdmin('removeAgent', { agentId: ada.id })
    await connectCalendar(app, admin)
    expect((await raw.received('1', 2))[1]).toEqual({ data: { agentEvents: ACCESS_CHANGED } })
    await eventually(() => expect(raw.frames.filter(({ type }) => type === 'complete')).toHaveLength(2))
    // The removal, the turns of meetings, and those of live chats.
    const removal = ['AgentChanged', 'RoutingChanged', 'RoutingChanged']
    expect(await typesOf(raw, '2', 5)).toEqual(['CaughtUp', ...removal, 'ResetRequired'])
    expect(JSON.stringify(raw.frames)).not.toContain(admin.name)
    raw.send(subscribe('3'))
    expect(await raw.closed()).toBe('4403 Forbidden')
    expect(raw.frames.filter(({ id }) => id === '3')).toEqual([])
  })
})

describe('a client that never reads', () => {
  /** 180 KB for each event. */
  const aliases = Array.from({ length: 30 }, (_, number) => `a${number}: body`).join(' ')
  const LARGE = `subscription { agentEvents { __typename ... on MeetingChanged { meeting { ${aliases} } } } }`
  const MOVES = 12

  /** The server's ends of the sockets that it closes with 1013, and the bytes that waited to be read then. */
  function watchClosing() {
    const closing: { end: WebSocket; waiting: number }[] = []
    const { close } = WebSocket.prototype
    const spy = vi.spyOn(WebSocket.prototype, 'close').mockImplementation(function (
      this: WebSocket,
      ...call
    ) {
      if (call[0] === 1013) closing.push({ end: this, waiting: this.bufferedAmount })
      return close.apply(this, call)
    })
    onTestFinished(() => spy.mockRestore())
    return closing
  }

  it('is closed with 1013 while few bytes wait, and terminated in the end, without affecting others', async () => {
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    const token = await createVisitor(app, acme)
    const target = { agentId: grace.id }
    const startsAt = (move: number) => at(move % 2 === 0 ? '10:00' : '11:00')
    const input = { target, startsAt: startsAt(0), agenda: '€'.repeat(2000) }
    const { id: meetingId } = await book(app, { token, input })
    const closing = watchClosing()
    const healthy = await connect(grace.token)
    const late = await connect(grace.token)
    const gone = await connect(grace.token)
    healthy.send(subscribe('1'))
    await healthy.received('1', 1)
    for (const raw of [late, gone]) {
      for (let number = 0; number < 10; number++) raw.send(subscribe(`${number}`, LARGE))
      for (let number = 0; number < 10; number++) await raw.received(`${number}`, 1)
      raw.webSocket.pause()
    }
    for (let move = 1; move <= MOVES; move++) {
      const moved = { meetingId, startsAt: startsAt(move) }
      await mutateMeeting(app, { mutation: 'rescheduleMeeting', token, input: moved })
    }
    await eventually(() => expect(closing).toHaveLength(2))
    for (const { waiting } of closing) expect(waiting).toBeLessThan(256 * 1024 + 200_000)
    expect(await typesOf(healthy, '1', MOVES + 1)).toEqual([
      'CaughtUp',
      ...Array(MOVES).fill('MeetingChanged'),
    ])
    late.webSocket.resume()
    expect(await late.closed()).toBe('1013 Overloaded')
    await eventually(() => expect(closing.every(({ end }) => end.readyState === WebSocket.CLOSED)).toBe(true))
    await expectServed(await connect())
  })
})
