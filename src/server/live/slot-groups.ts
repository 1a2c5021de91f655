// Groups the subscribers to the same free slots. The operation is executed once for the whole group, and the answer is
// sent to each subscriber for whom it has changed.
import type { SlotFeedSource, SlotUpdate } from '../../services/booking/slots/open-slot-feed.ts'
import type { SlotFeed } from '../../services/booking/slots/slot-feed.ts'
import { callerOfAgent } from '../../services/identity/viewer.ts'
import { AnswerTooLargeError } from '../answer-limit.ts'
import type { LiveOperation } from './live-operation.ts'
import { refuseWith, type Sink } from './sink.ts'

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

  constructor(options: SlotGroupsOptions) {
    this.#options = options
  }

  /** @returns unsubscribe */
  join({ operation, feed, sink }: SlotSubscription): () => void {
    const { key } = operation
    const known = this.#groups.get(key)
    const group = known ?? new SlotGroup(operation, { ...this.#options, feed })
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

class SlotGroup {
  readonly #operation: LiveOperation
  readonly #onFault: (error: unknown) => void
  readonly #subscribers = new Set<SlotSubscriber>()
  readonly #unsubscribe: Promise<() => void>
  /** The latest slots that were executed. */
  #current: SlotUpdate | null = null
  /** The answer for subscribers without a hold. */
  #sharedAnswer = ''
  /** Newer slots, which are executed once the current ones have been delivered. */
  #next: SlotUpdate | null = null
  #isDelivering = false

  constructor(
    operation: LiveOperation,
    { feed, slotFeed, onFault }: SlotGroupsOptions & { feed: SlotFeedSource },
  ) {
    this.#operation = operation
    this.#onFault = onFault
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
    this.#subscribers.delete(subscriber)
    if (this.#subscribers.size > 0) return false
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
        this.#sharedAnswer = (await this.#operation.execute(latest.shared)).join('')
        this.#current = latest
        for (const subscriber of this.#subscribers) await this.#deliver(subscriber)
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
    this.#onFault(error)
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
    const answer = hasHold ? await this.#answerForHolder(update, subscriber.caller) : this.#sharedAnswer
    if (answer === subscriber.lastAnswer) return
    subscriber.lastAnswer = answer
    subscriber.sink.send(answer)
  }

  async #answerForHolder(update: SlotUpdate, caller: string): Promise<string> {
    return (await this.#operation.execute(await update.forHolder(caller))).join('')
  }
}
