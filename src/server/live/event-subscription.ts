// One subscription to a stream of events: replays what the client has missed, tells it that it has caught up, and
// goes on live, without a gap and without repeating anything (docs/delivery.md).
import type { LiveParts } from '../../app.ts'
import type { Services } from '../../services/context.ts'
import type { Following } from '../../services/events/event-hub.ts'
import type { EventSource, ResetReason } from '../../services/events/event-source.ts'
import { createReader, type EventReader, type StoredEvent } from '../../services/events/stored-events.ts'
import type { Held } from '../../services/presence/leases.ts'
import {
  type EventGroup,
  type EventGroups,
  type GroupEnd,
  type GroupMember,
  REPLAY_PAGE,
} from './event-groups.ts'
import type { LiveOperation, Payload } from './live-operation.ts'
import { Outbox } from './outbox.ts'
import type { BreakOff, Sink } from './sink.ts'

export interface EventSubscriptionOptions {
  services: Services
  live: LiveParts
  groups: EventGroups
  operation: LiveOperation
  source: EventSource
  sink: Sink
  /** Told of faults, after which the subscription is broken off. */
  onFault(error: unknown): void
}

export class EventSubscription implements GroupMember {
  position = 0
  readonly #options: EventSubscriptionOptions
  readonly #reader: EventReader
  #group: EventGroup | null = null
  #presence: Held | null = null
  #access: Promise<Following> | null = null
  #isOver = false
  /** What happens while CaughtUp is being sent; null once it has been. */
  #held: Payload[] | null = []

  constructor(options: EventSubscriptionOptions) {
    this.#options = options
    this.#reader = createReader(options.services.database)
  }

  /** Runs until it is stopped, or ends. */
  start(): void {
    const { source, sink, live } = this.#options
    const { workspaceId, presence } = source
    if (presence) {
      this.#presence = { workspaceId, id: presence.id, heardAt: () => sink.heardAt() }
      void live.leases[presence.kind].open(this.#presence)
    }
    void this.#guard(() => this.#begin())
  }

  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#group?.leave(this)
    this.#access?.then((following) => following.stop()).catch(() => {})
    const { source, live } = this.#options
    if (this.#presence && source.presence) live.leases[source.presence.kind].close(this.#presence)
  }

  onEvent(event: StoredEvent, payload: Payload | null): void {
    if (this.#options.source.endsAccess(event)) void this.#reset('ACCESS_CHANGED')
    else if (payload !== null && this.#held !== null) this.#held.push(payload)
    else if (payload !== null) this.#send(payload)
  }

  onSignal(payload: Payload): void {
    // Before it has caught up, nobody is waiting for it.
    if (this.#held === null) this.#send(payload)
  }

  onEnd(reason: GroupEnd): void {
    if (reason === 'GAP') void this.#reset('CURSOR_EXPIRED')
    else this.#breakOff(reason)
  }

  async #begin(): Promise<void> {
    const { groups, operation, source, services } = this.#options
    await this.#followAccess()
    const group = await groups.prepare(this, { operation, source })
    this.#group = group
    // Stopped meanwhile, when there was no group to leave yet.
    if (this.#isOver) return group.leave(this)
    const beginning = await source.begin()
    if ('reset' in beginning) return this.#reset(beginning.reset)
    this.position = beginning.after
    do {
      const until = Math.max(beginning.head, group.position)
      await this.#replay(group, { head: beginning.head, until })
      // The last ones were deleted meanwhile.
      if (this.position < until) return this.#reset('CURSOR_EXPIRED')
    } while (!this.#isOver && this.position < group.position)
    if (this.#isOver) return
    group.join(this)
    const caughtUp = await this.#answer({ kind: 'CaughtUp', at: services.clock.now() })
    if (this.#isOver) return
    this.#send(caughtUp)
    for (const payload of this.#held ?? []) this.#send(payload)
    this.#held = null
  }

  /** Before access is looked at, so that nothing that happens to it later is missed. */
  async #followAccess(): Promise<void> {
    const { source, live } = this.#options
    if (source.accessStreamId === null) return
    const lose = () => void this.#reset('ACCESS_CHANGED')
    this.#access = live.events.follow(source.accessStreamId, {
      onEvents: (events) => events.some((event) => source.endsAccess(event)) && lose(),
      onGap: lose,
    })
    await this.#access
  }

  /** Sends everything there is after the position.
   * @param bounds.head the newest event at the beginning: changes of access up to it are known
   * @param bounds.until the newest event that is known to be committed */
  async #replay(group: EventGroup, { head, until }: { head: number; until: number }): Promise<void> {
    const outbox = new Outbox(this.#options.sink)
    while (!this.#isOver) {
      const { events, isLast } = await this.#readNext(group, until)
      const obstacle = await this.#tell(events, { group, head, outbox })
      await outbox.flush()
      if (obstacle) return this.#reset(obstacle)
      if (isLast) return
    }
  }

  /** @returns the next events there are; at least one, unless they are the last */
  async #readNext(group: EventGroup, until: number): Promise<{ events: StoredEvent[]; isLast: boolean }> {
    const { streamId } = this.#options.source
    const page = Math.floor(this.position / REPLAY_PAGE)
    if ((page + 1) * REPLAY_PAGE <= until) {
      const events = await group.readPage(page, this.#reader)
      const next = events.filter(({ seq }) => seq > this.position)
      return { events: next, isLast: next.length === 0 }
    }
    const positions = new Map([[streamId, this.position]])
    const events = (await this.#reader.readAfter(positions, REPLAY_PAGE)).get(streamId) ?? []
    return { events, isLast: events.length < REPLAY_PAGE }
  }

  /** @returns why it cannot go on, if so */
  async #tell(
    events: StoredEvent[],
    { group, head, outbox }: { group: EventGroup; head: number; outbox: Outbox },
  ): Promise<ResetReason | null> {
    const { source } = this.#options
    for (const event of events) {
      if (event.seq !== this.position + 1) return 'CURSOR_EXPIRED'
      if (event.seq > head && source.endsAccess(event)) return 'ACCESS_CHANGED'
      const payload = source.includes(event) ? await group.replay(event) : null
      if (this.#isOver) return null
      if (payload) await outbox.add(payload.join(source.holder))
      this.position = event.seq
    }
    return null
  }

  /** What is told of the subscription itself. */
  #answer(root: { kind: string; at: Date; reason?: ResetReason }): Promise<Payload> {
    const { operation, source } = this.#options
    return operation.execute(root, source.placeOf(this.position))
  }

  #send(payload: Payload): void {
    this.#options.sink.send(payload.join(this.#options.source.holder))
  }

  async #reset(reason: ResetReason): Promise<void> {
    if (this.#isOver) return
    this.stop()
    const { services, sink } = this.#options
    await this.#guard(async () => {
      this.#send(await this.#answer({ kind: 'ResetRequired', at: services.clock.now(), reason }))
      sink.complete()
    })
  }

  #breakOff(reason: BreakOff): void {
    this.stop()
    this.#options.sink.breakOff(reason)
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#options.onFault(error)
      this.#breakOff('FAULT')
    }
  }
}
