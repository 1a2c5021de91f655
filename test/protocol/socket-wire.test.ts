// graphql-transport-ws as it goes over the wire, beyond what its clients would ever send.
// The protocol: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { listen, startServer } from '../../src/server/http-server.ts'
import { createTestAgent, createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { START, startApp, TEST_LIMITS } from '../kit/app.ts'
import { connectRawSocket, openRawSocket, type RawSocket } from '../kit/raw-socket.ts'
import { startOnPort, type TestServer } from '../kit/server.ts'

const CONSOLE = 'subscription { agentEvents { __typename } }'
const INIT = { type: 'connection_init' }

let app: TestServer
let acme: TestWorkspace
let ada: Staff

beforeAll(async () => {
  app = await startOnPort()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  app.faults.length = 0
  acme = await createTestWorkspace(app)
  ada = await createTestAgent(app, acme)
})

const open = () => openRawSocket(app.server.url)
const connect = (token = ada.token) => connectRawSocket(app.server.url, token)
const subscribe = (id: unknown, payload: unknown = { query: CONSOLE }) => ({ type: 'subscribe', id, payload })

/** Whether the socket still answers, and has nothing else to say before. */
async function expectQuiet(raw: RawSocket): Promise<void> {
  raw.send({ type: 'ping', payload: { still: 'there' } })
  expect(await raw.next()).toEqual({ type: 'pong', payload: { still: 'there' } })
}

describe('the handshake', () => {
  it('without a sub-protocol ends with 4406', async () => {
    const raw = await openRawSocket(app.server.url, { protocol: null })
    expect(await raw.closed()).toBe('4406 Subprotocol not acceptable')
  })

  it('does not agree to the deprecated sub-protocol', async () => {
    const opened = openRawSocket(app.server.url, { protocol: 'graphql-ws' })
    await expect(opened).rejects.toThrow('Server sent no subprotocol')
  })

  it.each(['/', '/graphql/', '/graphql/stream', '/demo'])('at %s is answered with 404', async (path) => {
    await expect(openRawSocket(app.server.url, { path })).rejects.toThrow('404')
  })

  it('is for WebSockets: whoever offers another protocol is answered over HTTP', async () => {
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
  it('must come in time, else 4408', async () => {
    const { app: other } = await startApp()
    const server = startServer({
      app: other,
      listener: await listen({ host: '127.0.0.1', port: 0 }),
      config: { limits: TEST_LIMITS, graphiql: false, introspection: false, drainMs: 0 },
      onFault: () => {},
      initDeadlineMs: 20,
    })
    onTestFinished(() => server.stop())
    const silent = await openRawSocket(server.url)
    expect(await silent.closed()).toBe('4408 Connection initialisation timeout')
    const inTime = await openRawSocket(server.url)
    inTime.send(INIT)
    expect(await inTime.next()).toEqual({ type: 'connection_ack' })
  })

  it('is acknowledged, with or without a token, whichever way its name is written', async () => {
    const bearer = `Bearer ${ada.token}`
    for (const payload of [undefined, {}, { authorization: bearer }, { Authorization: bearer }]) {
      const raw = await open()
      raw.send({ ...INIT, payload })
      expect(await raw.next()).toEqual({ type: 'connection_ack' })
    }
  })

  it.each([['nonsense'], ['Bearer nonsense'], ['Bearer sbv_nonsense'], ['']])(
    'with the authorization "%s" ends with 4403, for which clients come back with another',
    async (authorization) => {
      const raw = await open()
      raw.send({ ...INIT, payload: { authorization } })
      expect(await raw.closed()).toBe('4403 Forbidden')
      expect(raw.frames).toEqual([])
    },
  )

  it('may come once, else 4429', async () => {
    const raw = await connect()
    raw.send(INIT)
    expect(await raw.closed()).toBe('4429 Too many initialisation requests')
    const eager = await open()
    eager.send(INIT)
    eager.send(INIT)
    expect(await eager.closed()).toBe('4429 Too many initialisation requests')
  })

  it('comes before subscribe, and its answer too, else 4401', async () => {
    const rash = await open()
    rash.send(subscribe('1'))
    expect(await rash.closed()).toBe('4401 Unauthorized')
    const hasty = await open()
    hasty.send({ ...INIT, payload: { authorization: `Bearer ${ada.token}` } })
    hasty.send(subscribe('1'))
    expect(await hasty.closed()).toBe('4401 Unauthorized')
  })

  it('tells nothing of a fault of ours, but to try again later', async () => {
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
    await expectQuiet(await connect(acme.admin.token))
    sockets[0]?.webSocket.close()
    await sockets[0]?.closed()
    await vi.waitFor(() => connect())
  })
})

describe('a message', () => {
  it.each([
    ['garbage', '{'],
    ['text', '"ping"'],
    ['a list', []],
    ['null', 'null'],
    ['of no type', {}],
    ['of an unknown type', { type: 'start', id: '1' }],
    ['of a type of the server', { type: 'connection_ack' }],
    ['with a payload that is no object', { type: 'ping', payload: 'here' }],
    ['without an id', { type: 'subscribe', payload: { query: CONSOLE } }],
    ['with an empty id', subscribe('')],
    ['with a numeric id', subscribe(1)],
    ['without a payload', { type: 'subscribe', id: '1' }],
    ['without a query', subscribe('1', {})],
    ['with a query that is no text', subscribe('1', { query: 1 })],
    ['with variables as text', subscribe('1', { query: CONSOLE, variables: '{}' })],
    ['with variables as a list', subscribe('1', { query: CONSOLE, variables: [] })],
    ['with an operation name that is no text', subscribe('1', { query: CONSOLE, operationName: 1 })],
    ['with extensions as text', subscribe('1', { query: CONSOLE, extensions: '' })],
    ['that completes no id', { type: 'complete' }],
  ])('that is %s ends with 4400', async (_what, frame) => {
    const raw = await connect()
    raw.send(frame)
    expect(await raw.closed()).toBe('4400 Invalid message received')
  })

  it('of 64 KB is read, one of 70 KB ends with 1009', async () => {
    const raw = await connect()
    raw.send({ type: 'ping', payload: { text: 'x'.repeat(64_000) } })
    expect((await raw.next()).type).toBe('pong')
    raw.send({ type: 'ping', payload: { text: 'x'.repeat(70_000) } })
    expect(await raw.closed()).toMatch(/^1009/)
  })

  it('may come in pieces', async () => {
    const raw = await connect()
    raw.webSocket.send('{"type":"ping","payl', { fin: false })
    raw.webSocket.send('oad":{"in":"pieces"}}', { fin: true })
    expect(await raw.next()).toEqual({ type: 'pong', payload: { in: 'pieces' } })
  })

  it('must be UTF-8, else 1007', async () => {
    const raw = await connect()
    raw.webSocket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false })
    expect(await raw.closed()).toMatch(/^1007/)
  })

  it('after too many others ends with 1008', async () => {
    const raw = await connect()
    for (let count = 0; count < 400; count++) raw.send({ type: 'ping' })
    expect(await raw.closed()).toBe('1008 Too many messages')
    expect(raw.frames.length).toBeLessThanOrEqual(300)
  })
})

describe('a ping', () => {
  it('is answered with what it carried, also before connection_init', async () => {
    const raw = await open()
    raw.send({ type: 'ping' })
    expect(await raw.next()).toEqual({ type: 'pong' })
    raw.send({ type: 'ping', payload: { nested: { number: 1, text: 'ä' } } })
    expect(await raw.next()).toEqual({ type: 'pong', payload: { nested: { number: 1, text: 'ä' } } })
  })

  it('needs nobody to have asked for a pong', async () => {
    const raw = await connect()
    raw.send({ type: 'pong', payload: { unasked: true } })
    await expectQuiet(raw)
  })
})
