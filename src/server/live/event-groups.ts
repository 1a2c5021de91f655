// Groups the subscribers that ask for the same events of one stream with the same operation. The operation is executed
// once per event for the whole group, in the order of the stream.
import type { ReadEvent, StoredEvent } from '../../services/events/catalogue.ts'
import type { EventHub, StreamSubscription } from '../../services/events/event-hub.ts'
import type { EventSource } from '../../services/events/event-source.ts'
import type { EventReader } from '../../services/events/stored-events.ts'
import type { Signal } from '../../services/ports/wake-ups.ts'
import { PromiseCache } from '../../services/promise-cache.ts'
import { AnswerTooLargeError } from '../answer-limit.ts'
import { EventFaults } from './event-faults.ts'
import type { LiveOperation, Payload } from './live-operation.ts'
import { SharedAnswers } from './shared-answers.ts'

/** Events and signals that may wait for execution. Beyond this, events arrive faster than the group executes them. */
const MAX_QUEUED = 10_000

/** How many events a replay reads at once. */
export const REPLAY_PAGE = 100
/** How many pages, with the answers to their events, a group caches for clients that reconnect at the same time. */
const MAX_PAGES = 5

/** OVERLOADED: the group cannot keep up. GAP: events are missing from the stream. FAULT: an internal error. Or an error
 * that any retry would meet. */
export type GroupEndReason = 'OVERLOADED' | 'GAP' | 'FAULT' | AnswerTooLargeError

export interface GroupSubscriber {
  /** The number of the last event that the subscriber received or skipped. */
  position: number
  /** @param payload null: the subscription does not include this event */
  onEvent(event: StoredEvent, payload: Payload | null): void
  /** Receives a signal, which has no position in the stream. */
  onSignal(payload: Payload): void
  /** The last call: nothing more is delivered. */
  onEnd(reason: GroupEndReason): void
}

export interface EventGroupsOptions {
  hub: EventHub
  onFault(error: unknown): void
}

/** The groups of a node, by the keys of their operations. */
export class EventGroups {
  readonly #options: EventGroupsOptions
  readonly #groups = new Map<string, EventGroup>()
  /** Counted for the node, because a group ends with its first fault. */
  readonly #faults = new EventFaults()
  readonly #answers = new SharedAnswers()

  constructor(options: EventGroupsOptions) {
    this.#options = options
  }

