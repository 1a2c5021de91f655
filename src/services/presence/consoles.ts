// The open consoles of this node, and the leases that tell all nodes of them. An agent is signed in as long as some
// node has a lease; that of a node or a client that was killed runs out by itself.
import { randomUUID } from 'node:crypto'
import type { Database } from '../../database/open.ts'
import type { Clock } from '../context.ts'

/** How long a console that is not heard of counts as open. */
export const LEASE_MS = 15_000
const RENEW_EVERY_MS = 5000

/** An agent's console, as the connection that it has shows it. */
export interface Console {
  workspaceId: string
  agentId: string
  /** When its client was last heard of. */
  heardAt(): Date
}

export interface ConsolesOptions {
  database: Database
  clock: Clock
  /** Told when a lease cannot be written; it is tried again. */
  onError(error: unknown): void
}

export class Consoles {
  readonly #options: ConsolesOptions
  readonly #nodeId = randomUUID()
  readonly #open = new Set<Console>()
  /** Those of which no lease was written yet. */
  readonly #opened: Console[] = []
  readonly #timer: NodeJS.Timeout
  /** Writes come one after the other, so that the last state is what stays. */
  #writing: Promise<void> = Promise.resolve()

  constructor(options: ConsolesOptions) {
    this.#options = options
    // Not by the clock that is handed in: how often is no matter of time of day.
    this.#timer = setInterval(() => this.#write(() => this.#renew(this.#open)), RENEW_EVERY_MS).unref()
  }

  /** @returns when the lease has been written, so that every node knows */
  async open(console: Console): Promise<void> {
    this.#open.add(console)
    this.#opened.push(console)
    // Those who come at the same time, as after a restart, are written at once.
    await this.#write(() => this.#renew(this.#opened.splice(0)))
  }

  /** The last console of an agent here takes the lease with it. */
  close(console: Console): void {
    if (!this.#open.delete(console)) return
    const { agentId } = console
    this.#write(async () => {
      if ([...this.#open].some((other) => other.agentId === agentId)) return
      await this.#giveUp({ agentId })
    })
  }

  /** @returns when all leases of this node are given up */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#open.clear()
    await this.#write(async () => {
      await this.#giveUp({})
    })
  }

  #write(work: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(work).catch(this.#options.onError)
    return this.#writing
  }

  /** The rows stay for a while, so that since when the agent has been gone is known. */
  async #giveUp(which: { agentId?: string }): Promise<void> {
    const { database, clock } = this.#options
    const now = clock.now()
    await database.consoleLease.updateMany({
      where: { nodeId: this.#nodeId, ...which, expiresAt: { gt: now } },
      data: { expiresAt: now },
    })
  }

  /** In one statement. */
  async #renew(open: Iterable<Console>): Promise<void> {
    const latest = new Map<string, Console>()
    for (const console of open) {
      const other = latest.get(console.agentId)
      if (!other || other.heardAt() < console.heardAt()) latest.set(console.agentId, console)
    }
    const consoles = [...latest.values()]
    if (consoles.length === 0) return
    const ends = consoles.map((console) => new Date(console.heardAt().getTime() + LEASE_MS))
    await this.#options.database.$executeRaw`
      INSERT INTO "ConsoleLease" ("nodeId", "agentId", "workspaceId", "expiresAt")
      SELECT ${this.#nodeId}::uuid, lease."agentId", lease."workspaceId", lease."expiresAt"
      FROM unnest(
        ${consoles.map(({ agentId }) => agentId)}::uuid[],
        ${consoles.map(({ workspaceId }) => workspaceId)}::uuid[],
        ${ends}::timestamptz[]
      ) AS lease("agentId", "workspaceId", "expiresAt")
      ORDER BY lease."agentId"
      ON CONFLICT ("agentId", "nodeId") DO UPDATE SET "expiresAt" = greatest("ConsoleLease"."expiresAt", excluded."expiresAt")`
  }
}
