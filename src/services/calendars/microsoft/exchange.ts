// Sends requests to Microsoft Graph. Microsoft's client builds them, without its retries and without its list of hosts:
// to a host outside that list it would silently send no token.
import {
  Client,
  type Context,
  GraphError,
  HTTPMessageHandler,
  type Middleware,
  ResponseType,
  TelemetryHandler,
} from '@microsoft/microsoft-graph-client'
import type { CalendarAccess } from '../../ports/calendar-provider.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { createSendRequest } from '../provider/send-request.ts'

export const VERSION = 'v1.0'
/** Times in UTC, and ids that stay when the agent moves the event to another folder. */
const PREFER = 'outlook.timezone="UTC", IdType="ImmutableId"'

export interface GraphRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** After the version, with the query. */
  path: string
  body?: object
  /** What it concerns. If the calendar itself is missing, the agent must connect again. */
  of: 'ITEM' | 'CALENDAR'
  /** After it the answer is not needed any more. */
  deadline?: AbortSignal
}

export interface Answer {
  status: number
  headers: Headers
  /** Parsed JSON; undefined: empty; null: not JSON. */
  body: unknown
}

export type Exchange = (access: CalendarAccess, request: GraphRequest) => Promise<Answer>

/** @param origin of Graph; nothing is sent elsewhere
 * @returns sends a request; throws a CalendarFault when there is no answer */
export function createExchange(origin: string): Exchange {
  const sendRequest = createSendRequest()
  const graph = Client.initWithMiddleware({
    baseUrl: origin,
    defaultVersion: VERSION,
    middleware: [new BearerForOrigin(origin), new TelemetryHandler(), new HTTPMessageHandler()],
  })
  return (access, request) =>
    sendRequest(access, {
      send: (options) => send(graph, { request, ...options }),
      isTokenRefused: ({ status }) => status === 401,
      deadline: request.deadline,
    })
}

/** @throws CalendarFault when there is no complete answer */
async function send(
  graph: Client,
  { request, token, signal }: { request: GraphRequest; token: string; signal: AbortSignal },
): Promise<Answer> {
  const { method, path, body } = request
  const prepared = graph
    .api(path)
    .header('Prefer', PREFER)
    // A redirect would send the token to another server.
    .options({ signal, redirect: 'error' })
    .middlewareOptions([new BearerToken(token)])
    .responseType(ResponseType.RAW)
  try {
    const response: Response = await {
      GET: () => prepared.get(),
      POST: () => prepared.post(body),
      PATCH: () => prepared.patch(body),
      DELETE: () => prepared.delete(),
    }[method]()
    return { status: response.status, headers: response.headers, body: parse(await response.text()) }
  } catch (error) {
    if (!isWithoutAnswer(error, signal)) throw error
    throw new CalendarFault('RETRY', 'Microsoft does not respond.')
  }
}

/** Microsoft's client wraps errors of fetch. Errors while a body is read are TypeErrors of undici. */
function isWithoutAnswer(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || error instanceof GraphError || (error instanceof TypeError && 'cause' in error)
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

class BearerToken {
  readonly value: string
  constructor(value: string) {
    this.value = value
  }
}

/** Sends the token to the configured origin only. */
class BearerForOrigin implements Middleware {
  readonly #origin: string
  #next: Middleware | undefined
  constructor(origin: string) {
    this.#origin = origin
  }
  setNext(next: Middleware): void {
    this.#next = next
  }
  async execute(context: Context): Promise<void> {
    const { request, options, middlewareControl } = context
    const token = middlewareControl?.getMiddlewareOptions(BearerToken)
    const url = typeof request === 'string' ? request : request.url
    if (options && token instanceof BearerToken && new URL(url).origin === this.#origin) {
      options.headers = { ...options.headers, Authorization: `Bearer ${token.value}` }
    }
    await this.#next?.execute(context)
  }
}
