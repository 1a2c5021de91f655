// Subscribers to the same free slots. What is free is executed once for all of them, and sent to those for whom it
// has changed.
import type { SlotFeedSource, SlotNews } from '../../services/booking/slots/open-slot-feed.ts'
import type { SlotFeed } from '../../services/booking/slots/slot-feed.ts'
import { callerOfAgent } from '../../services/identity/viewer.ts'
import type { LiveOperation } from './live-operation.ts'
import type { Sink } from './sink.ts'

export interface SlotSubscription {
  operation: LiveOperation
  feed: SlotFeedSource
  sink: Sink
}

export interface SlotGroupsOptions {
  slotFeed: SlotFeed
  /** Receives faults; what is free is computed again later. */
  onFault(error: unknown): void
}

/** The groups of a node, by the keys of their operations. */
export class SlotGroups {
  readonly #groups = new Map<string, SlotGroup>()
  readonly #options: SlotGroupsOptions

  constructor(options: SlotGroupsOptions) {
    this.#options = options
  }

  /** @returns leaves */
  join({ operation, feed, sink }: SlotSubscription): () => void {
    const { key } = operation
    const known = this.#groups.get(key)
    const group = known ?? new SlotGroup(operation, { ...this.#options, feed })
    this.#groups.set(key, group)
    const member: Member = { caller: feed.caller, sink, last: null }
    group.add(member)
    return () => {
      if (group.remove(member) && this.#groups.get(key) === group) this.#groups.delete(key)
    }
  }
}

interface Member {
  caller: string
  sink: Sink
  /** What was sent last; null before the first. */
  last: string | null
}

class SlotGroup {
  readonly #operation: LiveOperation
  readonly #onFault: (error: unknown) => void
  readonly #members = new Set<Member>()
  readonly #stop: Promise<() => void>
  #news: SlotNews | null = null
  /** The answer for those who hold nothing. */
  #shared = ''
  /** Newer than what is being told. */
  #next: SlotNews | null = null
  #isTelling = false

  constructor(
    operation: LiveOperation,
    { feed, slotFeed, onFault }: SlotGroupsOptions & { feed: SlotFeedSource },
  ) {
    this.#operation = operation
    this.#onFault = onFault
    this.#stop = feed.start(slotFeed, {
      onNews: (news) => void this.#onNews(news),
      onAccessChanged: (agentId) => this.#onAccessChanged(agentId),
      onError: onFault,
    })
    this.#stop.catch((error: unknown) => {
      onFault(error)
      for (const { sink } of this.#members) sink.breakOff('FAULT')
    })
  }

  add(member: Member): void {
    this.#members.add(member)
    this.#tell(member).catch(this.#onFault)
  }

  /** @returns whether nobody is left */
  remove(member: Member): boolean {
    this.#members.delete(member)
    if (this.#members.size > 0) return false
    this.#stop.then((stop) => stop()).catch(() => {})
    return true
  }

  /** One after the other; of several that wait, only the newest matters. */
  async #onNews(news: SlotNews): Promise<void> {
    this.#next = news
    if (this.#isTelling) return
    this.#isTelling = true
    try {
      for (let latest = this.#takeNext(); latest; latest = this.#takeNext()) {
        this.#shared = (await this.#operation.execute(latest.shared)).join('')
        this.#news = latest
        for (const member of this.#members) await this.#tell(member)
      }
    } catch (error) {
      this.#onFault(error)
    } finally {
      this.#isTelling = false
    }
  }

  /** Who the agent is now, and whether still, is looked at when the client comes back. */
  #onAccessChanged(agentId: string): void {
    for (const { caller, sink } of [...this.#members]) {
      if (caller === callerOfAgent(agentId)) sink.breakOff('EXPIRED')
    }
  }

  #takeNext(): SlotNews | null {
    const next = this.#next
    this.#next = null
    return next
  }

  async #tell(member: Member): Promise<void> {
    const news = this.#news
    if (news === null) return
    const answer = news.holders.has(member.caller) ? await this.#ownAnswer(news, member.caller) : this.#shared
    if (answer === member.last) return
    member.last = answer
    member.sink.send(answer)
  }

  async #ownAnswer(news: SlotNews, caller: string): Promise<string> {
    return (await this.#operation.execute(await news.forHolder(caller))).join('')
  }
}
