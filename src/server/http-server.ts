// Listens on a port for the application, and stops without cutting off running requests.
import {
  createServer,
  type ServerOptions as HttpOptions,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { App } from '../app.ts'
import type { Config } from '../config/config.ts'
import type { PersistedDocuments } from './documents/persisted-documents.ts'
import { createGraphqlServer, GRAPHQL_PATH } from './graphql.ts'
import { isFromThisMachine } from './is-from-this-machine.ts'
import { refuseUpgrade, SocketServer } from './live/socket-server.ts'
import type { Fault } from './mask-error.ts'

const HTTP_OPTIONS: HttpOptions = {
  /** How long a client may take to send a request, in ms, so that slow senders cannot hold connections. */
  requestTimeout: 30_000,
  /** Some clients offer an upgrade to HTTP/2 with every request. Node answers those as plain HTTP/1.1. */
  shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  /** `handleRequest` answers requests without a Host. */
  requireHostHeader: false,
}
/** How long a stop takes at most, unless sockets are closed over a longer time. Of this time, work under way has seven
 * tenths, and requests have eight. */
const STOP_MS = 10_000

/** An address that this process listens on. */
export interface Listener {
  /** Without a slash at the end. */
  url: string
  port: number
  server: Server
}

export interface RunningServer {
  /** Where the server listens, without a slash at the end. */
  url: string
  port: number
  /** Reports not ready, refuses new connections, closes sockets in batches and finishes what is under way; cuts off
   * what takes too long, and stops the application. A second call waits for the first. */
  stop(): Promise<void>
  /** What a stop takes at most, unless something hangs that cannot be cut off, such as the database. */
  stopsWithinMs: number
}

interface ServerOptions {
  app: App
  listener: Listener
  config: Pick<Config, 'limits' | 'graphiql' | 'introspection' | 'drainMs' | 'network'>
  documents: PersistedDocuments
  onFault(fault: Fault): void
  /** See `SocketOptions`. */
  initDeadlineMs?: number
  /** Left out: 10 seconds. */
  stopMs?: number
}

/** Opens the port before the application exists, because the application needs the address. Until `startServer`,
 * requests get a 503, and sockets are closed.
 * @throws Error with the code of the system, for example EADDRINUSE */
export async function listen({ host, port }: Pick<Config, 'host' | 'port'>): Promise<Listener> {
  const server = createServer(HTTP_OPTIONS, answerStarting)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  await promise
  server.off('error', reject)
  const { port: openedPort } = server.address() as AddressInfo
  return { url: urlOf({ host, port: openedPort }), port: openedPort, server }
}

const answerStarting: RequestListener = (_request, response) => {
  response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '1' })
  response.end('The server is starting.\n')
}

/** Lets the application handle the requests to the listener. */
export function startServer(options: ServerOptions): RunningServer {
  const { app, listener, config, documents, onFault, initDeadlineMs, stopMs = STOP_MS } = options
  const { server, url, port } = listener
  let stopping: Promise<void> | null = null
  const graphql = createGraphqlServer(app, {
    ...config,
    documents,
    onFault,
    isReady: async () => stopping === null && (await app.isReady()),
  })
  const sockets = new SocketServer(app, { path: GRAPHQL_PATH, ...config, graphql, initDeadlineMs })
  const open = routeRequests({ app, server, graphql, sockets })
  // A node that closes its sockets over a longer time works on meanwhile.
  const worksForMs = Math.max(0, config.drainMs - stopMs / 2)
  const stopAll = async () => {
    for (const leases of Object.values(app.live.leases)) leases.retire()
    const timers = [
      setTimeout(() => app.beginStop({ abortAfterMs: stopMs * 0.7 }), worksForMs),
      setTimeout(
        () => {
          sockets.cut()
          server.closeAllConnections()
        },
        worksForMs + stopMs * 0.8,
      ),
    ]
    const drained = sockets.drain(config.drainMs)
    for (const subscription of graphql.live.requests.keys()) subscription.abort('RESTART')
    await Promise.all([drained, finishRequests(server, open)])
    await app.stop()
    for (const timer of timers) clearTimeout(timer)
  }
  return {
    url,
    port,
    stopsWithinMs: worksForMs + stopMs,
    stop: () => {
      stopping ??= stopAll()
      return stopping
    },
  }
}

/** @returns the responses that are under way */
function routeRequests(parts: {
  app: App
  server: Server
  graphql: RequestListener
  sockets: SocketServer
}): Set<ServerResponse> {
  const { app, server, graphql, sockets } = parts
  const isDemo = app.signIn.mode === 'DEMO'
  const open = new Set<ServerResponse>()
  server.off('request', answerStarting)
  server.on('request', (request, response) => {
    open.add(response)
    response.once('close', () => open.delete(response))
    const refusal = refusalOf(request, { isDemo })
    if (refusal === null) graphql(request, response)
    else refuse(response, refusal)
  })
  server.on('upgrade', (request, tcp, head) => {
    tcp.on('error', () => tcp.destroy())
    const refusal = refusalOf(request, { isDemo })
    if (refusal === null) sockets.upgrade(request, tcp, head)
    else refuseUpgrade(tcp, `${refusal.status} ${STATUS_CODES[refusal.status]}`)
  })
  return open
}

function urlOf({ host, port }: { host: string; port: number }): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

interface Refusal {
  status: 400 | 403
  text: string
}

/** @returns null for a request that the application may get */
function refusalOf(request: IncomingMessage, { isDemo }: { isDemo: boolean }): Refusal | null {
  const { headers, url, httpVersion } = request
  // Yoga's adapter builds this URL, and would answer with a stack trace if it is not valid.
  const isMalformed = !URL.canParse(`http://${headers.host ?? 'localhost'}${url}`)
  const lacksHost = headers.host === undefined && httpVersion !== '1.0'
  if (isDemo && !isMalformed && !isFromThisMachine(request)) {
    return { status: 403, text: 'The demo answers on 127.0.0.1 and localhost only, and to no proxy.' }
  }
  return isMalformed || lacksHost ? { status: 400, text: 'The request is not understood.' } : null
}

function refuse(response: ServerResponse, { status, text }: Refusal): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  })
  response.end(`${text}\n`)
}

async function finishRequests(server: Server, open: Set<ServerResponse>): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  // Kept-alive connections would delay the stop until they time out.
  for (const response of open) if (!response.headersSent) response.setHeader('connection', 'close')
  await closed
}
