// A client that keeps a copy of what it is told of, as docs/delivery.md tells front-end teams to: it applies each event,
// keeps the cursor, and comes back with it, to any node, for as long as it takes.
import { setTimeout as pause } from 'node:timers/promises'
import { type Client, createClient } from 'graphql-ws'
import { WebSocket } from 'ws'

const LONGEST_PAUSE_MS = 2000

export interface ReplicaOptions {
  field: 'agentEvents' | 'workspaceEvents'
  token: string
  /** The address of a node to connect to, as it is at the moment. */
  node(): string
  /** Whole numbers below a limit. */
  random(below: number): number
  /** Told of each change that is applied. */
  onChange?(change: Change): void
}

export interface Change {
  /** When it happened. */
  at: string
  meeting: { id: string; status: string; startsAt: string; body: string; agent: { id: string } }
  change: { kind: string }
}

interface Told extends Change {
  __typename: string
  cursor: string
}

export class Replica {
  /** What was applied, in order. */
  readonly applied: string[] = []
  /** The meetings as they were told last, by their ids. */
  readonly meetings = new Map<string, Change['meeting']>()
  /** What must not come: faults, resets, ends. */
  readonly troubles: unknown[] = []
  connections = 0
  /** Whether it is told of what happens as it happens. */
  isCaughtUp = false
  readonly #options: ReplicaOptions
  readonly #client: Client
  #socket: WebSocket | null = null

  constructor(options: ReplicaOptions) {
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
    const { node, token, random } = this.#options
    return createClient({
      url: () => `${node().replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      // With full jitter, so that those whom one node has lost do not come back all at once.
      retryWait: async (retries) => {
        await pause(random(Math.min(LONGEST_PAUSE_MS, 100 * 2 ** retries)))
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
    const variables: { after?: string } = {}
    const { field } = this.#options
    const query = `subscription ($after: EventCursor) {
      event: ${field}(after: $after) {
        __typename ... on Event { cursor at }
        ... on MeetingChanged { meeting { id status startsAt body agent { id } } change { kind } }
      }
    }`
    this.#client.subscribe<{ event: Told }>(
      { query, variables },
      {
        next: ({ data, errors }) => {
          if (errors || !data) this.troubles.push(errors)
          else this.#apply(data.event, variables)
        },
        error: (error) => void this.troubles.push(error),
        complete: () => void this.troubles.push('completed'),
      },
    )
  }

  #apply(event: Told, variables: { after?: string }): void {
    const { __typename, cursor, at, meeting, change } = event
    variables.after = cursor
    if (__typename === 'CaughtUp') this.isCaughtUp = true
    if (__typename === 'ResetRequired') this.troubles.push(event)
    if (__typename !== 'MeetingChanged') return
    this.applied.push(`${change.kind} ${meeting.id} ${at}`)
    this.meetings.set(meeting.id, meeting)
    this.#options.onChange?.({ at, meeting, change })
  }
}
