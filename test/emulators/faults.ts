// What is to go wrong at an emulator, by route: shared by the emulators of calendar providers.
import { isOfRoute, type LoggedRequest, type Route } from './request-log.ts'

/** What happens in place of, before or after the emulator's own answer. */
export type Fault =
  /** This answer, and nothing is done. A body that is no text becomes JSON. */
  | { kind: 'answer'; status: number; body?: unknown; headers?: Record<string, string> }
  /** A page, as a proxy or a maintenance shows, and nothing is done. */
  | { kind: 'html'; status?: number }
  /** No answer at all, and nothing is done. */
  | { kind: 'hang' }
  /** Nothing is done, and the connection is cut. */
  | { kind: 'drop' }
  /** It is done, and the connection is cut before the answer. */
  | { kind: 'drop-after-commit' }
  /** It is done, and the answer never comes. */
  | { kind: 'hang-after-commit' }
  /** It is done, and half of the answer's body arrives before the connection is cut. */
  | { kind: 'truncate' }
  /** It is done once this has happened. */
  | { kind: 'delay'; until: Promise<unknown> }

export type FaultKind = Fault['kind']

export interface FaultPlan {
  /** Lets the fault hit the next requests of a route.
   * @param options.times how many; 1 without, Infinity for all of them
   * @param options.when only requests that this holds for
   * @returns takes it back */
  add(
    route: Route,
    fault: Fault,
    options?: { times?: number; when?: (request: LoggedRequest) => boolean },
  ): () => void
  /** Nothing is to go wrong any more. */
  clear(): void
  /** How many faults still wait for a request. */
  pending(): number
  /** For the emulator: the fault that hits this request, used up by it. The one added first goes first. */
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
