// Subscriptions over HTTP as server-sent events, one subscription per request. Yoga writes the events; this plugin
// supplies the answers from a bounded queue, so that a slow reader cannot make it grow.
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql'
import type { Plugin, YogaInitialContext } from 'graphql-yoga'
import type { App } from '../../app.ts'
import type { SchemaContext } from '../../schema/context.ts'
import type { Session } from '../../services/identity/authenticate.ts'
import { callerAt } from './caller-at.ts'
import type { Live } from './live.ts'
import { type LiveOperation, openOperation } from './live-operation.ts'
import { type AbortReason, QUEUE_LIMIT_BYTES, REPLAY_RESUME_BYTES, type Sink } from './sink.ts'

/** The code of the error that a client gets when its subscription is aborted. */
const ERROR_CODES: Record<AbortReason, string> = {
  OVERLOADED: 'OVERLOADED',
  FAULT: 'INTERNAL_SERVER_ERROR',
  RESTART: 'RESTART',
  EXPIRED: 'UNAUTHENTICATED',
}

export interface LiveRequestsOptions {
  live: Live
  /** Authenticates the caller of a request. */
  sessionOf(request: Request): Promise<Session>
  /** How many subscriptions one caller may have open. */
  maxPerCaller: number
}

export function useLiveRequests(app: App, options: LiveRequestsOptions): Plugin {
  const { live, sessionOf, maxPerCaller } = options
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(async (args: ExecutionArgs) => {
        const operation = await openOperation(args, live.mask)
        if (!('source' in operation)) return operation
        const { request, client } = args.contextValue as YogaInitialContext & SchemaContext
        const session = await sessionOf(request)
        const caller = callerAt(client.address, session.viewer)
        if (countOf(live, caller) >= maxPerCaller) return { errors: [tooMany(maxPerCaller)] }
        return open({ app, live }, { operation, request, session, caller })
      })
    },
  }
}

interface LiveRequest {
  operation: LiveOperation
  request: Request
  session: Session
  /** See `callerAt`. */
  caller: string
}

function open(
  { app, live }: { app: App; live: Live },
  { operation, request: { signal }, session, caller }: LiveRequest,
): AnswerQueue {
  const queue = new AnswerQueue(live.now)
  live.requests.set(queue, caller)
  const unsubscribe = live.subscribe(operation, queue)
  const cancelExpiry = session.expiresAt
    ? app.services.clock.at(session.expiresAt, () => queue.abort('EXPIRED'))
    : () => {}
  queue.onStop(() => {
    cancelExpiry()
    live.requests.delete(queue)
    unsubscribe()
  })
  // Yoga calls `return` only on an iterator it has begun to read.
  if (signal.aborted) void queue.return()
  else signal.addEventListener('abort', () => void queue.return(), { once: true })
  return queue
}

function countOf(live: Live, caller: string): number {
  return [...live.requests.values()].filter((open) => open === caller).length
}

function tooMany(max: number): GraphQLError {
  const extensions = { code: 'TOO_MANY_OPERATIONS' }
  return new GraphQLError(`At most ${max} subscriptions over HTTP at the same time.`, { extensions })
}

/** Answers that wait for Yoga to write them. The subscription fills the queue, which is its sink; Yoga reads it as an
 * iterator. */
class AnswerQueue implements Sink, AsyncGenerator<ExecutionResult, void, void> {
  #waiting: string[] = []
  /** The size of the waiting answers. */
  #bytes = 0
  #isOver = false
  #changed = Promise.withResolvers<void>()
  #stop = () => {}
  /** Always now, because an open connection is the only sign of life that HTTP gives. */
  readonly heardAt: () => Date

  constructor(now: () => Date) {
    this.heardAt = now
  }

  /** @param stop called when the subscription ends or the client disconnects; at once if it already has */
  onStop(stop: () => void): void {
    this.#stop = stop
    if (this.#isOver) stop()
  }

  send(json: string): void {
    if (this.#isOver) return
    if (this.#bytes > QUEUE_LIMIT_BYTES) this.abort('OVERLOADED')
    else {
      this.#waiting.push(json)
      this.#bytes += Buffer.byteLength(json)
      this.#notify()
    }
  }

  async sendAll(texts: string[]): Promise<void> {
    for (const json of texts) this.send(json)
    while (!this.#isOver && this.#bytes > REPLAY_RESUME_BYTES) await this.#changed.promise
  }

  complete(): void {
    this.#isOver = true
    this.#stop()
    this.#notify()
  }

  /** After a fault the client still gets the answers that wait, so that it does not retry from further back. In all
   * other cases it reads too slowly, or should not have to wait for them. */
  abort(reason: AbortReason): void {
    if (this.#isOver) return
    const message = 'The server ended the subscription. Subscribe again after your last cursor.'
    const error = new GraphQLError(message, { extensions: { code: ERROR_CODES[reason] } })
    if (reason !== 'FAULT') this.#waiting = []
    this.#waiting.push(JSON.stringify({ errors: [error] }))
    this.complete()
  }

  async next(): Promise<IteratorResult<ExecutionResult, void>> {
    while (this.#waiting.length === 0 && !this.#isOver) await this.#changed.promise
    const json = this.#waiting.shift()
    if (json === undefined) return { done: true, value: undefined }
    this.#bytes -= Buffer.byteLength(json)
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

/** Wraps an answer that is already serialised: Yoga sends what `stringify` returns. */
function toResult(json: string): ExecutionResult {
  const result: ExecutionResult & { stringify(): string } = { stringify: () => json }
  return result
}
