// Reads every committed event once on each node, and hands it to all subscribers of its stream there. Wake-ups trigger
// the reads; a slow poll of the streams' heads makes up for lost ones (docs/semantics.md, section 7).
import type { Database } from '../../database/open.ts'
import type { Signal, WakeUps } from '../ports/wake-ups.ts'
import type { ReadEvent, StoredEvent } from './catalogue.ts'
import { createReader, type EventReader } from './stored-events.ts'

/** How many events of one stream are read at once. */
const BATCH = 500
const POLL_EVERY_MS = 2000
/** A signal that is repeated sooner is dropped: who is typing is shown for a few seconds. */
const SIGNAL_EVERY_MS = 1000

export interface StreamSubscriber {
  /** Receives events in order and without gaps, in batches as they were read. Must not throw. */
  onEvents(events: StoredEvent[]): void
  /** Receives a signal, which is stored nowhere. Must not throw. */
  onSignal?(signal: Signal): void
  /** Events are missing: they were deleted before they were read, or cannot be read. Must not throw. */
  onGap(): void
}

export interface StreamSubscription {
  /** The number of the last event that was handed over; before the first, the head at the time of subscription. */
  position(): number
  cancel(): void
}

interface Channel {
  position: number
  subscribers: Set<StreamSubscriber>
}

export interface EventHubOptions {
  database: Database
  wakeUps: WakeUps
  /** Reports a failed read, which the next poll retries. */
  onError(error: unknown): void
}

export class EventHub {
  readonly #reader: EventReader
  readonly #onError: (error: unknown) => void
  readonly #opening = new Map<string, Promise<Channel>>()
  readonly #channels = new Map<string, Channel>()
  /** When each signal was last passed on, the longest ago first, on the machine's monotonic clock. */
  readonly #signalledAt = new Map<string, number>()
  /** Streams that may have events beyond their position. */
  readonly #grown = new Set<string>()
  #isReading = false
  readonly #stopListening: () => void
  readonly #timer: NodeJS.Timeout

  constructor({ database, wakeUps, onError }: EventHubOptions) {
    this.#reader = createReader(database)
    this.#onError = onError
    const stops = [
      wakeUps.listen((streamIds) => this.#wake(streamIds ?? this.#channels.keys())),
      wakeUps.listenToSignals((signal) => this.#passOn(signal)),
    ]
    this.#stopListening = () => {
      for (const stop of stops) stop()
    }
    // The interval does not depend on wall-clock time, so it runs on the machine's timer.
    this.#timer = setInterval(() => void this.#poll(), POLL_EVERY_MS).unref()
  }

  /** @returns once every event that is committed from then on is handed over */
  async subscribe(streamId: string, subscriber: StreamSubscriber): Promise<StreamSubscription> {
    const channel = await this.#open(streamId)
    // The last subscriber left meanwhile, and the channel was closed.
    if (this.#channels.get(streamId) !== channel) return this.subscribe(streamId, subscriber)
    channel.subscribers.add(subscriber)
    return {
      position: () => channel.position,
      cancel: () => {
        channel.subscribers.delete(subscriber)
        if (channel.subscribers.size > 0 || this.#channels.get(streamId) !== channel) return
        this.#channels.delete(streamId)
        this.#opening.delete(streamId)
      },
    }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#stopListening()
    this.#channels.clear()
    this.#opening.clear()
  }

  #open(streamId: string): Promise<Channel> {
    const known = this.#opening.get(streamId)
    if (known) return known
    const opening = this.#read(streamId)
    this.#opening.set(streamId, opening)
    opening.catch(() => this.#opening.delete(streamId))
    return opening
  }

  async #read(streamId: string): Promise<Channel> {
    const { head } = await this.#reader.bounds(streamId)
    const channel: Channel = { position: head, subscribers: new Set() }
    this.#channels.set(streamId, channel)
    // Wake-ups before this moment found no channel.
    this.#wake([streamId])
    return channel
  }

  #wake(streamIds: Iterable<string>): void {
    for (const streamId of streamIds) if (this.#channels.has(streamId)) this.#grown.add(streamId)
    if (!this.#isReading && this.#grown.size > 0) void this.#readGrown()
  }

  async #readGrown(): Promise<void> {
    this.#isReading = true
    try {
      while (this.#grown.size > 0) {
        const positions = new Map<string, number>()
        for (const streamId of this.#grown) {
          const channel = this.#channels.get(streamId)
          if (channel) positions.set(streamId, channel.position)
        }
        this.#grown.clear()
        for (const [streamId, events] of await this.#reader.readAfter(positions, BATCH)) {
          this.#handOver(streamId, events)
          if (events.length === BATCH) this.#grown.add(streamId)
        }
      }
    } catch (error) {
      this.#onError(error)
    } finally {
      this.#isReading = false
    }
  }

  #handOver(streamId: string, events: ReadEvent[]): void {
    const channel = this.#channels.get(streamId)
    // A channel that was closed and opened again meanwhile is ahead of what was read.
    const fresh = events.filter(({ seq }) => channel !== undefined && seq > channel.position)
    const [first] = fresh
    if (channel === undefined || first === undefined) return
    const readable = fresh.filter((event) => event.type !== 'Unreadable')
    const isGap = first.seq !== channel.position + 1 || readable.length < fresh.length
    channel.position = fresh.at(-1)?.seq ?? channel.position
    for (const subscriber of [...channel.subscribers]) {
      if (isGap) subscriber.onGap()
      else subscriber.onEvents(readable)
    }
  }

  #passOn(signal: Signal): void {
    const channel = this.#channels.get(signal.streamId)
    if (channel === undefined || this.#isRepeated(signal)) return
    for (const subscriber of channel.subscribers) subscriber.onSignal?.(signal)
  }

  /** Remembers the signal if it is not, and forgets those of which no repetition is dropped any more. */
  #isRepeated(signal: Signal): boolean {
    const now = performance.now()
    const since = now - SIGNAL_EVERY_MS
    for (const [key, at] of this.#signalledAt) {
      if (at > since) break
      this.#signalledAt.delete(key)
    }
    const key = JSON.stringify(signal)
    if (this.#signalledAt.has(key)) return true
    this.#signalledAt.set(key, now)
    return false
  }

  async #poll(): Promise<void> {
    try {
      const heads = await this.#reader.heads([...this.#channels.keys()])
      this.#wake(
        [...heads]
          .filter(([id, head]) => head > (this.#channels.get(id)?.position ?? head))
          .map(([id]) => id),
      )
    } catch (error) {
      this.#onError(error)
    }
  }
}
