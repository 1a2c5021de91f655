// Subscribers to the same events of one stream, asked for in the same way. Each event is executed once for all of
// them, in the order of the stream.
import type { EventHub, Following } from '../../services/events/event-hub.ts'
import type { EventSource } from '../../services/events/event-source.ts'
import type { EventReader, StoredEvent } from '../../services/events/stored-events.ts'
import type { Signal } from '../../services/ports/wake-ups.ts'
import type { LiveOperation, Payload } from './live-operation.ts'
import { PromiseCache } from './promise-cache.ts'

/** Events that wait to be executed for a group. Beyond it the database is slower than what happens. */
const MOST_WAITING = 10_000

/** What is read at once for those who come back. */
export const REPLAY_PAGE = 100
/** Pages that are kept, and answers to the events on them, for others who come back at about the same time. */
const MOST_PAGES = 5

/** OVERLOADED: the group cannot keep up. GAP: events are missing. FAULT: a fault of ours. */
export type GroupEnd = 'OVERLOADED' | 'GAP' | 'FAULT'

export interface GroupMember {
  /** The number of the last event that the member was told of, or passed over. */
  position: number
  /** @param payload null: the subscription is not told of this event */
  onEvent(event: StoredEvent, payload: Payload | null): void
  /** Told of something that has no place in the stream. */
  onSignal(payload: Payload): void
  /** No more comes. */
  onEnd(reason: GroupEnd): void
}

export interface EventGroupsOptions {
  hub: EventHub
  onFault(error: unknown): void
}

/** The groups of a node, by the keys of their operations. */
export class EventGroups {
  readonly #options: EventGroupsOptions
  readonly #groups = new Map<string, EventGroup>()

  constructor(options: EventGroupsOptions) {
    this.#options = options
  }

  /** @returns a group that would tell the member, once it joins, of all that is committed from now on. The member must
   * leave in the end, also when it never joined. */
  async prepare(
    member: GroupMember,
    { operation, source }: { operation: LiveOperation; source: EventSource },
  ): Promise<EventGroup> {
    const known = this.#groups.get(operation.key)
    const group =
      known ??
      new EventGroup({ operation, source, onFault: this.#options.onFault }, () => {
        if (this.#groups.get(operation.key) === group) this.#groups.delete(operation.key)
      })
    this.#groups.set(operation.key, group)
    await group.prepare(member, this.#options.hub)
    return group
  }
}

interface GroupOptions {
  operation: LiveOperation
  source: EventSource
  onFault(error: unknown): void
}

export class EventGroup {
  readonly #options: GroupOptions
  readonly #onClose: () => void
  readonly #members = new Set<GroupMember>()
  readonly #waiting: (StoredEvent | Signal)[] = []
  #following: Promise<Following> | null = null
  #position = () => 0
  /** Those who are about to join. */
  readonly #preparing = new Set<GroupMember>()
  /** For those who are about to join: pages of events, and answers by the numbers of the events. */
  readonly #pages = new PromiseCache<StoredEvent[]>(MOST_PAGES)
  readonly #replayed = new PromiseCache<Payload>(MOST_PAGES * REPLAY_PAGE)
  #isRunning = false

  constructor(options: GroupOptions, onClose: () => void) {
    this.#options = options
    this.#onClose = onClose
  }

  async prepare(member: GroupMember, hub: EventHub): Promise<void> {
    this.#preparing.add(member)
    this.#following ??= hub.follow(this.#options.source.streamId, {
      onEvents: (events) => this.#onNews(events),
      onSignal: (signal) => this.#onNews([signal]),
      onGap: () => this.#end('GAP'),
    })
    try {
      const following = await this.#following
      this.#position = following.position
    } catch (error) {
      this.#close()
      throw error
    }
  }

  /** The number of the last event that the node has read of the stream. */
  get position(): number {
    return this.#position()
  }

  /** Events for somebody who is about to join. However many come back at the same time, they are read once; again for
   * stragglers.
   * @param page the events after so many times REPLAY_PAGE; all that are on it must be committed */
  readPage(page: number, reader: EventReader): Promise<StoredEvent[]> {
    const { streamId } = this.#options.source
    return this.#pages.get(page, async () => {
      const after = page * REPLAY_PAGE
      const events = await reader.readAfter(new Map([[streamId, after]]), REPLAY_PAGE)
      return (events.get(streamId) ?? []).filter(({ seq }) => seq <= after + REPLAY_PAGE)
    })
  }

  /** The answer for somebody who is about to join: like pages, executed once for those who come at the same time. */
  replay(event: StoredEvent): Promise<Payload> {
    return this.#replayed.get(event.seq, () => this.#execute(event))
  }

  join(member: GroupMember): void {
    this.#members.add(member)
    this.#endPreparing(member)
  }

  /** Of a member, or of somebody who was about to become one. */
  leave(member: GroupMember): void {
    const wasHere = this.#members.delete(member) || this.#endPreparing(member)
    if (wasHere && this.#members.size + this.#preparing.size === 0) this.#close()
  }

  /** @returns whether the member was about to join */
  #endPreparing(member: GroupMember): boolean {
    const wasPreparing = this.#preparing.delete(member)
    if (this.#preparing.size === 0) {
      this.#pages.clear()
      this.#replayed.clear()
    }
    return wasPreparing
  }

  #onNews(news: (StoredEvent | Signal)[]): void {
    this.#waiting.push(...news)
    if (this.#waiting.length > MOST_WAITING) this.#end('OVERLOADED')
    else if (!this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    const { onFault } = this.#options
    this.#isRunning = true
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
        if ('seq' in next) await this.#tell(next)
        else await this.#pass(next)
      }
    } catch (error) {
      onFault(error)
      this.#end('FAULT')
    } finally {
      this.#isRunning = false
    }
  }

  async #tell(event: StoredEvent): Promise<void> {
    const payload = this.#options.source.includes(event) ? await this.#execute(event) : null
    for (const member of this.#members) tell(member, { event, payload })
  }

  async #pass({ type, payload }: Signal): Promise<void> {
    const told = await this.#options.operation.execute({ kind: type, payload })
    for (const member of this.#members) member.onSignal(told)
  }

  #execute(event: StoredEvent): Promise<Payload> {
    const { operation, source } = this.#options
    return operation.execute({ ...event, kind: event.type }, source.placeOf(event.seq))
  }

  #end(reason: GroupEnd): void {
    const members = [...this.#members, ...this.#preparing]
    this.#members.clear()
    this.#preparing.clear()
    this.#close()
    for (const member of members) member.onEnd(reason)
  }

  #close(): void {
    this.#onClose()
    this.#waiting.length = 0
    this.#following?.then((following) => following.stop()).catch(() => {})
  }
}

function tell(
  member: GroupMember,
  { event, payload }: { event: StoredEvent; payload: Payload | null },
): void {
  if (event.seq <= member.position) return
  member.position = event.seq
  member.onEvent(event, payload)
}
