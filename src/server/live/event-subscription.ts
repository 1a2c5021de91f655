// One subscription to a stream of events: it replays what the client has missed, sends CaughtUp, and continues live,
// without a gap and without duplicates (docs/delivery.md).
import type { LiveParts } from '../../app.ts'
import type { Services } from '../../services/context.ts'
import type { ReadEvent, StoredEvent } from '../../services/events/catalogue.ts'
import type { StreamSubscription } from '../../services/events/event-hub.ts'
import type { EventSource, ResetReason, SubscriptionNotice } from '../../services/events/event-source.ts'
import { createReader, type EventReader } from '../../services/events/stored-events.ts'
import type { PresentClient } from '../../services/presence/leases.ts'
import { AnswerTooLargeError } from '../answer-limit.ts'
import {
  type EventGroup,
  type EventGroups,
  type GroupEndReason,
  type GroupSubscriber,
  REPLAY_PAGE,
} from './event-groups.ts'
import type { LiveOperation, Payload } from './live-operation.ts'
import { ReplayWriter } from './replay-writer.ts'
import { type AbortReason, refuseWith, type Sink } from './sink.ts'

export interface EventSubscriptionOptions {
  services: Services
  live: LiveParts
  groups: EventGroups
  operation: LiveOperation
  source: EventSource
  sink: Sink
  /** Receives an internal error, after which the subscription is aborted. */
  onFault(error: unknown): void
}

export class EventSubscription implements GroupSubscriber {
  position = 0
  readonly #options: EventSubscriptionOptions
  readonly #reader: EventReader
  #group: EventGroup | null = null
  #presence: PresentClient | null = null
  #accessSubscription: Promise<StreamSubscription> | null = null
  #isStopped = false
  /** Live answers that wait until CaughtUp has been sent; null from then on. */
  #pending: Payload[] | null = []

  constructor(options: EventSubscriptionOptions) {
    this.#options = options
    this.#reader = createReader(options.services.database)
  }

