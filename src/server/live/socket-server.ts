// Serves WebSockets at the path of GraphQL. graphql-ws implements the protocol, graphql-transport-ws; this file decides
// which clients may open a socket, limits them, and closes sockets. Sinks write the answers to the socket themselves.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { makeServer, type Server } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { App } from '../../app.ts'
import { isDatabaseAway } from '../../database/sql-state.ts'
import { NO_CREDENTIALS, socketCredentials } from '../credentials.ts'
import { Arrivals } from './arrivals.ts'
import { CLOSE_DEADLINE_MS, CloseCode, closeSocket } from './close-socket.ts'
import { createWindow, MAX_BYTES, MAX_MESSAGES } from './message-limit.ts'
import { pongTo, reviveMessage } from './socket-messages.ts'
import { openSocketOperation, subscribeSocket } from './socket-operation.ts'
import type { Connection, SocketOptions } from './socket-options.ts'
import { SocketOutlet } from './socket-outlet.ts'
import { SocketSignIn } from './socket-sign-in.ts'

const PROTOCOL = 'graphql-transport-ws'
export const MAX_FRAME_BYTES = 64 * 1024
/** How long a client may take to send `connection_init`. */
export const INIT_DEADLINE_MS = 5000
/** A lease of presence lasts three times as long, so that it survives a late pong. */
export const PING_EVERY_MS = 5000
const DRAIN_BATCHES = 20
/** The types of ws do not know the option. */
const CLOSING = { closeTimeout: CLOSE_DEADLINE_MS }

