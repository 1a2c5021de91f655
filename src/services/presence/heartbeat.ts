// Writes a heartbeat every second, and detects pauses: times without a living node, because all stopped or the database
// was away. A pause makes nobody gone and no deadline pass (docs/semantics.md, Outages): before a node serves anything
// after a pause, it adds the length of the pause to what was running.
import { Prisma } from '../../database/generated/client/client.ts'
import { lockInstallation } from '../../database/locks.ts'
import type { Database, Transaction } from '../../database/open.ts'
import { DatabaseAwayError } from '../../database/sql-state.ts'
import type { Clock } from '../context.ts'
import type { WakeUps } from '../ports/wake-ups.ts'
import { SECOND } from '../time.ts'
import { runTransaction } from '../transaction.ts'

const BEAT_EVERY_MS = SECOND
/** Without any heartbeat for longer than this, all nodes have paused. */
export const PAUSE_MS = 5 * SECOND
/** How long a request waits for a heartbeat that is due. */
const READY_WITHIN_MS = 3 * SECOND
/** A clock that differs less is left alone: measuring takes about as long. */
const MIN_CORRECTION_MS = 250
/** A clock that is off by more is reported. */
const REPORTED_OFFSET_MS = 2 * SECOND

/** A time without a living node. */
export interface Pause {
  beganAt: Date
  endedAt: Date
}

/** The length of a pause as an interval of SQL. */
export function lengthOfPause({ beganAt, endedAt }: Pause): Prisma.Sql {
  return Prisma.sql`${endedAt.getTime() - beganAt.getTime()}::float8 * interval '1 millisecond'`
}

interface HeartbeatOptions {
  database: Database
  wakeUps: WakeUps
  clock: Clock
  nodeId: string
  /** Moves on what was running when the pause began, in the transaction that ends the pause. */
  resume(tx: Transaction, pause: Pause): Promise<void>
  /** Protects the leases of this node, which stood still. */
  protectOwnLeases(pause: Pause): Promise<void>
  onError(error: unknown): void
}

export class Heartbeat {
  readonly #options: HeartbeatOptions
  /** On the machine's monotonic clock; null: heartbeats were not started. */
  #aliveAt: number | null = null
  #beating: Promise<void> | null = null
  #timer: NodeJS.Timeout | undefined
  /** By this node's clock. */
  #lastBeatAt: Date | null = null
  /** By how much this machine's clock is behind the database's. */
  #offsetMs = 0

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  /** A warning for the operator when this machine's clock is off by seconds; otherwise null. */
  get clockWarning(): string | null {
    if (Math.abs(this.#offsetMs) <= REPORTED_OFFSET_MS) return null
    const seconds = (Math.abs(this.#offsetMs) / SECOND).toFixed(1)
    const direction = this.#offsetMs > 0 ? 'behind' : 'ahead of'
    return `The clock of this machine is ${seconds} s ${direction} the database's. It is corrected here; please set it.`
  }

  /** Sets the clock, ends a pause, and beats from now on. */
  async start(): Promise<void> {
    await this.#measureClock()
    await this.beat()
    this.#timer = setInterval(() => void this.beat().catch(this.#options.onError), BEAT_EVERY_MS).unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#beating?.catch(() => {})
  }

  /** Writes the heartbeat, and ends a pause before it. A second call waits for the first. */
  beat(): Promise<void> {
    this.#beating ??= this.#beat().finally(() => {
      this.#beating = null
    })
    return this.#beating
  }

  /** To be awaited before anything is served or concluded from the clock.
   * @throws DatabaseAwayError, or the database's own error, when this node cannot tell whether a pause has ended */
  async ready(): Promise<void> {
    if (this.#aliveAt === null || performance.now() - this.#aliveAt < PAUSE_MS) return
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => reject(new DatabaseAwayError('The database does not answer.')),
      READY_WITHIN_MS,
    )
    await Promise.race([this.beat(), late]).finally(() => clearTimeout(timer))
  }

  /** Like `ready`, for work that can wait. */
  isAlive(): Promise<boolean> {
    return this.ready().then(
      () => true,
      () => false,
    )
  }

  async #beat(): Promise<void> {
    const { database, nodeId, clock } = this.#options
    const askedAt = performance.now()
    const now = clock.now()
    const lastAlive = new Date(now.getTime() - PAUSE_MS)
    if (this.#lastBeatAt !== null && this.#lastBeatAt < lastAlive) {
      await this.#options.protectOwnLeases({ beganAt: this.#lastBeatAt, endedAt: now })
    }
    const [beat] = await database.$queryRaw<{ databaseTime: Date }[]>`
      INSERT INTO "NodeHeartbeat" ("nodeId", "at")
      SELECT ${nodeId}::uuid, ${now}::timestamptz
      WHERE NOT EXISTS (SELECT FROM "NodeHeartbeat")
        OR EXISTS (SELECT FROM "NodeHeartbeat" WHERE "at" > ${lastAlive}::timestamptz)
      ON CONFLICT ("nodeId") DO UPDATE SET "at" = greatest("NodeHeartbeat"."at", excluded."at")
      RETURNING clock_timestamp() AS "databaseTime"`
    if (beat === undefined) await this.#endPause()
    else this.#correctClock({ now, askedAt, databaseTime: beat.databaseTime })
    this.#aliveAt = askedAt
    this.#lastBeatAt = now
  }

  /** Does nothing when another node has ended the pause. */
  async #endPause(): Promise<void> {
    const { clock, nodeId, resume } = this.#options
    await runTransaction(this.#options, async (tx) => {
      await lockInstallation(tx)
      const [{ beganAt } = { beganAt: null }] = await tx.$queryRaw<{ beganAt: Date | null }[]>`
        SELECT max("at") AS "beganAt" FROM "NodeHeartbeat"`
      const endedAt = clock.now()
      if (beganAt !== null && endedAt.getTime() - beganAt.getTime() > PAUSE_MS) {
        await resume(tx, { beganAt, endedAt })
      }
      await tx.nodeHeartbeat.upsert({
        where: { nodeId },
        create: { nodeId, at: endedAt },
        update: { at: endedAt },
      })
    })
  }

  async #measureClock(): Promise<void> {
    const askedAt = performance.now()
    const now = this.#options.clock.now()
    const [{ databaseTime } = { databaseTime: now }] = await this.#options.database.$queryRaw<
      { databaseTime: Date }[]
    >`SELECT clock_timestamp() AS "databaseTime"`
    this.#correctClock({ now, askedAt, databaseTime })
  }

  /** Takes the middle of the question and its answer as the instant at which the database read its clock. */
  #correctClock({ now, askedAt, databaseTime }: { now: Date; askedAt: number; databaseTime: Date }): void {
    const { clock, onError } = this.#options
    const tookMs = performance.now() - askedAt
    const behindMs = databaseTime.getTime() - (now.getTime() + tookMs / 2)
    if (!clock.correct || Math.abs(behindMs) < Math.max(MIN_CORRECTION_MS, tookMs)) return
    const wasReported = this.clockWarning !== null
    clock.correct(behindMs)
    this.#offsetMs += behindMs
    if (this.clockWarning !== null && !wasReported) onError(new Error(this.clockWarning))
  }
}
