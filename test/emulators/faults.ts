// Plans which requests to an emulator go wrong, by route. The emulators of calendar providers share it.
import { isOfRoute, type LoggedRequest, type Route } from './request-log.ts'

/** What happens instead of, before or after the emulator's own answer. */
export type Fault =
  /** Answers this without handling the request. A body that is not a string becomes JSON. */
  | { kind: 'answer'; status: number; body?: unknown; headers?: Record<string, string> }
  /** Answers with an HTML page, as a proxy or a maintenance page would, without handling the request. */
  | { kind: 'html'; status?: number }
  /** Never answers, and does not handle the request. */
  | { kind: 'hang' }
  /** Cuts the connection without handling the request. */
  | { kind: 'drop' }
  /** Handles the request and cuts the connection before the answer. */
  | { kind: 'drop-after-commit' }
  /** Handles the request and never answers. */
  | { kind: 'hang-after-commit' }
  /** Handles the request and cuts the connection after half of the answer's body. */
  | { kind: 'truncate' }
  /** Handles the request once the promise resolves. */
  | { kind: 'delay'; until: Promise<unknown> }

export interface FaultPlan {
  /** Plans the fault for the next requests of a route.
   * @param options.times the number of requests; 1 when omitted, Infinity for all
   * @param options.when limits the fault to requests for which it returns true
   * @returns a function that cancels the fault */
  add(
    route: Route,
    fault: Fault,
    options?: { times?: number; when?: (request: LoggedRequest) => boolean },
  ): () => void
  /** Cancels all faults. */
  clear(): void
  /** The number of faults that have not been used up. */
  pending(): number
  /** For the emulator: takes the fault for this request. Faults apply in the order in which they were added. */
  take(request: LoggedRequest): Fault | undefined
}

interface PlannedFault {
  route: Route
  fault: Fault
  left: number
  when: (request: LoggedRequest) => boolean
}

export function createFaultPlan(): FaultPlan {
  let planned: PlannedFault[] = []
  return {
    add: (route, fault, { times = 1, when = () => true } = {}) => {
      const entry = { route, fault, left: times, when }
      planned.push(entry)
      return () => {
        planned = planned.filter((other) => other !== entry)
      }
    },
    clear: () => {
      planned = []
    },
    pending: () => planned.length,
    take: (request) => {
      const entry = planned.find(({ route, when }) => isOfRoute(route, request) && when(request))
      if (entry === undefined) return undefined
      entry.left -= 1
      if (entry.left <= 0) planned = planned.filter((other) => other !== entry)
      return entry.fault
    },
  }
}