  /** @returns a group that has subscribed to the stream: after `join` the subscriber receives every event that is
   * committed from now on. The subscriber must call `leave` in the end, even if it never joined. */
  async prepareJoin(
    subscriber: GroupSubscriber,
    { operation, source }: { operation: LiveOperation; source: EventSource },
  ): Promise<EventGroup> {
    const known = this.#groups.get(operation.key)
    const group =
      known ??
      new EventGroup(
        { operation, source, faults: this.#faults, answers: this.#answers, onFault: this.#options.onFault },
        () => {
          if (this.#groups.get(operation.key) === group) this.#groups.delete(operation.key)
        },
      )
    this.#groups.set(operation.key, group)
    await group.prepareJoin(subscriber, this.#options.hub)
    return group
  }
}

interface GroupOptions {
  operation: LiveOperation
  source: EventSource
  faults: EventFaults
  answers: SharedAnswers
  onFault(error: unknown): void
}

export class EventGroup {
  readonly #options: GroupOptions
  readonly #onClose: () => void
  readonly #subscribers = new Set<GroupSubscriber>()
  /** Subscribers that still replay, and will join. */
  readonly #joining = new Set<GroupSubscriber>()
  /** Events and signals that wait for execution. */
  readonly #queue: (StoredEvent | Signal)[] = []
  #hubSubscription: Promise<StreamSubscription> | null = null
  #position = () => 0
  /** Pages of events that the replays of joining subscribers share, by page number. */
  readonly #pages = new PromiseCache<ReadEvent[]>(MAX_PAGES)
  /** Answers that the replays of joining subscribers share, by event number. */
  readonly #replayed = new PromiseCache<Payload>(MAX_PAGES * REPLAY_PAGE)
  #isDelivering = false

  constructor(options: GroupOptions, onClose: () => void) {
    this.#options = options
    this.#onClose = onClose
  }

  async prepareJoin(subscriber: GroupSubscriber, hub: EventHub): Promise<void> {
    this.#joining.add(subscriber)
    this.#hubSubscription ??= hub.subscribe(this.#options.source.streamId, {
      onEvents: (events) => this.#enqueue(events),
      onSignal: (signal) => this.#enqueue([signal]),
      onGap: () => this.#end('GAP'),
    })
    try {
      const hubSubscription = await this.#hubSubscription
      this.#position = hubSubscription.position
    } catch (error) {
      this.#close()
      throw error
    }
  }

  /** The number of the last event of the stream that the node has read. */
  get position(): number {
    return this.#position()
  }

  /** Reads a page of events for a joining subscriber. Subscribers that replay at the same time share one read.
   * @param page holds the REPLAY_PAGE events that follow event number `page * REPLAY_PAGE`; all of them must be
   * committed */
  readPage(page: number, reader: EventReader): Promise<ReadEvent[]> {
    const { streamId } = this.#options.source
    return this.#pages.get(page, async () => {
      const after = page * REPLAY_PAGE
      const events = await reader.readAfter(new Map([[streamId, after]]), REPLAY_PAGE)
      return (events.get(streamId) ?? []).filter(({ seq }) => seq <= after + REPLAY_PAGE)
    })
  }

  /** Whether the event failed so often that its subscribers should stop retrying. */
  hasFailedTooOften(seq: number): boolean {
    return this.#options.faults.hasFailedTooOften(this.#faultKey(seq))
  }

  /** Executes the operation for an event that a joining subscriber missed. Subscribers that replay at the same time
   * share one execution. */
  replay(event: StoredEvent): Promise<Payload> {
    return this.#replayed.get(event.seq, () => this.#execute(event))
  }

  join(subscriber: GroupSubscriber): void {
    this.#subscribers.add(subscriber)
    this.#endJoining(subscriber)
  }

  /** Removes a subscriber, whether it has joined or is still joining. */
  leave(subscriber: GroupSubscriber): void {
    const wasHere = this.#subscribers.delete(subscriber) || this.#endJoining(subscriber)
    if (wasHere && this.#subscribers.size + this.#joining.size === 0) this.#close()
  }

  /** @returns whether the subscriber was joining */
  #endJoining(subscriber: GroupSubscriber): boolean {
    const wasJoining = this.#joining.delete(subscriber)
    if (this.#joining.size === 0) {
      this.#pages.clear()
      this.#replayed.clear()
    }
    return wasJoining
  }

  #enqueue(items: (StoredEvent | Signal)[]): void {
    this.#queue.push(...items)
    if (this.#queue.length > MAX_QUEUED) this.#end('OVERLOADED')
    else if (!this.#isDelivering) void this.#deliverQueue()
  }

  async #deliverQueue(): Promise<void> {
    const { onFault } = this.#options
    this.#isDelivering = true
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        if ('seq' in next) await this.#deliverEvent(next)
        else await this.#deliverSignal(next)
      }
    } catch (error) {
      onFault(error)
      this.#end(error instanceof AnswerTooLargeError ? error : 'FAULT')
    } finally {
      this.#isDelivering = false
    }
  }

  async #deliverEvent(event: StoredEvent): Promise<void> {
    const payload = this.#options.source.includes(event) ? await this.#execute(event) : null
    for (const subscriber of this.#subscribers) deliver(subscriber, { event, payload })
  }

  /** A signal may be lost, so one that fails is dropped. */
  async #deliverSignal(signal: Signal): Promise<void> {
    const { operation, onFault } = this.#options
    const answer = await operation.execute(signal).catch(onFault)
    if (answer) for (const subscriber of this.#subscribers) subscriber.onSignal(answer)
  }

  #execute(event: StoredEvent): Promise<Payload> {
    const { operation, source, faults, answers } = this.#options
    const place = source.placeOf(event.seq)
    return faults.count(this.#faultKey(event.seq), () => answers.execute(operation, event, place))
  }

  #faultKey(seq: number): string {
    return `${this.#options.operation.key} ${seq}`
  }

  #end(reason: GroupEndReason): void {
    const subscribers = [...this.#subscribers, ...this.#joining]
    this.#subscribers.clear()
    this.#joining.clear()
    this.#close()
    for (const subscriber of subscribers) subscriber.onEnd(reason)
  }

  #close(): void {
    this.#onClose()
    this.#queue.length = 0
    this.#hubSubscription?.then((hubSubscription) => hubSubscription.cancel()).catch(() => {})
  }
}

/** Skips an event that the subscriber's replay has already covered. */
function deliver(
  subscriber: GroupSubscriber,
  { event, payload }: { event: StoredEvent; payload: Payload | null },
): void {
  if (event.seq <= subscriber.position) return
  subscriber.position = event.seq
  subscriber.onEvent(event, payload)
}
