// Groups the subscribers to the same free slots. The operation is executed once for the whole group, and the answer is
// sent to each subscriber for whom it has changed.
import { GraphQLError } from 'graphql'
import type { SlotCalendar } from '../../services/booking/slots/list-slots.ts'
import type { SlotFeedSource, SlotUpdate } from '../../services/booking/slots/open-slot-feed.ts'
import type { SlotFeed } from '../../services/booking/slots/slot-feed.ts'
import { callerOfAgent } from '../../services/identity/viewer.ts'
import { AnswerTooLargeError } from '../answer-limit.ts'
import type { LiveOperation } from './live-operation.ts'
import { refuseWith, type Sink } from './sink.ts'
import { MAX_WATCHES, WatchLimit } from './watch-limit.ts'

export interface SlotSubscription {
  operation: LiveOperation
  feed: SlotFeedSource
  sink: Sink
}

export interface SlotGroupsOptions {
  slotFeed: SlotFeed
  /** Receives internal errors, after which the subscriptions to the slots are aborted. */
  onFault(error: unknown): void
}

/** The groups of a node, by the keys of their operations. */
export class SlotGroups {
  readonly #groups = new Map<string, SlotGroup>()
  readonly #options: SlotGroupsOptions
  readonly #limit = new WatchLimit()

  constructor(options: SlotGroupsOptions) {
    this.#options = options
  }

  /** @returns unsubscribe */
  join({ operation, feed, sink }: SlotSubscription): () => void {
    const { key } = operation
    const known = this.#groups.get(key)
    const endWatch = known ? () => {} : this.#limit.begin(feed)
    if (typeof endWatch === 'string') {
      refuseWith(tooManyWatches(endWatch), sink)
      return () => {}
    }
    const group = known ?? new SlotGroup(operation, { ...this.#options, feed, endWatch })
    this.#groups.set(key, group)
    const subscriber: SlotSubscriber = { caller: feed.caller, sink, lastAnswer: null }
    group.add(subscriber)
    return () => {
      if (group.remove(subscriber) && this.#groups.get(key) === group) this.#groups.delete(key)
    }
  }
}

interface SlotSubscriber {
  caller: string
  sink: Sink
  /** The answer that was sent last; null before the first. */
  lastAnswer: string | null
}

function tooManyWatches(bound: keyof typeof MAX_WATCHES): GraphQLError {
  const message = {
    caller: `At most ${MAX_WATCHES.caller} different free slots at the same time.`,
    workspace: 'Too many different free slots of this workspace are watched at present.',
    node: 'Too many different free slots are watched at present.',
  }
  return new GraphQLError(message[bound], { extensions: { code: 'TOO_MANY_OPERATIONS' } })
}

interface SlotGroupOptions extends SlotGroupsOptions {
  feed: SlotFeedSource
  /** Called when the group is empty. */
  endWatch(): void
}

class SlotGroup {
  readonly #operation: LiveOperation
  readonly #options: SlotGroupOptions
  readonly #subscribers = new Set<SlotSubscriber>()
  readonly #unsubscribe: Promise<() => void>
  /** The latest slots that were executed. */
  #current: SlotUpdate | null = null
  /** The answer for subscribers without a hold. */
  #sharedAnswer = ''
  /** Newer slots, which are executed once the current ones have been delivered. */
  #next: SlotUpdate | null = null
  #isDelivering = false

  constructor(operation: LiveOperation, options: SlotGroupOptions) {
    const { feed, slotFeed } = options
    this.#operation = operation
    this.#options = options
    this.#unsubscribe = feed.start(slotFeed, {
      onUpdate: (update) => void this.#onUpdate(update),
      onAccessChanged: (agentId) => this.#onAccessChanged(agentId),
      onError: (error) => this.#endByFault(error),
    })
    this.#unsubscribe.catch((error: unknown) => this.#endByFault(error))
  }

  add(subscriber: SlotSubscriber): void {
    this.#subscribers.add(subscriber)
    this.#deliver(subscriber).catch((error: unknown) => this.#endByFault(error))
  }

  /** @returns whether the group is empty now */
  remove(subscriber: SlotSubscriber): boolean {
    if (!this.#subscribers.delete(subscriber) || this.#subscribers.size > 0) return false
    this.#options.endWatch()
    this.#unsubscribe.then((unsubscribe) => unsubscribe()).catch(() => {})
    return true
  }

  /** Delivers one state after the other. Of several that wait, only the newest matters. */
  async #onUpdate(update: SlotUpdate): Promise<void> {
    this.#next = update
    if (this.#isDelivering) return
    this.#isDelivering = true
    try {
      for (let latest = this.#takeNext(); latest; latest = this.#takeNext()) {
        this.#sharedAnswer = await this.#execute(this.#options.feed.caller, async () => latest.shared)
        this.#current = latest
        // Those with a hold have to wait for a turn each, so they come last.
        const holds = ({ caller }: SlotSubscriber) => Number(latest.holders.has(caller))
        const subscribers = [...this.#subscribers].sort((one, other) => holds(one) - holds(other))
        for (const subscriber of subscribers) {
          if (this.#subscribers.has(subscriber)) await this.#deliver(subscriber)
        }
      }
    } catch (error) {
      this.#endByFault(error)
    } finally {
      this.#isDelivering = false
    }
  }

  /** Aborts all subscriptions: clients that come back get the present slots, which they would otherwise lack until the
   * next change. */
  #endByFault(error: unknown): void {
    this.#options.onFault(error)
    for (const { sink } of [...this.#subscribers]) {
      if (error instanceof AnswerTooLargeError) refuseWith(error, sink)
      else sink.abort('FAULT')
    }
  }

  /** Aborts the agent's subscriptions. The client's next attempt is checked against the new access. */
  #onAccessChanged(agentId: string): void {
    for (const { caller, sink } of [...this.#subscribers]) {
      if (caller === callerOfAgent(agentId)) sink.abort('EXPIRED')
    }
  }

  #takeNext(): SlotUpdate | null {
    const next = this.#next
    this.#next = null
    return next
  }

  async #deliver(subscriber: SlotSubscriber): Promise<void> {
    const update = this.#current
    if (update === null) return
    const hasHold = update.holders.has(subscriber.caller)
    const answer = hasHold
      ? await this.#execute(subscriber.caller, () => update.forHolder(subscriber.caller))
      : this.#sharedAnswer
    if (answer === subscriber.lastAnswer) return
    subscriber.lastAnswer = answer
    subscriber.sink.send(answer)
  }

  /** Executes the operation when it is the caller's turn. */
  #execute(caller: string, findSlots: () => Promise<SlotCalendar>): Promise<string> {
    const { feed, slotFeed } = this.#options
    return slotFeed.turns.take({ workspaceId: feed.workspaceId, caller }, async () =>
      (await this.#operation.execute(await findSlots())).join(''),
    )
  }
}
