// Random actions of people on a working day. Visitors request chats, give up, write and leave. Agents sign in and out,
// lose their connection, toggle, change their hours, answer or ignore offers, and transfer and end chats.

import { NoAgentAvailableError, OfferNoLongerOpenError } from '../../src/errors.ts'
import { setAvailabilityToggle } from '../../src/services/chat/availability/set-availability-toggle.ts'
import { endChat } from '../../src/services/chat/conversation/end-chat.ts'
import { sendMessage } from '../../src/services/chat/conversation/send-message.ts'
import { acceptChat } from '../../src/services/chat/offers/accept-chat.ts'
import { declineChat } from '../../src/services/chat/offers/decline-chat.ts'
import { transferChat } from '../../src/services/chat/offers/transfer-chat.ts'
import { requestLiveChat } from '../../src/services/chat/request/request-live-chat.ts'
import type { AgentViewer, Viewer, VisitorViewer } from '../../src/services/identity/viewer.ts'
import { DAY, HOUR, MINUTE } from '../kit/clock.ts'
import { contextOf, leaseConsole } from './chat-scene.ts'
import { ALL_AGENTS, type Cause, type DayAgent, type DayChat, type PendingOffer } from './day-oracle.ts'
import { type DayScene, type Random, randomBlocks, SIZE, setHours } from './day-scene.ts'

const SECOND = 1000
/** The lease of a console that stays connected: longer than the day of the test. */
const ALL_DAY = 10 * DAY

/** Plans an action at an instant; it returns what it did, if anything. */
export interface Calendar {
  at(instant: number, action: () => Promise<Cause | null>): void
}

export class DayPeople {
  readonly #day: DayScene
  readonly #calendar: Calendar
  readonly #random: Random
  readonly #agents: Map<string, AgentViewer>
  readonly #visitors = new Map<string, VisitorViewer>()

  constructor(day: DayScene, { calendar, random }: { calendar: Calendar; random: Random }) {
    this.#day = day
    this.#calendar = calendar
    this.#random = random
    this.#agents = new Map(day.scene.agents.map((agent) => [agent.agentId, agent]))
  }

