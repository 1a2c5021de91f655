// Which agent may get a chat at each instant of a day, and what must have happened by then, computed from
// docs/semantics.md, sections 4 to 6, alone, without any code of the product. The oracle receives the actions of people
// and the changes of chats in the order of their commits, and collects breaches of the rules.
import { MINUTE } from '../kit/clock.ts'
import { Availability, type Block, type Hours } from './day-hours.ts'

const GONE_MS = 5000
const IDLE_MS = 10 * MINUTE
/** How late due work may be done. */
const MOST_LATE_MS = 1000

export interface DaySettings {
  offerTimeoutMs: number
  maxOffers: number
  capacity: number
}

export interface DayAgent extends Hours {
  id: string
  /** The end of the console's lease. */
  leaseUntil: number
  /** Whether a browser is registered for push. */
  hasPush: boolean
}

export interface PendingOffer {
  id: string
  agentId: string
  expiresAt: number
  isTransfer: boolean
  /** When it must move on, unless something changes. */
  dueAt: number
}

export interface DayChat {
  id: string
  pool: string
  /** The agents who got an offer, except for transfers. */
  asked: string[]
  pending: PendingOffer | null
  owner: string | null
  activeAt: number
}

/** A chat as the database has it. */
export interface ChatRow {
  id: string
  state: string
  agentId: string | null
  /** In the order of their creation. */
  offers: { id: string; agentId: string; state: string; transferredBy: string | null; expiresAt: string }[]
}

/** The action that caused the changes; `sweep`: time passed. */
export interface Cause {
  name: 'request' | 'accept' | 'decline' | 'end' | 'transfer' | 'sweep' | 'change'
  chatId?: string
  /** The requested pool or agent. */
  pool?: string
}

export const ALL_AGENTS = 'everybody'

export class DayOracle {
  readonly agents = new Map<string, DayAgent>()
  /** By ALL_AGENTS, or the id of the team. */
  readonly pools = new Map<string, { order: string[]; last: string | null }>([
    [ALL_AGENTS, { order: [], last: null }],
  ])
  /** Chats that have not ended. */
  readonly chats = new Map<string, DayChat>()
  readonly breaches: string[] = []
  /** The number of changes by kind. */
  readonly counts: Record<string, number> = {}
  latestMs = 0
  now = 0
  readonly availability: Availability
  readonly #settings: DaySettings

  constructor(settings: DaySettings, window: { from: number; until: number }) {
    this.#settings = settings
    this.availability = new Availability(window)
  }

  join(agent: DayAgent): void {
    this.agents.set(agent.id, agent)
    this.pools.get(ALL_AGENTS)?.order.push(agent.id)
  }

  agent(id: string): DayAgent {
    const agent = this.agents.get(id)
    if (agent === undefined) throw new Error(`There is no agent ${id}.`)
    return agent
  }

  toggle(agent: DayAgent, available: boolean): void {
    const toggle = { available, at: this.now }
    agent.toggle = { ...toggle, until: this.availability.endOfToggle(agent, toggle) }
    this.#reconsider(agent)
  }

  edit(agent: DayAgent, blocks: Block[]): void {
    agent.blocks = blocks
    if (agent.toggle) agent.toggle.until = this.availability.endOfToggle(agent, agent.toggle)
    this.#reconsider(agent)
  }

  connect(agent: DayAgent, until: number): void {
    agent.leaseUntil = until
    this.#reconsider(agent)
  }

  /** The agent whose turn it is: the first eligible one after the pointer, cyclically.
   * @param name of a pool, or the id of an agent */
  next(name: string, except: string[]): string | null {
    const { order, last } = this.pools.get(name) ?? { order: [name], last: null }
    const after = order.indexOf(last ?? '') + 1
    const turns = [...order.slice(after), ...order.slice(0, after)]
    return turns.find((id) => !except.includes(id) && this.#isEligible(this.agent(id))) ?? null
  }

  /** The time of the next due work. */
  nextDue(): number {
    return Math.min(...[...this.chats.values()].map(dueAt))
  }

  /** Compares a change of a chat with what the rules demand. */
  apply(row: ChatRow, cause: Cause): void {
    const chat = this.chats.get(row.id) ?? this.#begin(row, cause)
    const settled = row.offers.find(({ id }) => id === chat.pending?.id)
    if (settled && settled.state !== 'PENDING') this.#settle(chat, settled, cause)
    const pendingOffer = chat.pending
    const made = row.offers.filter(({ id, state }) => state === 'PENDING' && id !== pendingOffer?.id)
    for (const offer of made) this.#offer(chat, offer, cause)
    this.#expectState(chat, row, cause)
  }

  /** Checks what must be true when all changes have been applied.
   * @param seats that are taken according to the database */
  check(seats: { chatId: string; agentId: string }[]): void {
    for (const chat of this.chats.values()) {
      this.#expect(chat.pending !== null || chat.owner !== null, `${chat.id} waits without an offer`)
      const late = this.now - dueAt(chat)
      this.#expect(late <= MOST_LATE_MS, `${chat.id} has work that is ${late} ms late`)
    }
    const taken = [...this.chats.values()].flatMap(({ id, owner, pending }) =>
      [owner, pending?.agentId].flatMap((agentId) => (agentId ? [`${id} ${agentId}`] : [])),
    )
    const present = seats.map(({ chatId, agentId }) => `${chatId} ${agentId}`)
    for (const seat of present.filter((each) => !taken.includes(each))) {
      this.#expect(false, `seat taken without a chat: ${seat}`)
    }
    this.#expect(
      present.length === taken.length,
      `${present.length} seats are taken instead of ${taken.length}`,
    )
  }

