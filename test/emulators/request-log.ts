// The log of requests to an emulator and its answers, in the order of arrival. The emulators of calendar providers
// share it; it serves assertions, checks against the vendor's description, and limits on concurrent requests.

export interface LoggedRequest {
  /** Counts from 1 in each emulator. */
  number: number
  /** When it arrived, on the emulator's clock. */
  at: Date
  method: string
  /** Without the query. */
  path: string
  query: URLSearchParams
  headers: Record<string, string>
  /** As it was sent; '' when there was none. */
  body: string
  /** The e-mail of the account that the request is for; undefined when the request does not name one. */
  account: string | undefined
  /** How many requests of the same account were in flight when it arrived, including itself. */
  inFlightOnArrival: number
  /** The emulator's answer, even if a fault kept it from being sent; undefined until there is one. */
  answer: LoggedAnswer | undefined
  /** Whether the whole answer was sent. */
  answered: boolean
  /** False as soon as it is answered or its connection is closed. */
  inFlight: boolean
  /** The kind of the fault that hit it, if any. */
  fault: string | undefined
}

interface LoggedAnswer {
  status: number
  headers: Record<string, string>
  /** A string as sent, or a value that is sent as JSON; undefined when there is none. */
  body: unknown
}

/** `METHOD /path`, where `*` matches anything but a slash and `**` anything; or a regular expression on such a line. */
export type Route = string | RegExp

export interface RequestLog {
  /** Every request, oldest first. */
  all: LoggedRequest[]
  /** The requests of a route, oldest first. */
  of(route: Route): LoggedRequest[]
  count(route: Route): number
  /** The number of requests in flight. */
  inFlight(account?: string): number
  /** The highest number of requests that were ever in flight at the same time. */
  mostInFlight(account?: string): number
  /** The number of requests that arrived within the given minutes before an instant. */
  within(minutes: number, until: { now: Date; account?: string }): number
  /** Forgets all requests that are not in flight. */
  clear(): void
  /** For the emulator: logs a request that has arrived. */
  open(
    request: Omit<
      LoggedRequest,
      'number' | 'inFlightOnArrival' | 'answer' | 'answered' | 'inFlight' | 'fault'
    >,
  ): LoggedRequest
}

export function createRequestLog(): RequestLog {
  let number = 0
  const peaks = new Map<string | undefined, number>()
  const inFlight = (account?: string) =>
    log.all.filter((entry) => entry.inFlight && (account === undefined || entry.account === account)).length
  const log: RequestLog = {
    all: [],
    of: (route) => log.all.filter((entry) => isOfRoute(route, entry)),
    count: (route) => log.of(route).length,
    inFlight,
    mostInFlight: (account) => peaks.get(account) ?? 0,
    within: (minutes, { now, account }) => {
      const since = now.getTime() - minutes * 60_000
      return log.all.filter(
        (entry) => entry.at.getTime() > since && (account === undefined || entry.account === account),
      ).length
    },
    clear: () => {
      log.all = log.all.filter((entry) => entry.inFlight)
      peaks.clear()
    },
    open: (request) => {
      number += 1
      const entry = {
        ...request,
        number,
        inFlightOnArrival: inFlight(request.account) + 1,
        answer: undefined,
        answered: false,
        inFlight: true,
        fault: undefined,
      }
      log.all.push(entry)
      for (const account of new Set([undefined, request.account])) {
        peaks.set(account, Math.max(peaks.get(account) ?? 0, inFlight(account)))
      }
      return entry
    },
  }
  return log
}

/** Whether a request matches a route. */
export function isOfRoute(route: Route, request: { method: string; path: string }): boolean {
  const line = `${request.method} ${request.path}`
  if (route instanceof RegExp) return route.test(line)
  const pattern = route
    .split('**')
    .map((part) => part.split('*').map(escapeExpression).join('[^/]*'))
    .join('.*')
  return new RegExp(`^${pattern}$`).test(line)
}

function escapeExpression(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
}
