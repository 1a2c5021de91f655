// The HTTP server of an emulator: reads a request, logs it, applies the fault plan, and sends the emulator's answer.
// The emulators of calendar providers share it.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFaultPlan, type Fault, type FaultPlan } from './faults.ts'
import { createRequestLog, type LoggedRequest, type RequestLog } from './request-log.ts'

/** The answer of a route. A body that is not a string becomes JSON. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

export interface EmulatorServer {
  /** Without a trailing slash. */
  origin: string
  log: RequestLog
  faults: FaultPlan
  close(): Promise<void>
}

export interface EmulatorClock {
  now(): Date
}

/** @param options.account the e-mail of the account that a request is for
 * @param options.handle handles a request; when it throws, the answer has status 500
 * @param options.port a free port when omitted */
export async function startEmulatorServer(options: {
  clock: EmulatorClock
  handle(request: LoggedRequest): Answer | Promise<Answer>
  account?: (request: { path: string; headers: Record<string, string> }) => string | undefined
  port?: number
}): Promise<EmulatorServer> {
  const log = createRequestLog()
  const faults = createFaultPlan()

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const entry = log.open(await readRequest(message, options))
    response.on('close', () => {
      entry.inFlight = false
    })
    const fault = faults.take(entry)
    entry.fault = fault?.kind
    const instead = fault && answerInstead(fault)
    if (instead === 'HANG') return
    if (instead === 'DROP') return void response.destroy()
    if (fault?.kind === 'delay') await fault.until
    const answer = instead ?? (await handled(options.handle, entry))
    entry.answer = { status: answer.status, headers: answer.headers ?? {}, body: answer.body }
    if (fault?.kind === 'hang-after-commit') return
    if (fault?.kind === 'drop-after-commit') return void response.destroy()
    // Set before the client can see the answer, so that its next request does not count as concurrent.
    entry.inFlight = false
    send(response, { answer, truncated: fault?.kind === 'truncate' })
    entry.answered = fault?.kind !== 'truncate'
  }

  const server = createServer((message, response) => {
    serve(message, response).catch(() => response.destroy())
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  // Fails with the error of a port that is in use.
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answerInstead(fault: Fault): Answer | 'HANG' | 'DROP' | undefined {
  switch (fault.kind) {
    case 'answer':
      return { status: fault.status, headers: fault.headers, body: fault.body }
    case 'html':
      return {
        status: fault.status ?? 503,
        headers: { 'content-type': 'text/html' },
        body: '<!doctype html><title>Service unavailable</title><h1>Our services are not available right now</h1>',
      }
    case 'hang':
      return 'HANG'
    case 'drop':
      return 'DROP'
    default:
      return undefined
  }
}

async function handled(
  handle: (request: LoggedRequest) => Answer | Promise<Answer>,
  entry: LoggedRequest,
): Promise<Answer> {
  try {
    return await handle(entry)
  } catch (error) {
    const text = error instanceof Error ? error.stack : String(error)
    return { status: 500, headers: { 'content-type': 'text/plain' }, body: `Fault of the emulator: ${text}` }
  }
}

function send(response: ServerResponse, { answer, truncated }: { answer: Answer; truncated: boolean }): void {
  const isText = typeof answer.body === 'string'
  const type =
    answer.body === undefined || isText ? {} : { 'content-type': 'application/json; charset=utf-8' }
  const text = answer.body === undefined ? '' : isText ? String(answer.body) : JSON.stringify(answer.body)
  if (!truncated) return void response.writeHead(answer.status, { ...type, ...answer.headers }).end(text)
  const bytes = Buffer.from(text)
  response.writeHead(answer.status, { ...type, ...answer.headers, 'content-length': bytes.length })
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy())
}

async function readRequest(
  message: IncomingMessage,
  { clock, account }: Pick<Parameters<typeof startEmulatorServer>[0], 'clock' | 'account'>,
) {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  const url = new URL(message.url ?? '/', 'http://emulator')
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) headers[name] = String(value)
  return {
    at: clock.now(),
    method: message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks).toString(),
    account: account?.({ path: url.pathname, headers }),
  }
}
