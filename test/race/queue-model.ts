// What the documentation says about requests that wait, as a model: pools that share no agent, each with a queue. It
// computes who waits, in which place, and who gets a chat. Which agent of a pool gets it is not its concern.

export interface ModelAgent {
  available: boolean
  /** Chats and offers. */
  load: number
}

export interface ModelChat {
  pool: number
  state: 'REQUESTED' | 'OFFERED' | 'ACTIVE' | 'OVER' | 'MISSED'
  agentId: string | null
  /** When the wait ends, in milliseconds. */
  until: number
  /** As its visitor was told. */
  place: number | null
  /** How often its visitor was told that it changed. */
  events: number
}

export class QueueModel {
  readonly chats = new Map<string, ModelChat>()
  readonly pools: Map<string, ModelAgent>[]
  #waitMs: number
  capacity: number

  constructor(given: { pools: string[][]; waitSeconds: number; capacity: number }) {
    this.pools = given.pools.map((ids) => new Map(ids.map((id) => [id, { available: true, load: 0 }])))
    this.#waitMs = given.waitSeconds * 1000
    this.capacity = given.capacity
  }

  set waitSeconds(waitSeconds: number) {
    this.#waitMs = waitSeconds * 1000
  }

  agent(id: string): ModelAgent {
    const found = this.pools.map((pool) => pool.get(id)).find((agent) => agent !== undefined)
    if (found === undefined) throw new Error(`There is no agent ${id}.`)
    return found
  }

  /** In the order of requests. */
  queue(pool: number): ModelChat[] {
    return [...this.chats.values()].filter((chat) => chat.pool === pool && chat.state === 'REQUESTED')
  }

  request(id: string, pool: number, now: number): ModelChat {
    const there = [...(this.pools[pool]?.values() ?? [])].filter(({ available }) => available)
    const ahead = this.queue(pool).filter(({ until }) => until > now)
    const place = ahead.length + 1
    const hasRoom = there.some(({ load }) => load < this.capacity)
    const waits = hasRoom ? place > 1 : there.length > 0 && this.#waitMs > 0
    const state = waits ? 'REQUESTED' : hasRoom ? 'OFFERED' : 'MISSED'
    const lastAhead = Math.max(...ahead.map(({ until }) => until))
    const until = this.#waitMs > 0 ? now + this.#waitMs : lastAhead
    const chat: ModelChat = { pool, state, agentId: null, until, place: waits ? place : null, events: 1 }
    this.chats.set(id, chat)
    return chat
  }

  /** @param agentId who got an offer
   * @throws Error for an agent who may not get it */
  assign(chat: ModelChat, agentId: string): void {
    const agent = this.pools[chat.pool]?.get(agentId)
    if (!agent?.available || agent.load >= this.capacity)
      throw new Error('An offer to an agent without room.')
    agent.load += 1
    chat.agentId = agentId
  }

  /** Ends whatever there is of a chat. */
  end(chat: ModelChat): void {
    if (chat.agentId !== null) this.agent(chat.agentId).load -= 1
    change(chat, { state: 'OVER', agentId: null })
  }

  /** Waits end, agents with room get the chats of the longest waiting, and the others move up.
   * @returns the ids of the chats that are offered now, to be assigned */
  sweep(now: number): string[] {
    return this.pools.flatMap((_agents, pool) => this.#sweepPool(pool, now))
  }

  #sweepPool(pool: number, now: number): string[] {
    for (const chat of this.queue(pool).filter(({ until }) => until <= now)) change(chat, { state: 'MISSED' })
    const there = [...(this.pools[pool]?.values() ?? [])].filter(({ available }) => available)
    const room = there.reduce((sum, { load }) => sum + Math.max(0, this.capacity - load), 0)
    const offered = this.queue(pool).slice(0, room)
    for (const chat of offered) change(chat, { state: 'OFFERED' })
    for (const [index, chat] of this.queue(pool).entries()) {
      if (chat.place !== index + 1) change(chat, { place: index + 1 })
    }
    return offered.map((chat) => this.#idOf(chat))
  }

  #idOf(chat: ModelChat): string {
    for (const [id, each] of this.chats) if (each === chat) return id
    throw new Error('There is no such chat.')
  }
}

/** Each change is an event. */
function change(chat: ModelChat, to: Partial<ModelChat>): void {
  Object.assign(chat, to)
  chat.events += 1
}