  start(): void {
    const { source, sink, live } = this.#options
    const { workspaceId, presence } = source
    if (presence) {
      this.#presence = { workspaceId, id: presence.id, heardAt: () => sink.heardAt() }
      void live.leases[presence.kind].open(this.#presence)
    }
    void this.#guard(() => this.#replayAndJoin())
  }

  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#group?.leave(this)
    this.#accessSubscription?.then((subscription) => subscription.cancel()).catch(() => {})
    const { source, live } = this.#options
    if (this.#presence && source.presence) live.leases[source.presence.kind].close(this.#presence)
  }

  onEvent(event: StoredEvent, payload: Payload | null): void {
    if (this.#options.source.endsAccess(event)) void this.#reset('ACCESS_CHANGED')
    else if (payload !== null && this.#pending !== null) this.#pending.push(payload)
    else if (payload !== null) this.#send(payload)
  }

  onSignal(payload: Payload): void {
    // A signal is only meant for clients that are live; one that still catches up need not see it.
    if (this.#pending === null) this.#send(payload)
  }

  onEnd(reason: GroupEndReason): void {
    if (reason === 'GAP') void this.#reset('CURSOR_EXPIRED')
    else if (reason === 'FAULT') this.#endByFault()
    else if (reason instanceof AnswerTooLargeError) this.#refuse(reason)
    else this.#abort(reason)
  }

  async #replayAndJoin(): Promise<void> {
    const { groups, operation, source, services } = this.#options
    await this.#subscribeToAccess()
    const group = await groups.prepareJoin(this, { operation, source })
    this.#group = group
    // If `stop` ran meanwhile, it had no group to leave yet.
    if (this.#isStopped) return group.leave(this)
    const start = await source.begin()
    if ('reset' in start) return this.#reset(start.reset)
    this.position = start.after
    do {
      const until = Math.max(start.head, group.position)
      await this.#replay(group, { head: start.head, until })
      // Events up to `until` existed; if the replay ended before it, they were deleted meanwhile.
      if (this.position < until) return this.#reset('CURSOR_EXPIRED')
    } while (!this.#isStopped && this.position < group.position)
    if (this.#isStopped) return
    group.join(this)
    const caughtUp = await this.#executeNotice({ type: 'CaughtUp', at: services.clock.now() })
    if (this.#isStopped) return
    this.#send(caughtUp)
    for (const payload of this.#pending ?? []) this.#send(payload)
    this.#pending = null
  }

  /** Must come before `source.begin` checks the viewer's access, so that no later change of it is missed. */
  async #subscribeToAccess(): Promise<void> {
    const { source, live } = this.#options
    if (source.accessStreamId === null) return
    const onAccessChanged = () => void this.#reset('ACCESS_CHANGED')
    this.#accessSubscription = live.events.subscribe(source.accessStreamId, {
      onEvents: (events) => events.some((event) => source.endsAccess(event)) && onAccessChanged(),
      onGap: onAccessChanged,
    })
    await this.#accessSubscription
  }

  /** Sends every event after the position.
   * @param bounds.head the newest event when the subscription started: `source.begin` has checked the viewer's access
   * as of that event
   * @param bounds.until the newest event that is known to be committed */
  async #replay(group: EventGroup, { head, until }: { head: number; until: number }): Promise<void> {
    const writer = new ReplayWriter(this.#options.sink)
    while (!this.#isStopped) {
      const { events, isLast } = await this.#readNext(group, until)
      // If an event fails, the client still gets those before it.
      const sent = this.#sendEvents(events, { group, head, writer }).finally(() => writer.flush())
      const resetReason = await sent
      if (resetReason) return this.#reset(resetReason)
      if (isLast) return
    }
  }

  /** @returns the next events; none only if there are no more */
  async #readNext(group: EventGroup, until: number): Promise<{ events: ReadEvent[]; isLast: boolean }> {
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

  /** @returns why the subscription cannot continue; null if it can */
  async #sendEvents(
    events: ReadEvent[],
    { group, head, writer }: { group: EventGroup; head: number; writer: ReplayWriter },
  ): Promise<ResetReason | null> {
    const { source } = this.#options
    for (const event of events) {
      if (event.seq !== this.position + 1 || event.type === 'Unreadable') return 'CURSOR_EXPIRED'
      if (event.seq > head && source.endsAccess(event)) return 'ACCESS_CHANGED'
      const payload = source.includes(event) ? await group.replay(event) : null
      if (this.#isStopped) return null
      if (payload) await writer.add(payload.join(source.holder))
      this.position = event.seq
    }
    return null
  }

  /** Executes the operation for a notice about the subscription itself. */
  #executeNotice(notice: SubscriptionNotice): Promise<Payload> {
    const { operation, source } = this.#options
    return operation.execute(notice, source.placeOf(this.position))
  }

  #send(payload: Payload): void {
    this.#options.sink.send(payload.join(this.#options.source.holder))
  }

  async #reset(reason: ResetReason): Promise<void> {
    if (this.#isStopped) return
    this.stop()
    const { services, sink } = this.#options
    await this.#guard(async () => {
      this.#send(await this.#executeNotice({ type: 'ResetRequired', at: services.clock.now(), reason }))
      sink.complete()
    })
  }

  /** The client retries from the event that failed, unless that has failed too often. */
  #endByFault(): void {
    const isReset = !this.#isStopped && this.#group?.hasFailedTooOften(this.position + 1)
    if (isReset) void this.#reset('FAULT')
    else this.#abort('FAULT')
  }

  #refuse(error: AnswerTooLargeError): void {
    if (this.#isStopped) return
    this.stop()
    refuseWith(error, this.#options.sink)
  }

  #abort(reason: AbortReason): void {
    this.stop()
    this.#options.sink.abort(reason)
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#options.onFault(error)
      if (error instanceof AnswerTooLargeError) this.#refuse(error)
      else this.#endByFault()
    }
  }
}
