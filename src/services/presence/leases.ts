// What clients hold open at this node, and the leases that tell all nodes of it: an agent's consoles, a visitor's
// chat. Somebody is there as long as some node has a lease; that of a node or a client that was killed runs out by
// itself.
import { randomUUID } from 'node:crypto'
import type { Database } from '../../database/open.ts'
import type { Clock } from '../context.ts'

/** How long a client that is not heard of counts as there. */
export const LEASE_MS = 15_000
const RENEW_EVERY_MS = 5000

/** CONSOLE: an agent's console. FOLLOWED_CHAT: a chat that its visitor follows. */
export type PresenceKind = 'CONSOLE' | 'FOLLOWED_CHAT'

/** Something that is held open, as the connection that it has shows it. */
export interface Held {
  workspaceId: string
  /** What the lease is of: the agent, or the conversation. */
  id: string
  /** When its client was last heard of. */
  heardAt(): Date
}

export interface Lease {
  id: string
  workspaceId: string
  expiresAt: Date
}

/** The table that leases of one kind are kept in. A row stays for a while, so that since when somebody has been gone is
 * known. */
export interface LeaseTable {
  /** Writes the leases of a node, or prolongs them, in one statement. */
  renew(database: Database, options: { nodeId: string; leases: Lease[] }): Promise<unknown>
  /** Ends those that run now.
   * @param which.id left out: all of the node's */
  giveUp(database: Database, which: { nodeId: string; id?: string; now: Date }): Promise<unknown>
}

export interface LeasesOptions {
  database: Database
  clock: Clock
  table: LeaseTable
  /** Told when a lease cannot be written; it is tried again. */
  onError(error: unknown): void
}

export class Leases {
  readonly #options: LeasesOptions
  readonly #nodeId = randomUUID()
  readonly #open = new Set<Held>()
  /** Those of which no lease was written yet. */
  readonly #opened: Held[] = []
  readonly #timer: NodeJS.Timeout
  /** Writes come one after the other, so that the last state is what stays. */
  #writing: Promise<void> = Promise.resolve()

  constructor(options: LeasesOptions) {
    this.#options = options
    // Not by the clock that is handed in: how often is no matter of time of day.
    this.#timer = setInterval(() => this.#write(() => this.#renew(this.#open)), RENEW_EVERY_MS).unref()
  }

  /** @returns when the lease has been written, so that every node knows */
  async open(held: Held): Promise<void> {
    this.#open.add(held)
    this.#opened.push(held)
    // Those who come at the same time, as after a restart, are written at once.
    await this.#write(() => this.#renew(this.#opened.splice(0)))
  }

  /** The last one here of an agent or a conversation takes the lease with it. */
  close(held: Held): void {
    if (!this.#open.delete(held)) return
    const { id } = held
    this.#write(async () => {
      if ([...this.#open].some((other) => other.id === id)) return
      await this.#giveUp({ id })
    })
  }

  /** @returns when all leases of this node are given up */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#open.clear()
    await this.#write(() => this.#giveUp({}))
  }

  #write(work: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(work).catch(this.#options.onError)
    return this.#writing
  }

  async #giveUp(which: { id?: string }): Promise<void> {
    const { database, clock, table } = this.#options
    await table.giveUp(database, { nodeId: this.#nodeId, ...which, now: clock.now() })
  }

  async #renew(open: Iterable<Held>): Promise<void> {
    const latest = new Map<string, Held>()
    for (const held of open) {
      const other = latest.get(held.id)
      if (!other || other.heardAt() < held.heardAt()) latest.set(held.id, held)
    }
    const leases = [...latest.values()].map(({ id, workspaceId, heardAt }) => ({
      ...{ id, workspaceId },
      expiresAt: new Date(heardAt().getTime() + LEASE_MS),
    }))
    if (leases.length === 0) return
    const { database, table } = this.#options
    await table.renew(database, { nodeId: this.#nodeId, leases })
  }
}
