// graphql-transport-ws at the level of frames, including those that no client library sends.
// The protocol: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { NO_PERSISTED_DOCUMENTS } from '../../src/server/documents/persisted-documents.ts'
import { listen, startServer } from '../../src/server/http-server.ts'
import { NO_PROXIES, startApp, TEST_LIMITS } from '../kit/app.ts'
import { eventually } from '../kit/eventually.ts'
import { connectRawSocket, openRawSocket, type RawSocket } from '../kit/raw-socket.ts'
import { anAgent, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'

const CONSOLE = 'subscription { agentEvents { __typename } }'
const INIT = { type: 'connection_init' }

const { app, admin, ada } = useScene({ ada: anAgent }, { start: startOnPort })

const open = () => openRawSocket(app.server.url)
const connect = (token = ada.token) => connectRawSocket(app.server.url, token)
const subscribe = (id: unknown, payload: unknown = { query: CONSOLE }) => ({ type: 'subscribe', id, payload })

/** Expects that the socket still answers, and has sent nothing before. */
async function expectQuiet(raw: RawSocket): Promise<void> {
  raw.send({ type: 'ping', payload: { still: 'there' } })
  expect(await raw.next()).toEqual({ type: 'pong', payload: { still: 'there' } })
}

describe('the handshake', () => {
  it('without a sub-protocol ends with 4406', async () => {
    const raw = await openRawSocket(app.server.url, { protocol: null })
    expect(await raw.closed()).toBe('4406 Subprotocol not acceptable')
  })

  it('does not accept the deprecated sub-protocol', async () => {
    const opened = openRawSocket(app.server.url, { protocol: 'graphql-ws' })
    await expect(opened).rejects.toThrow('Server sent no subprotocol')
  })

  it.each(['/', '/graphql/', '/graphql/stream', '/demo'])('at %s is answered with 404', async (path) => {
    await expect(openRawSocket(app.server.url, { path })).rejects.toThrow('404')
  })

  it('for an upgrade to another protocol is ignored, and the request answered over HTTP', async () => {
    const { request } = await import('node:http')
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' }
    const status = await new Promise((resolve, reject) => {
      request(`${app.server.url}/graphql?query={__typename}`, { headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(200)
  })
})

describe('connection_init', () => {
  it('must come before a deadline, or the socket is closed with 4408', async () => {
    const openWithin = async (initDeadlineMs: number) => {
      const server = startServer({
        app: (await startApp()).app,
        listener: await listen({ host: '127.0.0.1', port: 0 }),
        config: {
          limits: TEST_LIMITS,
          graphiql: false,
          introspection: false,
          drainMs: 0,
          network: NO_PROXIES,
        },
        documents: NO_PERSISTED_DOCUMENTS,
        onFault: () => {},
        initDeadlineMs,
      })
      onTestFinished(() => server.stop())
      return openRawSocket(server.url)
    }
    const silent = await openWithin(20)
    expect(await silent.closed()).toBe('4408 Connection initialisation timeout')
    // On a busy machine even a client that hurries may take longer than the other deadline.
    const inTime = await openWithin(60_000)
    inTime.send(INIT)
    expect(await inTime.next()).toEqual({ type: 'connection_ack' })
  })

  it('is acknowledged with or without a token, in a field of any case', async () => {
    const bearer = `Bearer ${ada.token}`
    for (const payload of [undefined, {}, { authorization: bearer }, { Authorization: bearer }]) {
      const raw = await open()
      raw.send({ ...INIT, payload })
      expect(await raw.next()).toEqual({ type: 'connection_ack' })
    }
  })

  it.each([['nonsense'], ['Bearer nonsense'], ['Bearer sbv_nonsense'], ['']])(
    'with the authorization "%s" ends with 4403, after which clients retry with a new token',
    async (authorization) => {
      const raw = await open()
      raw.send({ ...INIT, payload: { authorization } })
      expect(await raw.closed()).toBe('4403 Forbidden')
      expect(raw.frames).toEqual([])
    },
  )

  it.each([[null], [1], [true], [{ token: 'x' }], [[]]])(
    'with the authorization %j, which is no string, ends with 4403',
    async (authorization) => {
      const raw = await open()
      raw.send({ ...INIT, payload: { authorization } })
      expect(await raw.closed()).toBe('4403 Forbidden')
    },
  )

  it('may come only once, or the socket is closed with 4429', async () => {
    const raw = await connect()
    raw.send(INIT)
    expect(await raw.closed()).toBe('4429 Too many initialisation requests')
    const eager = await open()
    eager.send(INIT)
    eager.send(INIT)
    expect(await eager.closed()).toBe('4429 Too many initialisation requests')
  })

  it('must be acknowledged before subscribe, or the socket is closed with 4401', async () => {
    const rash = await open()
    rash.send(subscribe('1'))
    expect(await rash.closed()).toBe('4401 Unauthorized')
    const hasty = await open()
    hasty.send({ ...INIT, payload: { authorization: `Bearer ${ada.token}` } })
    hasty.send(subscribe('1'))
    expect(await hasty.closed()).toBe('4401 Unauthorized')
  })

  it('ends with 1013 after an internal error, without details', async () => {
    const fault = new Error('cannot reach postgres://admin:secret@db')
    vi.spyOn(app.app, 'authenticate').mockRejectedValueOnce(fault)
    const raw = await open()
    raw.send(INIT)
    expect(await raw.closed()).toBe('1013 Try again later')
    expect(raw.frames).toEqual([])
    expect(app.faults).toEqual([fault])
  })

  it('is refused with 4429 when the same caller has too many sockets', async () => {
    const sockets = []
    for (let number = 0; number < TEST_LIMITS.maxSocketsPerCaller; number++) sockets.push(await connect())
    const oneMore = await open()
    oneMore.send({ ...INIT, payload: { authorization: `Bearer ${ada.token}` } })
    expect(await oneMore.closed()).toBe('4429 Too many sockets')
    expect(oneMore.frames).toEqual([])
    await expectQuiet(await connect(admin.token))
    sockets[0]?.webSocket.close()
    await sockets[0]?.closed()
    await eventually(() => connect())
  })
})

describe('a message', () => {
  it.each([
    ['garbage', '{'],
    ['a string', '"ping"'],
    ['a list', []],
    ['null', 'null'],
    ['without a type', {}],
    ['of an unknown type', { type: 'start', id: '1' }],
    ['of a type for servers', { type: 'connection_ack' }],
    ['with a payload that is not an object', { type: 'ping', payload: 'here' }],
    ['without an id', { type: 'subscribe', payload: { query: CONSOLE } }],
    ['with an empty id', subscribe('')],
    ['with a numeric id', subscribe(1)],
    ['without a payload', { type: 'subscribe', id: '1' }],
    ['without a query', subscribe('1', {})],
    ['with a query that is not a string', subscribe('1', { query: 1 })],
    ['with variables as a string', subscribe('1', { query: CONSOLE, variables: '{}' })],
    ['with variables as a list', subscribe('1', { query: CONSOLE, variables: [] })],
    ['with an operation name that is not a string', subscribe('1', { query: CONSOLE, operationName: 1 })],
    ['with extensions as a string', subscribe('1', { query: CONSOLE, extensions: '' })],
    ['a complete without an id', { type: 'complete' }],
  ])('that is invalid ends with 4400: %s', async (_what, frame) => {
    const raw = await connect()
    raw.send(frame)
    expect(await raw.closed()).toBe('4400 Invalid message received')
  })

  it('of 64 KB is read, and one of 70 KB ends with 1009', async () => {
    const raw = await connect()
    raw.send({ type: 'ping', payload: { text: 'x'.repeat(64_000) } })
    expect((await raw.next()).type).toBe('pong')
    raw.send({ type: 'ping', payload: { text: 'x'.repeat(70_000) } })
    expect(await raw.closed()).toMatch(/^1009/)
  })

  it('may come in several frames', async () => {
    const raw = await connect()
    raw.webSocket.send('{"type":"ping","payl', { fin: false })
    raw.webSocket.send('oad":{"in":"pieces"}}', { fin: true })
    expect(await raw.next()).toEqual({ type: 'pong', payload: { in: 'pieces' } })
  })

  it('that is not UTF-8 ends with 1007', async () => {
    const raw = await connect()
    raw.webSocket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false })
    expect(await raw.closed()).toMatch(/^1007/)
  })

  it('beyond the rate limit ends with 1008', async () => {
    const raw = await connect()
    for (let count = 0; count < 400; count++) raw.send({ type: 'ping' })
    expect(await raw.closed()).toBe('1008 Too many messages')
    expect(raw.frames.length).toBeLessThanOrEqual(300)
  })
})

describe('ping and pong', () => {
  it('is answered with its payload, even before connection_init', async () => {
    const raw = await open()
    raw.send({ type: 'ping' })
    expect(await raw.next()).toEqual({ type: 'pong' })
    raw.send({ type: 'ping', payload: { nested: { number: 1, text: 'ä' } } })
    expect(await raw.next()).toEqual({ type: 'pong', payload: { nested: { number: 1, text: 'ä' } } })
  })

  it('unsolicited pongs are ignored', async () => {
    const raw = await connect()
    raw.send({ type: 'pong', payload: { unasked: true } })
    await expectQuiet(raw)
  })
})