  #begin({ id }: ChatRow, { name, pool = '' }: Cause): DayChat {
    this.#expect(name === 'request', `${id} began without a request`)
    const chat: DayChat = { id, pool, asked: [], pending: null, owner: null, activeAt: this.now }
    this.chats.set(id, chat)
    return chat
  }

  #settle(chat: DayChat, { state, agentId }: { state: string; agentId: string }, cause: Cause): void {
    const offer = chat.pending!
    const isCaused = cause.chatId === chat.id
    const isLate = offer.expiresAt <= this.now
    const promised: Record<string, boolean> = {
      ACCEPTED: cause.name === 'accept' && isCaused && !isLate,
      DECLINED: cause.name === 'decline' && isCaused && !isLate,
      RESCINDED: !isLate && ((cause.name === 'end' && isCaused) || isIdle(chat, this.now)),
      REVOKED: !isLate && this.#isLost(offer),
      EXPIRED: isLate,
    }
    this.#expect(promised[state] === true, `the offer of ${chat.id} to ${agentId} became ${state}`)
    if (state === 'EXPIRED' || state === 'REVOKED') this.#note(this.now - offer.dueAt)
    this.#count(state)
    chat.pending = null
    if (state !== 'ACCEPTED') return
    chat.owner = agentId
    chat.activeAt = this.now
  }

  #offer(chat: DayChat, offer: ChatRow['offers'][number], { pool = chat.pool }: Cause): void {
    const { id, agentId, transferredBy } = offer
    const isTransfer = transferredBy !== null
    const name = isTransfer ? pool : chat.pool
    const right = this.next(name, isTransfer ? [chat.owner ?? ''] : chat.asked)
    this.#expect(agentId === right, `${chat.id} was offered to ${agentId}, and it was the turn of ${right}`)
    this.#expect(chat.pending === null, `${chat.id} has two offers`)
    const mayBeAsked = isTransfer || chat.asked.length < this.#settings.maxOffers
    this.#expect(mayBeAsked, `${chat.id} was offered too often`)
    const inTurns = this.pools.get(name)
    if (inTurns) inTurns.last = agentId
    if (!isTransfer) chat.asked.push(agentId)
    const expiresAt = this.now + this.#settings.offerTimeoutMs
    this.#expect(
      Date.parse(offer.expiresAt) === expiresAt,
      `the offer of ${chat.id} ends at ${offer.expiresAt}`,
    )
    chat.pending = { id, agentId, expiresAt, isTransfer, dueAt: expiresAt }
    this.#reconsider(this.agent(agentId))
    this.#count(isTransfer ? 'TRANSFER' : `OFFER ${chat.asked.length}`)
  }

  #expectState(chat: DayChat, { id, state, agentId }: ChatRow, { name, chatId }: Cause): void {
    const isEnded = name === 'end' && chatId === id
    const isOpen = chat.owner ? state === 'ACTIVE' : state === 'OFFERED'
    if (isOpen) {
      this.#expect(agentId === chat.owner, `${id} is ${agentId}'s, not ${chat.owner}'s`)
      return
    }
    const wasOffered = chat.asked.length === this.#settings.maxOffers
    const right = wasOffered ? null : this.next(chat.pool, chat.asked)
    const promised: Record<string, boolean> = {
      MISSED: chat.owner === null && right === null,
      ENDED: isEnded && chat.owner !== null,
      ABANDONED: isEnded && chat.owner === null,
      TIMED_OUT: name === 'sweep' && isIdle(chat, this.now),
    }
    this.#expect(promised[state] === true, `${id} became ${state}, and it was the turn of ${right}`)
    this.#expect(chat.pending === null, `${id} is over, and still offered`)
    if (state === 'TIMED_OUT') this.#note(this.now - dueAt(chat))
    this.#count(state === 'MISSED' && chat.asked.length > 0 ? 'MISSED AFTER OFFERS' : state)
    this.chats.delete(id)
  }

  #isEligible(agent: DayAgent): boolean {
    const seats = [...this.chats.values()].filter(
      ({ owner, pending }) => owner === agent.id || pending?.agentId === agent.id,
    )
    const isReachable = agent.hasPush || agent.leaseUntil > this.now
    const hasRoom = seats.length < this.#settings.capacity
    return isReachable && hasRoom && this.availability.isAvailable(agent, this.now)
  }

  #isLost({ agentId }: PendingOffer): boolean {
    const agent = this.agent(agentId)
    const isGone = !agent.hasPush && agent.leaseUntil + GONE_MS <= this.now
    return isGone || !this.availability.isAvailable(agent, this.now)
  }

  /** Computes when the agent's pending offers must move on, after a change of the agent or a new offer. */
  #reconsider(agent: DayAgent): void {
    for (const { pending } of this.chats.values()) {
      if (pending?.agentId !== agent.id) continue
      const within = { from: this.now, before: pending.expiresAt }
      const goneAt = agent.hasPush ? Infinity : agent.leaseUntil + GONE_MS
      pending.dueAt = Math.min(pending.expiresAt, goneAt, this.availability.unavailableFrom(agent, within))
    }
  }

  #note(lateMs: number): void {
    this.latestMs = Math.max(this.latestMs, lateMs)
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }

  #expect(isTrue: boolean, breach: string): void {
    if (!isTrue) this.breaches.push(breach)
  }
}

const isIdle = ({ owner, activeAt }: DayChat, now: number) => owner !== null && activeAt + IDLE_MS <= now

/** When a chat has due work, unless something happens before. */
function dueAt({ owner, pending, activeAt }: DayChat): number {
  return Math.min(pending?.dueAt ?? Infinity, owner === null ? Infinity : activeAt + IDLE_MS)
}
