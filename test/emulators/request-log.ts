// What an emulator was asked and what it answered, in the order of arrival, shared by the emulators of calendar
// providers: for assertions, for checks against the vendor's description, and for limits on requests at a time.

export interface LoggedRequest {
  /** Counts from 1 in each emulator. */
  number: number
  /** When it came, on the emulator's clock. */
  at: Date
  method: string
  /** Without the query. */
  path: string
  query: URLSearchParams
  headers: Record<string, string>
  /** As it was sent; '' without one. */
  body: string
  /** Whose mailbox or calendars it was about, by e-mail; undefined when nobody was told from it. */
  account: string | undefined
  /** How many of the same account waited for an answer when it came, itself included. */
  atOnce: number
  /** What was answered, or would have been if no fault had kept it back; undefined so far. */
  answer: LoggedAnswer | undefined
  /** Whether the answer was sent as a whole. */
  answered: boolean
  /** False as soon as the connection is done with it, for whatever reason. */
  inFlight: boolean
  /** The kind of fault that hit it, if one did. */
  fault: string | undefined
}

export interface LoggedAnswer {
  status: number
  headers: Record<string, string>
  /** As it was sent: text, or a value that became JSON; undefined without one. */
  body: unknown
}

/** `METHOD /path`, where `*` stands for anything but a slash and `**` for anything; or an expression on both. */
export type Route = string | RegExp

export interface RequestLog {
  /** Every request, oldest first. */
  all: LoggedRequest[]
  /** Those of a route, oldest first. */
  of(route: Route): LoggedRequest[]
  count(route: Route): number
  /** Those that wait for an answer now. */
  inFlight(account?: string): number
  /** The most that ever waited at the same time. */
  mostInFlight(account?: string): number
  /** Those that came within the last minutes before an instant. */
  within(minutes: number, until: { now: Date; account?: string }): number
  /** Forgets all that is over. */
  clear(): void
  /** For the emulator: notes a request that has come. */
  open(
    request: Omit<LoggedRequest, 'number' | 'atOnce' | 'answer' | 'answered' | 'inFlight' | 'fault'>,
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
        atOnce: inFlight(request.account) + 1,
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

/** Whether a request is one of a route. */
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
