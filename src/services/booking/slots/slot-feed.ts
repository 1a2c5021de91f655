// The slots that are watched on this node. However many watch the same ones, in whatever zone, they are computed once
// for all of them: when something happened that may have changed them, when a hold ends, and with every minute,
// because slots go by.
import type { Database } from '../../../database/open.ts'
import type { Clock } from '../../context.ts'
import { workspaceStream } from '../../events/append-events.ts'
import type { StoredEvent } from '../../events/catalogue.ts'
import type { EventHub } from '../../events/event-hub.ts'
import { MINUTE } from '../../time.ts'
import { type FoundSlots, findSlotsAndNext } from './list-slots.ts'
import { NO_CALLER } from './meeting-candidates.ts'
import type { SlotsQuery } from './offered-slots.ts'

/** At most one computation in this time. */
export const COALESCE_MS = 250

/** What is free now; see `SlotNews`. */
interface FoundNews {
  shared: FoundSlots
  holders: ReadonlySet<string>
  forHolder(caller: string): Promise<FoundSlots>
}

interface Listener {
  onNews(news: FoundNews): void
  onAccessChanged(agentId: string): void
  onError(error: unknown): void
}

type WatchedSlots = Omit<SlotsQuery, 'now'>

interface SlotFeedOptions {
  database: Database
  clock: Clock
  events: EventHub
}

export class SlotFeed {
  readonly #options: SlotFeedOptions
  readonly #watches = new Map<string, Watch>()

  constructor(options: SlotFeedOptions) {
    this.#options = options
  }

  /** @returns leaves; once the first slots were told */
  async join(slots: WatchedSlots, listener: Listener): Promise<() => void> {
    const key = JSON.stringify(slots)
    const watch = this.#watches.get(key) ?? new Watch(this.#options, slots)
    this.#watches.set(key, watch)
    const leave = () => {
      if (watch.remove(listener) && this.#watches.get(key) === watch) this.#watches.delete(key)
    }
    try {
      await watch.add(listener)
      return leave
    } catch (error) {
      leave()
      throw error
    }
  }
}

class Watch {
  readonly #options: SlotFeedOptions
  readonly #slots: WatchedSlots
  readonly #listeners = new Set<Listener>()
  #started: Promise<void> | null = null
  #news: FoundNews | null = null
  #unsubscribe = () => {}
  #timer: NodeJS.Timeout | null = null
  #cancelAlarm = () => {}
  #computedAt = -Infinity
  #isComputing = false
  #isStopped = false

  constructor(options: SlotFeedOptions, slots: WatchedSlots) {
    this.#options = options
    this.#slots = slots
  }

  async add(listener: Listener): Promise<void> {
    this.#listeners.add(listener)
    if (this.#news !== null) listener.onNews(this.#news)
    this.#started ??= this.#start()
    await this.#started
  }

  /** @returns whether nobody is left */
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
    // Everybody may have left meanwhile.
    if (this.#isStopped) return subscription.cancel()
    await this.#compute()
  }

  #onEvents(events: StoredEvent[]): void {
    for (const event of events) {
      if (event.type !== 'AccessChanged' || !('agentId' in event.payload)) continue
      for (const listener of [...this.#listeners]) listener.onAccessChanged(event.payload.agentId)
    }
    this.#request()
  }

  /** Soon; together with whatever else happens meanwhile. */
  #request(): void {
    if (this.#timer !== null || this.#isStopped) return
    const wait = Math.max(0, this.#computedAt + COALESCE_MS - performance.now())
    this.#timer = setTimeout(() => void this.#compute(), wait)
  }

  async #compute(): Promise<void> {
    this.#timer = null
    if (this.#isComputing) return this.#request()
    this.#isComputing = true
    this.#computedAt = performance.now()
    try {
      const { news, changesAt } = await readNews(this.#options, this.#slots)
      if (this.#isStopped) return
      this.#cancelAlarm()
      this.#cancelAlarm = this.#options.clock.at(changesAt, () => this.#request())
      this.#news = news
      for (const listener of this.#listeners) listener.onNews(news)
    } catch (error) {
      for (const listener of this.#listeners) listener.onError(error)
    } finally {
      this.#isComputing = false
    }
  }
}

async function readNews(
  { database, clock }: SlotFeedOptions,
  slots: WatchedSlots,
): Promise<{ news: FoundNews; changesAt: Date }> {
  const now = clock.now()
  const holds = await readHolds(database, { workspaceId: slots.workspaceId, now })
  const read = (caller: string) => findSlotsAndNext(database, { ...slots, caller, now })
  const nextMinute = (Math.floor(now.getTime() / MINUTE) + 1) * MINUTE
  const ends = holds.map(({ expiresAt }) => expiresAt.getTime())
  return {
    news: {
      shared: await read(NO_CALLER),
      holders: new Set(holds.map(({ holder }) => holder)),
      forHolder: read,
    },
    changesAt: new Date(Math.min(nextMinute, ...ends)),
  }
}

function readHolds(database: Database, { workspaceId, now }: { workspaceId: string; now: Date }) {
  return database.$queryRaw<{ holder: string; expiresAt: Date }[]>`
    SELECT "holder", "expiresAt" FROM "Reservation"
    WHERE "workspaceId" = ${workspaceId}::uuid AND "expiresAt" > ${now}::timestamptz`
}
