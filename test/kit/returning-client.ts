// A client of a subscription that keeps its last cursor and reconnects with it, to any node, until it succeeds, as
// docs/delivery.md asks of front ends.
import { setTimeout as pause } from 'node:timers/promises'
import { type Client, createClient } from 'graphql-ws'
import { WebSocket } from 'ws'

/** Shorter than those of front ends, so that tests take less time. */
const SHORT_PAUSES: Pauses = { firstMs: 100, longestMs: 2000 }
/** Those of the recipe in docs/delivery.md. */
export const DOCUMENTED_PAUSES: Pauses = { firstMs: 500, longestMs: 30_000 }

/** Each pause between two attempts to connect is up to twice as long as the one before. */
export interface Pauses {
  firstMs: number
  longestMs: number
}

export interface ReturningClientOptions<Event> {
  field: 'agentEvents' | 'workspaceEvents' | 'conversationEvents'
  /** With conversationEvents. */
  conversationId?: string
  /** The fields to select of each event, besides its type, cursor and time. */
  selection: string
  token: string
  /** Returns the current address of a node to connect to. */
  node(): string
  /** Whole numbers below a limit. */
  random(below: number): number
  /** Short ones when omitted. */
  pauses?: Pauses
  /** Called with each event, except those about the subscription itself. */
  onEvent(event: Event & EventFields): void
}

export interface EventFields {
  __typename: string
  cursor: string
  /** When it happened. */
  at: string
}

export class ReturningClient<Event = unknown> {
  /** What must not occur: faults, resets, completions. */
  readonly problems: unknown[] = []
  connections = 0
  /** Whether it has received CaughtUp, and so gets events live. */
  isCaughtUp = false
  readonly #options: ReturningClientOptions<Event>
  readonly #client: Client
  #socket: WebSocket | null = null

  constructor(options: ReturningClientOptions<Event>) {
    this.#options = options
    this.#client = this.#connect()
    this.#subscribe()
  }

  /** The connection breaks. */
  cut(): void {
    this.#socket?.terminate()
  }

  /** Reads nothing any more, not even that the connection ends. */
  stall(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.pause()
  }

  /** Reads again. */
  resume(): void {
    this.#socket?.resume()
  }

  async leave(): Promise<void> {
    this.resume()
    await this.#client.dispose()
  }

  #connect(): Client {
    const { node, token, random, pauses = SHORT_PAUSES } = this.#options
    return createClient({
      url: () => `${node().replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      // With full jitter, so that those whom one node has lost do not come back all at once.
      retryWait: async (retries) => {
        await pause(random(Math.min(pauses.longestMs, pauses.firstMs * 2 ** retries)))
      },
      on: {
        opened: (socket) => {
          this.#socket = socket as WebSocket
          this.connections += 1
        },
        closed: () => {
          this.isCaughtUp = false
        },
      },
    })
  }

  #subscribe(): void {
    // The client sends the variables as they are whenever it subscribes again.
    const { field, selection, conversationId } = this.#options
    const variables: { after?: string; conversationId?: string } = conversationId ? { conversationId } : {}
    const [declared, given] = conversationId
      ? [', $conversationId: ID!', ', conversationId: $conversationId']
      : ['', '']
    const query = `subscription ($after: EventCursor${declared}) {
      event: ${field}(after: $after${given}) { __typename ... on Event { cursor at } ${selection} }
    }`
    this.#client.subscribe<{ event: Event & EventFields }>(
      { query, variables },
      {
        next: ({ data, errors }) => {
          if (errors || !data) this.problems.push(errors)
          else this.#apply(data.event, variables)
        },
        error: (error) => void this.problems.push(error),
        complete: () => void this.problems.push('completed'),
      },
    )
  }

  #apply(event: Event & EventFields, variables: { after?: string }): void {
    // Typing has no cursor.
    if (event.cursor) variables.after = event.cursor
    if (event.__typename === 'CaughtUp') this.isCaughtUp = true
    else if (event.__typename === 'ResetRequired') this.problems.push(event)
    else this.#options.onEvent(event)
  }
}
