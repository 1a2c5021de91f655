// Clients of live events, as front-end teams have them: graphql-ws over a real socket, and server-sent events.
import { type Client, createClient } from 'graphql-ws'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { eventually } from './eventually.ts'

export interface LiveResult {
  data?: Record<string, LiveEvent> | null
  errors?: { message: string; extensions?: Record<string, unknown> }[]
}

export interface LiveEvent {
  __typename: string
  cursor: string
  [field: string]: unknown
}

export interface Subscription {
  /** What came, in order. */
  results: LiveResult[]
  /** Why it ended; undefined as long as it goes on. */
  end: { errors?: unknown; code?: number; completed?: true } | undefined
  /** The events that came. */
  events(): LiveEvent[]
  /** Waits until so many events have come. */
  waitFor(count: number): Promise<LiveEvent[]>
  waitForEnd(): Promise<unknown>
  stop(): void
}

/** A client that neither hides nor mends anything: it does not come back by itself. */
export function createSocketClient(url: string, token?: string): Client {
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazyCloseTimeout: 0,
    ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
  })
  onTestFinished(() => client.dispose())
  return client
}

interface SubscribedOperation {
  query: string
  variables?: Record<string, unknown>
  /** Called at once when a result has come. */
  onResult?: () => void
}

/** Subscribes; the subscription ends with the test. */
export function subscribe(
  client: Client,
  { onResult = () => {}, ...operation }: SubscribedOperation,
): Subscription {
  const subscription: Subscription = {
    results: [],
    end: undefined,
    events: () => subscription.results.flatMap(({ data }) => Object.values(data ?? {})),
    waitFor: async (count) => {
      await eventually(() => {
        if (subscription.events().length < count) throw new Error(JSON.stringify(subscription))
      })
      return subscription.events()
    },
    waitForEnd: () =>
      eventually(() => {
        if (subscription.end === undefined) throw new Error(JSON.stringify(subscription))
        return subscription.end
      }),
    stop: () => stop(),
  }
  const stop = client.subscribe<Record<string, LiveEvent>>(operation, {
    next: (result) => {
      subscription.results.push(result as LiveResult)
      onResult()
    },
    complete: () => {
      subscription.end ??= { completed: true }
    },
    error: (error) => {
      const code = typeof error === 'object' && error && 'code' in error ? Number(error.code) : undefined
      subscription.end ??= code === undefined ? { errors: error } : { code }
    },
  })
  return subscription
}
