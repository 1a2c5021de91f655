// Whose turn it is for a live chat, computed from docs/semantics.md, sections 4 and 6, alone, without any code of the
// product. There is no concurrency. All agents are available around the clock, in UTC.
const GONE_MS = 5000
const DAY_MS = 24 * 60 * 60 * 1000

export interface ModelSettings {
  offerTimeoutMs: number
  idleTimeoutMs: number
  maxOffers: number
  capacity: number
}

interface ModelAgent {
  id: string
  leaseUntil: number
  /** The last toggle, and its time. */
  toggle: { available: boolean; at: number } | null
  paused: boolean
}

interface ModelOffer {
  agentId: string
  expiresAt: number
  /** BY_PRODUCT: because the owner was removed. */
  transfer: 'BY_OWNER' | 'BY_PRODUCT' | null
}

export interface ModelChat {
  id: string
  pool: string
  /** The agents who got an offer, except for transfers. */
  asked: string[]
  pending: ModelOffer | null
  owner: string | null
  /** The agents who declined it, or let it expire, since its owner was removed. */
  refused: string[]
  activeAt: number
}

interface ModelPool {
  order: string[]
  last: string | null
}

export const ALL_AGENTS = 'all agents'

export class TurnsModel {
  readonly agents = new Map<string, ModelAgent>()
  /** By ALL_AGENTS, or the id of the team. */
  readonly pools = new Map<string, ModelPool>([[ALL_AGENTS, { order: [], last: null }]])
  /** Chats that have not ended, the oldest first. */
  chats: ModelChat[] = []
  /** New offers, in order. */
  offered: { chatId: string; agentId: string }[] = []
  now = 0
  readonly #settings: ModelSettings

  constructor(settings: ModelSettings) {
    this.#settings = settings
  }

  join(id: string): void {
    this.agents.set(id, { id, leaseUntil: 0, toggle: null, paused: false })
    this.pools.get(ALL_AGENTS)?.order.push(id)
  }

  /** A pointer at the agent moves to the agent before. */
  leave(id: string): void {
    for (const pool of this.pools.values()) {
      const place = pool.order.indexOf(id)
      if (place < 0) continue
      if (pool.last === id) pool.last = pool.order.length > 1 ? (pool.order.at(place - 1) ?? null) : null
      pool.order.splice(place, 1)
    }
    this.agents.delete(id)
    this.#revoke(id)
    this.#passOn()
  }

  toggle(id: string, available: boolean): void {
    this.agent(id).toggle = { available, at: this.now }
    if (!available) this.#revoke(id)
  }

  request(chat: { id: string; pool: string }): void {
    const added: ModelChat = {
      ...chat,
      asked: [],
      pending: null,
      owner: null,
      refused: [],
      activeAt: this.now,
    }
    this.chats.push(added)
    this.#askNext(added)
  }

  accept(chat: ModelChat): void {
    chat.owner = chat.pending?.agentId ?? null
    chat.pending = null
    chat.refused = []
    chat.activeAt = this.now
  }

  /** @returns false when no agent is eligible */
  transfer(chat: ModelChat, pool: string): boolean {
    const agentId = this.#serve(pool, [chat.owner ?? ''])
    if (agentId === null) return false
    this.#ask(chat, { agentId, transfer: 'BY_OWNER' })
    return true
  }

  /** After the offer was declined, has expired or was revoked. */
  settle(chat: ModelChat, as: 'REFUSED' | 'REVOKED'): void {
    const offer = chat.pending
    chat.pending = null
    if (offer?.transfer === 'BY_PRODUCT' && as === 'REFUSED') chat.refused.push(offer.agentId)
    if (!offer?.transfer) this.#askNext(chat)
  }

  end(chat: ModelChat): void {
    this.chats = this.chats.filter((other) => other !== chat)
  }

  /** Does due work. */
  sweepChats(): void {
    for (const chat of this.#byDeadline(({ pending }) => pending !== null && this.#isLost(pending))) {
      this.settle(chat, (chat.pending?.expiresAt ?? 0) <= this.now ? 'REFUSED' : 'REVOKED')
    }
    for (const chat of this.chats.filter((each) => this.#isIdle(each))) this.end(chat)
    this.#passOn()
  }

  hasDueWork(): boolean {
    return this.chats.some(
      (chat) => (chat.pending && this.#isLost(chat.pending)) || this.#isIdle(chat) || this.#isLeft(chat),
    )
  }

  #isLeft({ owner, pending }: ModelChat): boolean {
    return owner !== null && pending === null && !this.agents.has(owner)
  }

  /** Offers on the chats of removed agents. Those that nobody can take end. */
  #passOn(): void {
    for (const chat of this.chats.filter((each) => this.#isLeft(each))) {
      const agentId = this.#serve(chat.pool, chat.refused)
      if (agentId === null) this.end(chat)
      else this.#ask(chat, { agentId, transfer: 'BY_PRODUCT' })
    }
  }

  agent(id: string): ModelAgent {
    const agent = this.agents.get(id)
    if (agent === undefined) throw new Error(`There is no agent ${id}.`)
    return agent
  }

  #askNext(chat: ModelChat): void {
    const isOver = chat.asked.length === this.#settings.maxOffers
    const agentId = isOver ? null : this.#serve(chat.pool, chat.asked)
    if (agentId === null) {
      this.end(chat)
    } else {
      chat.asked.push(agentId)
      this.#ask(chat, { agentId, transfer: null })
    }
  }

  #ask(chat: ModelChat, { agentId, transfer }: Pick<ModelOffer, 'agentId' | 'transfer'>): void {
    chat.pending = { agentId, transfer, expiresAt: this.now + this.#settings.offerTimeoutMs }
    this.offered.push({ chatId: chat.id, agentId })
  }

  /** Gives the turn to the first eligible agent after the pointer, cyclically.
   * @param name of a pool, or the id of an agent */
  #serve(name: string, except: string[]): string | null {
    const pool = this.pools.get(name) ?? { order: this.agents.has(name) ? [name] : [], last: null }
    const after = pool.order.indexOf(pool.last ?? '') + 1
    for (let step = 0; step < pool.order.length; step++) {
      const id = pool.order[(after + step) % pool.order.length] ?? ''
      if (except.includes(id) || !this.#isEligible(id)) continue
      pool.last = id
      return id
    }
    return null
  }

  #isEligible(id: string): boolean {
    const { leaseUntil, toggle, paused } = this.agent(id)
    const seats = this.chats.filter(({ owner, pending }) => owner === id || pending?.agentId === id)
    // Blocks begin at midnight, which ends every toggle.
    const isToggledOff =
      toggle?.available === false && Math.floor(toggle.at / DAY_MS) === Math.floor(this.now / DAY_MS)
    return !paused && !isToggledOff && leaseUntil > this.now && seats.length < this.#settings.capacity
  }

  #revoke(id: string): void {
    for (const chat of this.#byDeadline(({ pending }) => pending?.agentId === id)) {
      this.settle(chat, 'REVOKED')
    }
  }

  #isLost({ agentId, expiresAt }: ModelOffer): boolean {
    return expiresAt <= this.now || this.agent(agentId).leaseUntil <= this.now - GONE_MS
  }

  #isIdle({ owner, activeAt }: ModelChat): boolean {
    return owner !== null && activeAt + this.#settings.idleTimeoutMs <= this.now
  }

  #byDeadline(which: (chat: ModelChat) => boolean): ModelChat[] {
    const deadline = ({ pending }: ModelChat) => pending?.expiresAt ?? 0
    return this.chats.filter(which).sort((one, other) => deadline(one) - deadline(other))
  }
}
