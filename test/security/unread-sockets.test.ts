// What a client can make the server send without reading any of it: everything goes through one bounded way out.
import type { Socket } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { MAX_BYTES } from '../../src/server/live/message-limit.ts'
import { QUEUE_LIMIT_BYTES } from '../../src/server/live/sink.ts'
import { MAX_ECHOED_BYTES, MAX_OPERATION_ID_LENGTH } from '../../src/server/live/socket-messages.ts'
import { UNSIGNED_QUEUE_LIMIT_BYTES } from '../../src/server/live/socket-outlet.ts'
import { eventually } from '../kit/eventually.ts'
import { connectRawSocket, openRawSocket, type RawSocket } from '../kit/raw-socket.ts'
import { anAgent, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'

const { app, ada } = useScene({ ada: anAgent }, { start: startOnPort })

const connect = () => connectRawSocket(app.server.url, ada.token)
/** The refusal quotes the text. */
const invalid = (id: string, text: string) => ({
  type: 'subscribe',
  id,
  payload: { query: `subscription ($kind: RoutingKind = "${text}") { agentEvents { __typename } }` },
})

/** The server's end of a socket. */
interface ServerEnd {
  webSocket: WebSocket
  /** The most bytes that waited to be read. */
  most: number
  close: string | undefined
}

/** Opens a socket to which the network then takes nothing more: what the server sends stays in its process. (A client
 * that does not read gets some megabytes into the buffers of the system first.) */
async function connectStalled(open: () => Promise<RawSocket>): Promise<RawSocket & { end: ServerEnd }> {
  const { handleUpgrade } = WebSocketServer.prototype
  const opened = Promise.withResolvers<ServerEnd>()
  const spy = vi.spyOn(WebSocketServer.prototype, 'handleUpgrade').mockImplementation(function (
    this: WebSocketServer,
    ...[request, tcp, head, onOpen]
  ) {
    const open = (webSocket: WebSocket) => {
      onOpen(webSocket, request)
      opened.resolve(watch(webSocket))
    }
    handleUpgrade.call(this, request, tcp, head, open)
  })
  const raw = await open()
  spy.mockRestore()
  const end = await opened.promise
  tcpOf(end.webSocket).cork()
  return { ...raw, end }
}

function watch(webSocket: WebSocket): ServerEnd {
  const end: ServerEnd = { webSocket, most: 0, close: undefined }
  const { close } = webSocket
  webSocket.close = (code, reason) => {
    end.close ??= `${code} ${reason}`
    close.call(webSocket, code, reason)
  }
  const tcp = tcpOf(webSocket)
  const write = tcp.write.bind(tcp) as (...call: unknown[]) => boolean
  tcp.write = (...call: unknown[]) => {
    const isTaken = write(...call)
    end.most = Math.max(end.most, webSocket.bufferedAmount)
    return isTaken
  }
  return end
}

const tcpOf = (webSocket: WebSocket) => (webSocket as unknown as { _socket: Socket })._socket

describe('a client that reads nothing', () => {
  it('is closed with 1013 when refusals wait for it, and they are bounded', async () => {
    const { send, end } = await connectStalled(connect)
    for (let n = 0; n < 30; n++) send(invalid(`${n}`, 'x'.repeat(30_000)))
    await eventually(() => expect(end.close).toBe('1013 Overloaded'))
    expect(end.most).toBeLessThan(QUEUE_LIMIT_BYTES + 70_000)
    expect(end.most).toBeGreaterThan(QUEUE_LIMIT_BYTES)
  })

  it.each([
    ['messages', (raw: RawSocket) => raw.send({ type: 'ping', payload: { text: 'x'.repeat(900) } })],
    ['frames', (raw: RawSocket) => raw.webSocket.ping('x'.repeat(125))],
  ])('is closed with 1013 when pongs wait for it, before it has signed in: as %s', async (_what, ping) => {
    const raw = await connectStalled(() => openRawSocket(app.server.url))
    for (let n = 0; n < 290; n++) ping(raw)
    await eventually(() => expect(raw.end.close).toBe('1013 Overloaded'))
    expect(raw.end.most).toBeLessThan(UNSIGNED_QUEUE_LIMIT_BYTES + 2000)
  })
})

describe('a ping', () => {
  it('comes back with its payload up to 1 KiB, and without it beyond', async () => {
    const raw = await connect()
    const payloadOf = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) })
    raw.send({ type: 'ping', payload: payloadOf(MAX_ECHOED_BYTES) })
    expect(await raw.next()).toEqual({ type: 'pong', payload: payloadOf(MAX_ECHOED_BYTES) })
    raw.send({ type: 'ping', payload: payloadOf(MAX_ECHOED_BYTES + 1) })
    expect(await raw.next()).toEqual({ type: 'pong' })
  })

  it('as a frame is answered with its bytes, and counts as a message', async () => {
    const raw = await connect()
    const pongs: string[] = []
    raw.webSocket.on('pong', (data) => void pongs.push(String(data)))
    raw.webSocket.ping('here')
    await eventually(() => expect(pongs).toEqual(['here']))
    for (let n = 0; n < 300; n++) raw.webSocket.ping()
    expect(await raw.closed()).toBe('1008 Too many messages')
  })
})

describe('a client that sends too many bytes', () => {
  it.each([
    ['messages', 40, (raw: RawSocket) => raw.send({ type: 'pong', payload: { x: 'x'.repeat(60_000) } })],
    ['frames that are no messages', MAX_BYTES / 60, (raw: RawSocket) => raw.webSocket.pong('x'.repeat(125))],
  ])('is closed with 1008: as %s', async (_what, count, send) => {
    const raw = await connect()
    for (let n = 0; n < count; n++) send(raw)
    expect(await raw.closed()).toMatch(/^(1008 Too many bytes|1006)/)
    await connect()
  })
})

describe('the id of an operation', () => {
  it('ends with 4400 when it is longer than 1,000 characters', async () => {
    const raw = await connect()
    raw.send({
      ...invalid('x'.repeat(MAX_OPERATION_ID_LENGTH + 1), ''),
      payload: { query: '{ __typename }' },
    })
    expect(await raw.closed()).toBe('4400 Invalid message received')
  })

  it('is cut off in the reason of the close frame, which is short', async () => {
    const raw = await connect()
    const id = 'ä'.repeat(128)
    const query = 'subscription { agentEvents { __typename } }'
    for (let twice = 0; twice < 2; twice++) raw.send({ type: 'subscribe', id, payload: { query } })
    expect(await raw.closed()).toMatch(/^4409 Subscriber for ä{50,60}$/)
    expect(app.faults).toEqual([])
  })
})
