// Subscriptions over HTTP: server-sent events, one subscription for each request. Yoga writes them; this hands it the
// answers, from a queue that a slow reader cannot make grow.
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql'
import type { Plugin, YogaInitialContext } from 'graphql-yoga'
import type { App } from '../../app.ts'
import type { Session } from '../../services/identity/authenticate.ts'
import { callerOf } from '../../services/identity/viewer.ts'
import type { Live } from './live.ts'
import { type LiveOperation, openOperation } from './live-operation.ts'
import { type BreakOff, QUEUE_LIMIT_BYTES, REPLAY_BYTES, type Sink } from './sink.ts'

/** What the client is told when a subscription is broken off. */
const CODES: Record<BreakOff, string> = {
  OVERLOADED: 'OVERLOADED',
  FAULT: 'INTERNAL_SERVER_ERROR',
  RESTART: 'RESTART',
  EXPIRED: 'UNAUTHENTICATED',
}

/** @param options.mostPerCaller how many subscriptions one person may have open */
export function useLiveRequests(app: App, options: { live: Live; mostPerCaller: number }): Plugin {
  const { live, mostPerCaller } = options
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(async (args: ExecutionArgs) => {
        const operation = await openOperation(args, live.mask)
        if (!('source' in operation)) return operation
        const { request } = args.contextValue as YogaInitialContext
        const session = await app.authenticate(request.headers.get('authorization'))
        if (countOf(live, session) >= mostPerCaller) return { errors: [tooMany(mostPerCaller)] }
        return open({ app, live }, { operation, request, session })
      })
    },
  }
}

interface LiveRequest {
  operation: LiveOperation
  request: Request
  session: Session
}

function open(
  { app, live }: { app: App; live: Live },
  { operation, request: { signal }, session }: LiveRequest,
): Queue {
  const queue = new Queue(live.now)
  live.requests.set(queue, nameOf(session))
  const stop = live.subscribe(operation, queue)
  const cancelExpiry = session.expiresAt
    ? app.services.clock.at(session.expiresAt, () => queue.breakOff('EXPIRED'))
    : () => {}
  queue.onStop(() => {
    cancelExpiry()
    live.requests.delete(queue)
    stop()
  })
  // Yoga stops only what it has begun to write.
  if (signal.aborted) void queue.return()
  else signal.addEventListener('abort', () => void queue.return(), { once: true })
  return queue
}

const nameOf = ({ viewer }: Session) => (viewer.kind === 'ANONYMOUS' ? 'anonymous' : callerOf(viewer))

function countOf(live: Live, session: Session): number {
  return [...live.requests.values()].filter((caller) => caller === nameOf(session)).length
}

function tooMany(most: number): GraphQLError {
  const extensions = { code: 'TOO_MANY_OPERATIONS' }
  return new GraphQLError(`At most ${most} subscriptions over HTTP at the same time.`, { extensions })
}

/** What waits to be written, and the sink that fills it. */
class Queue implements Sink, AsyncGenerator<ExecutionResult, void, void> {
  #waiting: string[] = []
  #bytes = 0
  #isOver = false
  #changed = Promise.withResolvers<void>()
  #stop = () => {}
  /** The time: a connection that is open is all that is known of its client. */
  readonly heardAt: () => Date

  constructor(now: () => Date) {
    this.heardAt = now
  }

  /** @param stop called when the subscription is over, or the client goes; at once if so it is already */
  onStop(stop: () => void): void {
    this.#stop = stop
    if (this.#isOver) stop()
  }

  send(json: string): void {
    if (this.#isOver) return
    if (this.#bytes > QUEUE_LIMIT_BYTES) this.breakOff('OVERLOADED')
    else {
      this.#waiting.push(json)
      this.#bytes += json.length
      this.#notify()
    }
  }

  sendAll(texts: string[]): void {
    for (const json of texts) this.send(json)
  }

  async drained(): Promise<void> {
    while (!this.#isOver && this.#bytes > REPLAY_BYTES) await this.#changed.promise
  }

  complete(): void {
    this.#isOver = true
    this.#stop()
    this.#notify()
  }

  breakOff(reason: BreakOff): void {
    const message = 'The subscription was broken off. Subscribe again after the last cursor.'
    const code = CODES[reason]
    this.#waiting = [JSON.stringify({ errors: [new GraphQLError(message, { extensions: { code } })] })]
    this.complete()
  }

  async next(): Promise<IteratorResult<ExecutionResult, void>> {
    while (this.#waiting.length === 0 && !this.#isOver) await this.#changed.promise
    const json = this.#waiting.shift()
    if (json === undefined) return { done: true, value: undefined }
    this.#bytes -= json.length
    this.#notify()
    return { done: false, value: toResult(json) }
  }

  async return(): Promise<IteratorResult<ExecutionResult, void>> {
    this.#waiting = []
    this.complete()
    return { done: true, value: undefined }
  }

  throw(): Promise<IteratorResult<ExecutionResult, void>> {
    return this.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #notify(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

/** Yoga is handed the text, which is fit to be sent. */
function toResult(json: string): ExecutionResult {
  const result: ExecutionResult & { stringify(): string } = { stringify: () => json }
  return result
}