  /** Plans the requests of each hour, a different number for each, and bursts within seconds. */
  planVisits(from: number): void {
    for (let hour = from; hour < from + DAY; hour += HOUR) {
      const visits = (28 + this.#random(75)) * SIZE
      for (let visit = 0; visit < visits; visit++)
        this.#plan(hour + this.#random(HOUR), () => this.#request())
      const burst = this.#random(4) === 0 ? 15 * SIZE : 0
      const begin = hour + this.#random(HOUR)
      for (let visit = 0; visit < burst; visit++) {
        this.#plan(begin + this.#random(10 * SECOND), () => this.#request())
      }
    }
  }

  planShifts(from: number): void {
    const { oracle } = this.#day
    for (const id of this.#agents.keys()) {
      const agent = oracle.agent(id)
      const isThere = oracle.availability.isAvailable(agent, from)
      if (isThere) this.#plan(from, () => this.#connect(agent, ALL_DAY))
      for (const { at, opens } of oracle.availability.boundaries(agent, from)) {
        const when = at + (this.#random(40) - (opens ? 25 : 10)) * MINUTE
        this.#plan(Math.max(when, from), () => this.#connect(agent, opens ? ALL_DAY : 0))
      }
      for (let time = 0; time < 12; time++) this.#plan(from + this.#random(DAY), () => this.#disturb(agent))
    }
  }

  /** Plans an agent's answer to an offer. */
  answer(chat: DayChat, offer: PendingOffer): void {
    const { expiresAt } = offer
    const { now } = this.#day.oracle
    const soon = now + this.#random(60 * SECOND)
    const roll = this.#random(100)
    if (roll < 55) this.#plan(soon, () => this.#answer(chat, offer, 'accept'))
    else if (roll < 75) this.#plan(soon, () => this.#answer(chat, offer, 'decline'))
    // At the last moment, or between the deadline and the next sweep.
    else if (roll < 80) this.#plan(expiresAt - 1, () => this.#answer(chat, offer, 'accept'))
    else if (roll < 85) this.#plan(expiresAt + this.#random(450), () => this.#answer(chat, offer, 'accept'))
    if (this.#random(8) === 0) this.#plan(soon, () => this.#disturb(this.#day.oracle.agent(offer.agentId)))
    if (!offer.isTransfer && this.#random(15) === 0) {
      this.#plan(now + this.#random(120 * SECOND), () => this.#end(chat, null))
    }
  }

  /** Plans the conversation of an accepted chat. */
  converse(chat: DayChat): void {
    const { now } = this.#day.oracle
    const lasts = (1 + this.#random(14)) * MINUTE + this.#random(MINUTE)
    const owner = chat.owner ?? ''
    for (let at = 6 * MINUTE; at < lasts; at += 6 * MINUTE) this.#plan(now + at, () => this.#write(chat))
    if (this.#random(6) === 0) this.#plan(now + this.#random(lasts), () => this.#transfer(chat, owner))
    // Some chats are forgotten.
    if (this.#random(12) > 0) this.#plan(now + lasts, () => this.#end(chat, owner))
  }

  #plan(instant: number, action: () => Promise<Cause | null>): void {
    this.#calendar.at(instant, action)
  }

  #pick<Item>(items: Item[]): Item {
    return items[this.#random(items.length)]!
  }

  #context(viewer: Viewer) {
    return contextOf(this.#day.scene.nodes[this.#random(2)]!, viewer)
  }

  #viewerOf(agentId: string): AgentViewer {
    return this.#agents.get(agentId)!
  }

  #isOpen(chat: DayChat): boolean {
    return this.#day.oracle.chats.has(chat.id)
  }

  async #request(): Promise<Cause | null> {
    const { scene, oracle, teamIds } = this.#day
    const busy = new Set([...oracle.chats.keys()].map((id) => this.#visitors.get(id)))
    const visitor = this.#pick(scene.visitors.filter((each) => !busy.has(each)))
    const pool = this.#pick([
      ALL_AGENTS,
      ALL_AGENTS,
      ALL_AGENTS,
      ...teamIds,
      this.#pick([...this.#agents.keys()]),
    ])
    const target = pool === ALL_AGENTS ? { roundRobin: true as const } : this.#target(pool)
    const { id } = await requestLiveChat(this.#context(visitor), { target, idempotencyKey: null })
    this.#visitors.set(id, visitor)
    return { name: 'request', chatId: id, pool }
  }

  #target(pool: string): { teamId: string } | { agentId: string } {
    return this.#day.teamIds.includes(pool) ? { teamId: pool } : { agentId: pool }
  }

  /** Answers an offer; a late answer must be refused. */
  async #answer(chat: DayChat, offer: PendingOffer, name: 'accept' | 'decline'): Promise<Cause | null> {
    const isOpen = chat.pending === offer && this.#day.oracle.now < offer.expiresAt
    const context = this.#context(this.#viewerOf(offer.agentId))
    const answered =
      name === 'accept'
        ? acceptChat(context, { offerId: offer.id, idempotencyKey: null })
        : declineChat(context, offer.id)
    await expectRefusal(answered, isOpen ? null : OfferNoLongerOpenError)
    return isOpen ? { name, chatId: chat.id } : null
  }

  async #write(chat: DayChat): Promise<Cause | null> {
    if (!this.#isOpen(chat)) return null
    const input = { conversationId: chat.id, text: 'And then?', clientKey: `${this.#day.oracle.now}` }
    await sendMessage(this.#context(this.#visitors.get(chat.id)!), input)
    chat.activeAt = this.#day.oracle.now
    return null
  }

  /** @param owner null: the visitor gives up, unless an agent has the chat */
  async #end(chat: DayChat, owner: string | null): Promise<Cause | null> {
    if (!this.#isOpen(chat) || chat.owner !== owner) return null
    const isByAgent = owner !== null && this.#random(2) === 0
    const viewer = isByAgent ? this.#viewerOf(owner) : this.#visitors.get(chat.id)!
    await endChat(this.#context(viewer), chat.id)
    return { name: 'end', chatId: chat.id }
  }

  async #transfer(chat: DayChat, owner: string): Promise<Cause | null> {
    if (!this.#isOpen(chat) || chat.owner !== owner || chat.pending) return null
    const pool = this.#pick([...this.#day.teamIds, this.#pick([...this.#agents.keys()])])
    const input = { conversationId: chat.id, receiver: this.#target(pool), idempotencyKey: null }
    const isPossible = this.#day.oracle.next(pool, [owner]) !== null
    const transferred = transferChat(this.#context(this.#viewerOf(owner)), input)
    await expectRefusal(transferred, isPossible ? null : NoAgentAvailableError)
    return { name: 'transfer', chatId: chat.id, pool }
  }

  /** @param milliseconds how long the console stays connected */
  async #connect(agent: DayAgent, milliseconds: number): Promise<Cause> {
    const { scene, oracle } = this.#day
    await leaseConsole(this.#pick(scene.nodes), this.#viewerOf(agent.id), new Date(oracle.now + milliseconds))
    oracle.connect(agent, oracle.now + milliseconds)
    return { name: 'change' }
  }

  /** @param options.lease how long the console's lease still lasts
   * @param options.back after how long the console reconnects */
  async #leave(agent: DayAgent, { lease, back }: { lease: number; back: number }): Promise<Cause | null> {
    if (agent.leaseUntil <= this.#day.oracle.now) return null
    this.#plan(this.#day.oracle.now + back, () => this.#connect(agent, ALL_DAY))
    return this.#connect(agent, lease)
  }

  async #toggle(agent: DayAgent, available: boolean): Promise<Cause> {
    const { scene, oracle } = this.#day
    const viewer = this.#random(4) ? this.#viewerOf(agent.id) : scene.admin
    await setAvailabilityToggle(this.#context(viewer), { agentId: agent.id, available })
    oracle.toggle(agent, available)
    return { name: 'change' }
  }

  async #edit(agent: DayAgent): Promise<Cause> {
    const blocks = await setHours(this.#day.scene, agent, randomBlocks(this.#random))
    this.#day.oracle.edit(agent, blocks)
    return { name: 'change' }
  }

  /** Picks one of the things that interrupt an agent's work. */
  #disturb(agent: DayAgent): Promise<Cause | null> {
    const random = this.#random
    const roll = random(20)
    // The page reloads, sometimes too slowly.
    if (roll < 5) return this.#leave(agent, { lease: 0, back: 200 + random(6 * SECOND) })
    // The connection or the machine fails: the lease expires.
    if (roll < 9) return this.#leave(agent, { lease: 10 * SECOND + random(5 * SECOND), back: random(MINUTE) })
    if (roll < 12) return this.#leave(agent, { lease: 0, back: (1 + random(30)) * MINUTE })
    if (roll < 13) return this.#edit(agent)
    const isOff = random(2) === 0
    if (isOff) this.#plan(this.#day.oracle.now + random(30) * MINUTE, () => this.#toggle(agent, true))
    return this.#toggle(agent, !isOff)
  }
}

/** @param refusal null: the action must succeed */
async function expectRefusal(
  done: Promise<unknown>,
  refusal: (new (...args: never[]) => Error) | null,
): Promise<void> {
  const error: unknown = await done.then(
    () => null,
    (reason: unknown) => reason,
  )
  const isRight = refusal === null ? error === null : error instanceof refusal
  if (!isRight) throw new Error(`Expected ${refusal?.name ?? 'no refusal'}.`, { cause: error })
}
