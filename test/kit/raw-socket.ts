// A WebSocket that speaks graphql-transport-ws by hand, so that tests see each frame as it goes over the wire and can
// send what no library would.
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { eventually } from './eventually.ts'

export interface Frame {
  type: string
  id?: string
  payload?: unknown
}

/** A result of an operation, or the errors of one that was refused. */
export interface Received {
  data?: Record<string, Record<string, unknown>> | null
  errors?: { message: string; extensions: Record<string, unknown> }[]
}

export interface RawSocket {
  /** The socket itself, for example to pause it. */
  webSocket: WebSocket
  /** Every frame received, in order. */
  frames: Frame[]
  /** @param frame a string is sent as it is, an object as JSON */
  send(frame: string | object): void
  /** Waits for the frame after the one that `next` returned last. */
  next(): Promise<Frame>
  /** Waits until so many frames have been received for an operation.
   * @returns their contents, in order; nothing for the frame that completes the operation */
  received(id: string, count: number): Promise<Received[]>
  /** Waits until it is closed.
   * @returns the code and the reason, for example "4400 Invalid message received" */
  closed(): Promise<string>
}

export interface RawSocketOptions extends Pick<ClientOptions, 'headers'> {
  /** null: none. */
  protocol?: string | null
  path?: string
}

/** Opens a socket, which is terminated when the test ends.
 * @throws Error with the status of the response, if the server refuses to upgrade the connection */
export async function openRawSocket(url: string, options: RawSocketOptions = {}): Promise<RawSocket> {
  const { protocol = 'graphql-transport-ws', path = '/graphql', headers = {} } = options
  const address = `${url.replace(/^http/, 'ws')}${path}`
  const webSocket = new WebSocket(address, protocol === null ? [] : [protocol], {
    headers,
    perMessageDeflate: false,
  })
  onTestFinished(() => webSocket.terminate())
  const raw = follow(webSocket)
  const opened = Promise.withResolvers<void>()
  webSocket.once('open', opened.resolve).once('error', opened.reject)
  webSocket.once('unexpected-response', (request, { statusCode }) => {
    request.destroy()
    opened.reject(new Error(`The server answers ${statusCode}.`))
  })
  await opened.promise
  return raw
}

/** Opens a socket and authenticates.
 * @param token anonymous when omitted */
export async function connectRawSocket(url: string, token?: string): Promise<RawSocket> {
  const raw = await openRawSocket(url)
  raw.send({
    type: 'connection_init',
    payload: token === undefined ? undefined : { authorization: `Bearer ${token}` },
  })
  const answer = await raw.next()
  if (answer.type !== 'connection_ack') throw new Error(JSON.stringify(answer))
  return raw
}

function follow(webSocket: WebSocket): RawSocket {
  const frames: Frame[] = []
  let closed: string | undefined
  let taken = 0
  webSocket.on('message', (data) => void frames.push(JSON.parse(String(data))))
  webSocket.on('close', (code, reason) => {
    closed = `${code} ${reason}`.trim()
  })
  webSocket.on('error', () => {})
  const until = <Value>(find: () => Value | undefined) =>
    eventually(() => {
      const found = find()
      if (found === undefined)
        throw new Error(`Closed: ${closed}. Received: ${JSON.stringify(frames.slice(-5))}`)
      return found
    })
  return {
    webSocket,
    frames,
    send: (frame) => webSocket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next: async () => {
      const frame = await until(() => frames[taken])
      taken++
      return frame
    },
    received: (id, count) =>
      until(() => {
        const own = frames.filter((frame) => frame.id === id)
        return own.length < count ? undefined : own.slice(0, count).map(toReceived)
      }),
    closed: () => until(() => closed),
  }
}

function toReceived({ type, payload }: Frame): Received {
  if (type === 'next') return payload as Received
  return type === 'error' ? { errors: payload as Received['errors'] } : {}
}
