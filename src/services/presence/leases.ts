// Leases prove to all nodes that a client is present: an agent's console, or a visitor in a chat. Each node renews the
// leases of its own clients. The agent or visitor is present while any node's lease runs; when a client is killed, its
// lease expires. Leases of a node that stops, gently or not, count on until their clients are back (lease-counts.ts).
import type { Database } from '../../database/open.ts'
import type { Clock } from '../context.ts'
import type { LeaseTable } from './lease-table.ts'

/** How long a client counts as present after the last sign of life. */
export const LEASE_MS = 15_000
const RENEW_EVERY_MS = 5000

/** CONSOLE: an agent's console. VISITOR_CHAT: a chat to which its visitor is subscribed. */
export type PresenceKind = 'CONSOLE' | 'VISITOR_CHAT'

/** A client with an open subscription that proves presence. */
export interface PresentClient {
  workspaceId: string
  /** The id of the agent, or of the conversation. */
  id: string
  /** The last sign of life. */
  heardAt(): Date
}

export interface LeasesOptions {
  database: Database
  clock: Clock
  table: LeaseTable
  nodeId: string
  /** Reports a failed write; the next renewal repeats it. */
  onError(error: unknown): void
}

export class Leases {
  readonly #options: LeasesOptions
  readonly #open = new Set<PresentClient>()
  /** Clients whose first lease is not written yet. */
  readonly #opened: PresentClient[] = []
  readonly #timer: NodeJS.Timeout
  #isRetired = false
  /** Writes run one after another, so that the latest state wins. */
  #writing: Promise<void> = Promise.resolve()

  constructor(options: LeasesOptions) {
    this.#options = options
    // The interval does not depend on wall-clock time, so it runs on the machine's timer.
    this.#timer = setInterval(() => this.#write(() => this.#renew(this.#open)), RENEW_EVERY_MS).unref()
  }

  /** @returns when the lease has been written, so that every node knows */
  async open(client: PresentClient): Promise<void> {
    this.#open.add(client)
    this.#opened.push(client)
    // Clients that come at the same time, as after a restart of the node, share one statement.
    await this.#write(() => this.#takeOver(this.#opened.splice(0)))
  }

  /** Ends the lease with the node's last client of the agent or the conversation. */
  close(client: PresentClient): void {
    if (!this.#open.delete(client) || this.#isRetired) return
    const { id } = client
    this.#write(async () => {
      if ([...this.#open].some((other) => other.id === id)) return
      const { database, clock, table, nodeId } = this.#options
      await table.release(database, { nodeId, id, now: clock.now() })
    })
  }

  /** From now on the leases of clients that leave stay, because this node is stopping: its clients go to another one. */
  retire(): void {
    this.#isRetired = true
  }

  /** @returns when the last write has ended. The leases stay, for the clients to come back to another node */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#open.clear()
    await this.#writing
  }

  #write(work: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(work).catch(this.#options.onError)
    return this.#writing
  }

  async #takeOver(clients: PresentClient[]): Promise<void> {
    await this.#renew(clients)
    const { database, clock, table, nodeId } = this.#options
    if (clients.length === 0) return
    await table.replace(database, { nodeId, ids: clients.map(({ id }) => id), now: clock.now() })
  }

  async #renew(clients: Iterable<PresentClient>): Promise<void> {
    const latest = new Map<string, PresentClient>()
    for (const client of clients) {
      const other = latest.get(client.id)
      if (!other || other.heardAt() < client.heardAt()) latest.set(client.id, client)
    }
    const leases = [...latest.values()].map(({ id, workspaceId, heardAt }) => ({
      id,
      workspaceId,
      expiresAt: new Date(heardAt().getTime() + LEASE_MS),
    }))
    if (leases.length === 0) return
    const { database, table, nodeId, clock } = this.#options
    await table.renew(database, { nodeId, leases, now: clock.now() })
  }
}
