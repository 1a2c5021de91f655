// One subscription to a stream of events: replays what the client has missed, tells it that it has caught up, and
// goes on live, without a gap and without repeating anything (docs/delivery.md).
import type { Services } from '../../services/context.ts'
import { createCursorSigner } from '../../services/events/event-cursor.ts'
import type { EventSource, ResetReason } from '../../services/events/event-source.ts'
import { createReader, type EventReader, type StoredEvent } from '../../services/events/stored-events.ts'
import type { Console } from '../../services/presence/consoles.ts'
import type { EventGroup, EventGroups, GroupEnd, GroupMember } from './event-groups.ts'
import type { LiveOperation, Payload } from './live-operation.ts'
import type { BreakOff, Sink } from './sink.ts'

const REPLAY_BATCH = 100

export interface EventSubscriptionOptions {
  services: Services
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
  readonly #signCursor: (seq: number) => string
  #group: EventGroup | null = null
  #console: Console | null = null
  #isOver = false
  /** What happens while CaughtUp is being sent; null once it has been. */
  #held: { event: StoredEvent; payload: Payload }[] | null = []

  constructor(options: EventSubscriptionOptions) {
    this.#options = options
    this.#reader = createReader(options.services.database)
    this.#signCursor = createCursorSigner(options.services.signer, options.source)
  }

  /** Runs until it is stopped, or ends. */
  start(): void {
    const { source, services, sink } = this.#options
    if (source.isConsole) {
      const { workspaceId, agentId } = source
      this.#console = { workspaceId, agentId, heardAt: () => sink.heardAt() }
      void services.consoles.open(this.#console)
    }
    void this.#guard(() => this.#begin())
  }

  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#group?.leave(this)
    if (this.#console) this.#options.services.consoles.close(this.#console)
  }

  onEvent(event: StoredEvent, payload: Payload | null): void {
    if (this.#endsAccess(event)) void this.#reset('ACCESS_CHANGED')
    else if (payload !== null && this.#held !== null) this.#held.push({ event, payload })
    else if (payload !== null) this.#send(payload, event.seq)
  }

  onEnd(reason: GroupEnd): void {
    if (reason === 'GAP') void this.#reset('CURSOR_EXPIRED')
    else this.#breakOff(reason)
  }

  async #begin(): Promise<void> {
    const { groups, operation, source, services } = this.#options
    const group = await groups.prepare(this, { operation, source })
    this.#group = group
    // Stopped meanwhile, when there was no group to leave yet.
    if (this.#isOver) return group.leave(this)
    const beginning = await source.begin()
    if ('reset' in beginning) return this.#reset(beginning.reset)
    this.position = beginning.after
    do {
      const until = Math.max(beginning.head, group.position)
      await this.#replay(group, beginning.head)
      // The last ones were deleted meanwhile.
      if (this.position < until) return this.#reset('CURSOR_EXPIRED')
    } while (!this.#isOver && this.position < group.position)
    if (this.#isOver) return
    group.join(this)
    const { position } = this
    const caughtUp = await operation.execute({ kind: 'CaughtUp', at: services.clock.now() })
    if (this.#isOver) return
    this.#send(caughtUp, position)
    for (const { event, payload } of this.#held ?? []) this.#send(payload, event.seq)
    this.#held = null
  }

  /** Sends everything there is after the position.
   * @param head the newest event at the beginning: changes of access up to it are known */
  async #replay(group: EventGroup, head: number): Promise<void> {
    for (;;) {
      const events = await this.#readNext()
      for (const event of events) {
        if (this.#isOver) return
        if (event.seq !== this.position + 1) return this.#reset('CURSOR_EXPIRED')
        if (event.seq > head && this.#endsAccess(event)) return this.#reset('ACCESS_CHANGED')
        await this.#replayOne(group, event)
      }
      if (events.length < REPLAY_BATCH) return
    }
  }

  async #readNext(): Promise<StoredEvent[]> {
    const { streamId } = this.#options.source
    const positions = new Map([[streamId, this.position]])
    return (await this.#reader.readAfter(positions, REPLAY_BATCH)).get(streamId) ?? []
  }

  async #replayOne(group: EventGroup, event: StoredEvent): Promise<void> {
    const { source, sink } = this.#options
    if (source.includes(event)) {
      const payload = await group.replay(event)
      if (this.#isOver) return
      this.#send(payload, event.seq)
    }
    this.position = event.seq
    await sink.drained()
  }

  #send(payload: Payload, seq: number): void {
    this.#options.sink.send(payload.join(payload.length > 1 ? this.#signCursor(seq) : ''))
  }

  #endsAccess({ type, payload }: StoredEvent): boolean {
    return type === 'AccessChanged' && payload.agentId === this.#options.source.agentId
  }

  async #reset(reason: ResetReason): Promise<void> {
    if (this.#isOver) return
    this.stop()
    const { operation, services, sink } = this.#options
    await this.#guard(async () => {
      const root = { kind: 'ResetRequired', at: services.clock.now(), reason }
      this.#send(await operation.execute(root), this.position)
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