export class SocketServer {
  readonly #app: App
  readonly #options: SocketOptions
  readonly #signIn: SocketSignIn
  readonly #arrivals: Arrivals
  readonly #sockets = new Map<WebSocket, Connection>()
  readonly #protocol: Server<Connection>
  readonly #pings: NodeJS.Timeout
  #isStopping = false
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    ...CLOSING,
    perMessageDeflate: false,
    autoPong: false,
    handleProtocols: (protocols) => protocols.has(PROTOCOL) && PROTOCOL,
  })

  constructor(app: App, options: SocketOptions) {
    this.#app = app
    this.#options = options
    this.#signIn = new SocketSignIn(app, options)
    this.#arrivals = new Arrivals(options.limits)
    this.#protocol = makeServer<Record<string, unknown>, Connection>({
      jsonMessageReviver: reviveMessage,
      connectionInitWaitTimeout: options.initDeadlineMs ?? INIT_DEADLINE_MS,
      onConnect: ({ connectionParams = {}, extra }) =>
        this.#signIn.connect(extra, socketCredentials(connectionParams)),
      onSubscribe: (context, id, payload) => openSocketOperation({ app, options }, { context, id, payload }),
      subscribe: (args) => subscribeSocket(options.graphql.live, args),
    })
    this.#pings = setInterval(() => this.#ping(), PING_EVERY_MS).unref()
  }

  /** Takes over a connection whose request asks for an upgrade to WebSocket. The caller handles its errors. */
  upgrade(request: IncomingMessage, tcp: Duplex, head: Buffer): void {
    this.#upgrade(request, { tcp, head }).catch((error: unknown) => {
      // Only to log the error; so is the call in `#guard`.
      this.#options.graphql.live.mask(error)
      refuseUpgrade(tcp, isDatabaseAway(error) ? '503 Service Unavailable' : '500 Internal Server Error')
    })
  }

  /** Refuses new sockets and closes the open ones in batches, so that the clients do not all reconnect at once. */
  async drain(milliseconds: number): Promise<void> {
    this.#isStopping = true
    clearInterval(this.#pings)
    const sockets = [...this.#sockets.keys()]
    const size = Math.ceil(sockets.length / DRAIN_BATCHES)
    for (let start = 0; start < sockets.length; start += size) {
      if (start > 0) await pause(milliseconds / DRAIN_BATCHES)
      for (const socket of sockets.slice(start, start + size)) {
        closeSocket(socket, { code: CloseCode.ServiceRestart, reason: 'Restart' })
      }
    }
    await Promise.all(sockets.map(isClosed))
  }

  /** Ends all connections at once. */
  cut(): void {
    for (const socket of this.#sockets.keys()) socket.terminate()
  }

  async #upgrade(request: IncomingMessage, { tcp, head }: { tcp: Duplex; head: Buffer }): Promise<void> {
    const { host = '', origin: givenOrigin = null } = request.headers
    const origin = this.#options.graphql.origins.foreign({ origin: givenOrigin, host })
    if (URL.parse(request.url ?? '', 'http://localhost')?.pathname !== this.#options.path) {
      return refuseUpgrade(tcp, '404 Not Found')
    }
    if (this.#isStopping) return refuseUpgrade(tcp, '503 Service Unavailable')
    if (origin !== null && !(await this.#options.graphql.origins.allows(origin))) {
      return refuseUpgrade(tcp, '403 Forbidden')
    }
    const address = this.#options.graphql.clientAddressOf(request)
    const hasArrived = this.#arrivals.begin(address)
    if (hasArrived === null) return refuseUpgrade(tcp, '429 Too Many Requests')
    tcp.once('close', hasArrived)
    this.#webSockets.handleUpgrade(request, tcp, head, (socket) =>
      this.#open(socket, { tcp: request.socket, address, origin, hasArrived }),
    )
  }

  #open(
    socket: WebSocket,
    { tcp, ...client }: Pick<Connection, 'tcp' | 'address' | 'origin' | 'hasArrived'>,
  ): void {
    const connection: Connection = {
      socket,
      tcp,
      outlet: new SocketOutlet(socket, tcp),
      ...client,
      credentials: NO_CREDENTIALS,
      isAlive: true,
      heardAt: this.#app.services.clock.now(),
    }
    this.#sockets.set(socket, connection)
    const onClosed = this.#protocol.opened(this.#adapt(connection), connection)
    socket.on('pong', () => {
      connection.isAlive = true
      connection.heardAt = this.#app.services.clock.now()
    })
    // For frames that are too large or malformed, ws closes the socket with the right code.
    socket.on('error', () => {})
    socket.once('close', (code, reason) => {
      this.#sockets.delete(socket)
      this.#signIn.leave(connection)
      void this.#guard(socket, () => onClosed(code, String(reason)))
    })
  }

  /** The interface through which graphql-ws uses the socket. */
  #adapt({ socket, tcp, outlet }: Connection): Parameters<Server<Connection>['opened']>[0] {
    const isWithinLimits = limitReceived(socket, tcp)
    socket.on('ping', (data) => {
      if (isWithinLimits()) outlet.pong(data)
    })
    return {
      protocol: socket.protocol,
      send: async (text) => outlet.send(text),
      close: (code = 1000, reason = '') => closeSocket(socket, { code, reason }),
      onPing: async (payload) => outlet.send(pongTo(payload)),
      onMessage: (onMessage) => {
        socket.on('message', (data) => {
          if (isWithinLimits()) void this.#guard(socket, () => onMessage(String(data)))
        })
      },
    }
  }

  /** Catches every error, because an unhandled rejection would end the process. */
  async #guard(socket: WebSocket, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#options.graphql.live.mask(error)
      closeSocket(socket, { code: CloseCode.TryAgainLater, reason: 'Try again later' })
    }
  }

  /** Terminates the sockets that have not answered the previous ping. */
  #ping(): void {
    for (const [socket, connection] of this.#sockets) {
      if (!connection.isAlive) socket.terminate()
      else socket.ping()
      connection.isAlive = false
    }
  }
}

/** Closes the socket of a client that sends too much.
 * @returns a function that counts a message, and returns whether to read it; never while the socket closes */
function limitReceived(socket: WebSocket, tcp: Socket): () => boolean {
  const [addBytes, addMessages] = [createWindow(), createWindow()]
  // Beneath the WebSocket, so that the frames count too that make no message.
  tcp.on('data', ({ length }) => {
    const bytes = addBytes(length)
    if (bytes > MAX_BYTES) closeSocket(socket, { code: CloseCode.PolicyViolation, reason: 'Too many bytes' })
    // It goes on, although the socket closes.
    if (bytes > MAX_BYTES + MAX_FRAME_BYTES) socket.terminate()
  })
  return () => {
    if (socket.readyState !== socket.OPEN) return false
    if (addMessages(1) <= MAX_MESSAGES) return true
    closeSocket(socket, { code: CloseCode.PolicyViolation, reason: 'Too many messages' })
    return false
  }
}

/** Answers a request for an upgrade with an HTTP status, and closes the connection. */
export function refuseUpgrade(tcp: Duplex, status: string): void {
  tcp.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

function isClosed(socket: WebSocket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (socket.readyState === socket.CLOSED) resolve()
  else socket.once('close', () => resolve())
  return promise
}
