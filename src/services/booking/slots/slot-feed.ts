// The free slots that clients of this node subscribe to. They are computed once for all subscribers to the same days of
// a target: after an event that can change them, when a hold expires, and every minute, because time
// passes. Computations wait for their turns, so that one client's many slots do not delay the others.
import type { Database } from '../../../database/open.ts'
import type { Clock } from '../../context.ts'
import { workspaceStream } from '../../events/append-events.ts'
import type { StoredEvent } from '../../events/catalogue.ts'
import type { EventHub } from '../../events/event-hub.ts'
import { MINUTE } from '../../time.ts'
import { affectsSlots } from './affects-slots.ts'
import type { FairTurns } from './fair-turns.ts'
import { type FoundSlots, findSlotsAndNext } from './list-slots.ts'
import { NO_CALLER } from './meeting-candidates.ts'
import type { SlotsQuery } from './offered-slots.ts'

/** The shortest time between two computations of the same slots. */
export const COALESCE_MS = 250

/** See `SlotUpdate`. */
interface FoundUpdate {
  shared: FoundSlots
  holders: ReadonlySet<string>
  forHolder(caller: string): Promise<FoundSlots>
}

interface Listener {
  /** See `callerOf`: whose turns the computations take. */
  caller: string
  onUpdate(update: FoundUpdate): void
  onAccessChanged(agentId: string): void
  onError(error: unknown): void
}

type SharedQuery = Omit<SlotsQuery, 'now'>

interface SlotFeedOptions {
  database: Database
  clock: Clock
  events: EventHub
  turns: FairTurns
}

export class SlotFeed {
  readonly #options: SlotFeedOptions
  readonly #topics = new Map<string, Topic>()

  constructor(options: SlotFeedOptions) {
    this.#options = options
  }

  /** Those of the computations, for all that is computed for the subscribers. */
  get turns(): FairTurns {
    return this.#options.turns
  }

  /** @returns leave, after the first update */
  async join(slots: SharedQuery, listener: Listener): Promise<() => void> {
    const key = JSON.stringify(slots)
    const topic = this.#topics.get(key) ?? new Topic(this.#options, slots)
    this.#topics.set(key, topic)
    const leave = () => {
      if (topic.remove(listener) && this.#topics.get(key) === topic) this.#topics.delete(key)
    }
    try {
      await topic.add(listener)
      return leave
    } catch (error) {
      leave()
      throw error
    }
  }
}

class Topic {
  readonly #options: SlotFeedOptions
  readonly #slots: SharedQuery
  readonly #listeners = new Set<Listener>()
  #started: Promise<void> | null = null
  #update: FoundUpdate | null = null
  #unsubscribe = () => {}
  #timer: NodeJS.Timeout | null = null
  #cancelAlarm = () => {}
  #computedAt = -Infinity
  /** WAITING: for its turn. */
  #computation: 'NONE' | 'WAITING' | 'RUNNING' = 'NONE'
  /** Events that came during a computation, which may have read the agents of the target before them. */
  #doubtful: StoredEvent[] = []
  #isStopped = false

  constructor(options: SlotFeedOptions, slots: SharedQuery) {
    this.#options = options
    this.#slots = slots
  }

  async add(listener: Listener): Promise<void> {
    this.#listeners.add(listener)
    if (this.#update !== null) listener.onUpdate(this.#update)
    this.#started ??= this.#start()
    await this.#started
  }

  /** @returns whether this was the last listener */
  remove(listener: Listener): boolean {
    this.#listeners.delete(listener)
    if (this.#listeners.size > 0) return false
    this.#isStopped = true
    this.#unsubscribe()
    this.#cancelAlarm()
    if (this.#timer !== null) clearTimeout(this.#timer)
    return true
  }

  async #start(): Promise<void> {
    const subscription = await this.#options.events.subscribe(workspaceStream(this.#slots.workspaceId), {
      onEvents: (events) => this.#onEvents(events),
      onGap: () => this.#request(),
    })
    this.#unsubscribe = subscription.cancel
    // All listeners may have left meanwhile.
    if (this.#isStopped) return subscription.cancel()
    await this.#compute()
  }

  #onEvents(events: StoredEvent[]): void {
    for (const event of events) {
      if (event.type !== 'AccessChanged' || !('agentId' in event.payload)) continue
      for (const listener of [...this.#listeners]) listener.onAccessChanged(event.payload.agentId)
    }
    if (this.#computation === 'RUNNING') this.#doubtful.push(...events)
    if (this.#isAffectedBy(events)) this.#request()
  }

  #isAffectedBy(events: StoredEvent[]): boolean {
    if (this.#update === null) return true
    const of = { target: this.#slots.target, agentIds: this.#update.shared.targetAgentIds }
    return events.some((event) => affectsSlots(event, of))
  }

  /** Requests a computation soon, and coalesces the requests until then. */
  #request(): void {
    if (this.#timer !== null || this.#isStopped) return
    const wait = Math.max(0, this.#computedAt + COALESCE_MS - performance.now())
    this.#timer = setTimeout(() => void this.#compute(), wait)
  }

  async #compute(): Promise<void> {
    this.#timer = null
    // What waits reads the present state. What runs may have read an earlier one.
    if (this.#computation === 'WAITING') return
    if (this.#computation === 'RUNNING') return this.#request()
    const [{ caller } = { caller: NO_CALLER }] = this.#listeners
    const asker = { workspaceId: this.#slots.workspaceId, caller }
    this.#computation = 'WAITING'
    try {
      await this.#options.turns.take(asker, () => this.#computeNow())
    } catch (error) {
      for (const listener of [...this.#listeners]) listener.onError(error)
      this.#request()
    } finally {
      this.#computation = 'NONE'
      this.#doubtful = []
    }
  }

  async #computeNow(): Promise<void> {
    if (this.#isStopped) return
    this.#computation = 'RUNNING'
    this.#computedAt = performance.now()
    const { update, changesAt } = await readUpdate(this.#options, this.#slots)
    if (this.#isStopped) return
    this.#cancelAlarm()
    this.#cancelAlarm = this.#options.clock.at(changesAt, () => this.#request())
    this.#update = update
    if (this.#isAffectedBy(this.#doubtful)) this.#request()
    for (const listener of this.#listeners) listener.onUpdate(update)
  }
}

async function readUpdate(
  { database, clock }: SlotFeedOptions,
  slots: SharedQuery,
): Promise<{ update: FoundUpdate; changesAt: Date }> {
  const now = clock.now()
  const holds = await readHolds(database, { workspaceId: slots.workspaceId, now })
  const read = (caller: string) => findSlotsAndNext(database, { ...slots, caller, now })
  const nextMinute = (Math.floor(now.getTime() / MINUTE) + 1) * MINUTE
  const shared = await read(NO_CALLER)
  const ofTarget = holds.filter(({ agentId }) => shared.targetAgentIds.includes(agentId))
  const ends = ofTarget.map(({ expiresAt }) => expiresAt.getTime())
  return {
    update: { shared, holders: new Set(ofTarget.map(({ holder }) => holder)), forHolder: read },
    changesAt: new Date(Math.min(nextMinute, ...ends)),
  }
}

function readHolds(database: Database, { workspaceId, now }: { workspaceId: string; now: Date }) {
  return database.$queryRaw<{ holder: string; agentId: string; expiresAt: Date }[]>`
    SELECT "holder", "agentId", "expiresAt" FROM "Reservation"
    WHERE "workspaceId" = ${workspaceId}::uuid AND "expiresAt" > ${now}::timestamptz`
}
