// Requests that wait get their chats in the order of requests, exactly once, whatever gives agents room: random steps on
// two nodes, whose sweeps run at the same time, are compared with a model of the documentation. WAITING_SEED repeats a run.
import { expect, it } from 'vitest'
import { setAvailabilityToggle } from '../../src/services/chat/availability/set-availability-toggle.ts'
import { endChat } from '../../src/services/chat/conversation/end-chat.ts'
import { acceptChat } from '../../src/services/chat/offers/accept-chat.ts'
import { requestLiveChat } from '../../src/services/chat/request/request-live-chat.ts'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import type { VisitorViewer } from '../../src/services/identity/viewer.ts'
import { saveTeam } from '../../src/services/teams/save-team.ts'
import { Budget } from '../kit/budget.ts'
import { lotsOf, randomFrom } from '../kit/random.ts'
import { findAllBreaches } from './chat-invariants.ts'
import { contextOf, useChatScene } from './chat-scene.ts'
import { type ModelChat, QueueModel } from './queue-model.ts'

const SECOND = 1000
const SETTINGS = { chatsPerAgent: 1, waitSeconds: 60, offerTimeoutSeconds: 600, idleTimeoutMinutes: 1440 }
const MOST_CHATS = 3
const KINDS = [
  'request',
  'accept',
  'end',
  'toggle',
  'capacity',
  'wait',
  'setting',
  'REQUESTED',
  'served',
  'MISSED',
] as const

const scene = useChatScene({ agents: 3, visitors: 0, settings: SETTINGS })
const budget = new Budget('WAITING', { seconds: 3, kinds: KINDS })

it(
  `requests get their chats in order, for ${budget.extent} random steps`,
  async () => {
    const run = new Run(await createTeams())
    await budget.run(async () => {
      await run.step()
      expect({ seed: budget.seed, done: budget.done, faults: scene.faults }).toMatchObject({ faults: [] })
    })
    await run.finish()
    expect(await findAllBreaches(scene.sql, scene.clock.now())).toEqual([])
  },
  budget.deadlineMs,
)

/** Two of the agents are one team, the third one is another. */
async function createTeams(): Promise<{ teamIds: string[]; pools: string[][] }> {
  const ids = scene.agents.map(({ agentId }) => agentId)
  const pools = [ids.slice(0, 2), ids.slice(2)]
  const context = contextOf(scene.nodes[0], scene.admin)
  const teams = pools.map((agentIds, number) =>
    saveTeam(
      context,
      { name: `Team ${number}`, agentIds, idempotencyKey: null },
      async (_tx, teamId) => teamId,
    ),
  )
  return { pools, teamIds: await Promise.all(teams) }
}

class Run {
  readonly #random = randomFrom(budget.seed)
  readonly #draw = lotsOf(
    [
      'request',
      'request',
      'request',
      'request',
      'accept',
      'accept',
      'end',
      'end',
      'toggle',
      'capacity',
      'wait',
      'setting',
    ] as const,
    this.#random,
  )
  readonly #teamIds: string[]
  readonly #model: QueueModel
  readonly #visitors = new Map<string, VisitorViewer>()

  constructor({ teamIds, pools }: { teamIds: string[]; pools: string[][] }) {
    this.#teamIds = teamIds
    const { chatsPerAgent: capacity, waitSeconds } = SETTINGS
    this.#model = new QueueModel({ pools, waitSeconds, capacity })
  }

  /** Sometimes several things happen between two sweeps. */
  async step(): Promise<void> {
    const kind = this.#draw()
    const { request, accept, end, toggle, capacity, wait, setting } = this
    await { request, accept, end, toggle, capacity, wait, setting }[kind].call(this)
    budget.note(kind)
    if (this.#random(3) > 0) await this.#sweep()
  }

  async request(): Promise<void> {
    const pool = this.#random(this.#teamIds.length)
    const visitor = await scene.createVisitor()
    const target = { teamId: this.#teamIds[pool]! }
    const { id, state } = await requestLiveChat(this.#as(visitor), { target, idempotencyKey: null })
    this.#visitors.set(id, visitor)
    const chat = this.#model.request(id, pool, this.#now)
    expect(state).toBe(chat.state)
    budget.count(state)
    if (chat.state === 'OFFERED') await this.#assign(id)
    // Two requests at the same instant are in the order of their ids.
    scene.clock.advance(1)
  }

  async accept(): Promise<void> {
    const [id, chat] = this.#any('OFFERED')
    if (!chat) return
    const offer = await this.#database.chatOffer.findFirstOrThrow({
      where: { conversationId: id, state: 'PENDING' },
    })
    const agent = scene.agents.find(({ agentId }) => agentId === chat.agentId)!
    await acceptChat(this.#as(agent), { offerId: offer.id, idempotencyKey: null })
    Object.assign(chat, { state: 'ACTIVE', events: chat.events + 1 })
  }

  async end(): Promise<void> {
    const [id, chat] = this.#any('REQUESTED', 'OFFERED', 'ACTIVE')
    if (!chat) return
    await endChat(this.#as(this.#visitors.get(id)!), id)
    this.#model.end(chat)
  }

  /** Not of an agent with offers, which would be revoked. */
  async toggle(): Promise<void> {
    const agent = scene.agents[this.#random(scene.agents.length)]!
    const offered = [...this.#model.chats.values()].some(
      ({ state, agentId }) => state === 'OFFERED' && agentId === agent.agentId,
    )
    if (offered) return
    const model = this.#model.agent(agent.agentId)
    model.available = !model.available || this.#random(3) > 0
    await setAvailabilityToggle(this.#as(agent), { agentId: agent.agentId, available: model.available })
  }

  capacity(): Promise<void> {
    return this.#setCapacity(1 + this.#random(MOST_CHATS))
  }

  /** Requests that wait already are not concerned. */
  async setting(): Promise<void> {
    await this.#setWait(this.#random(2) * SETTINGS.waitSeconds)
  }

  async #setWait(waitSeconds: number): Promise<void> {
    await this.#database.workspace.update({ where: { id: scene.workspaceId }, data: { waitSeconds } })
    this.#model.waitSeconds = waitSeconds
  }

  /** No agent has more than allowed, and requests may wait: neither setting ends what has begun. */
  async finish(): Promise<void> {
    await this.#setCapacity(MOST_CHATS)
    await this.#setWait(SETTINGS.waitSeconds)
    await this.#sweep()
  }

  async #setCapacity(chatsPerAgent: number): Promise<void> {
    await this.#database.workspace.update({ where: { id: scene.workspaceId }, data: { chatsPerAgent } })
    this.#model.capacity = chatsPerAgent
  }

  async wait(): Promise<void> {
    scene.clock.advance(this.#random(50) * SECOND)
  }

  async #sweep(): Promise<void> {
    await Promise.all(scene.nodes.map((node) => sweepChats(node.services)))
    const before = this.#count('MISSED')
    for (const id of this.#model.sweep(this.#now)) {
      await this.#assign(id)
      budget.count('served')
    }
    if (this.#count('MISSED') > before) budget.count('MISSED')
    await this.#compare()
  }

  /** Whom the product chose must have had room. */
  async #assign(id: string): Promise<void> {
    const where = { conversationId: id, state: 'PENDING' } as const
    const { agentId } = await this.#database.chatOffer.findFirstOrThrow({ where })
    this.#model.assign(this.#model.chats.get(id)!, agentId)
  }

  async #compare(): Promise<void> {
    const { rows } = await scene.sql.query<{ id: string }>(
      `SELECT c."id", c."waitPlace" AS "place", count(e)::int AS "events",
         CASE WHEN c."state" IN ('ENDED', 'ABANDONED') THEN 'OVER' ELSE c."state"::text END AS "state"
       FROM "Conversation" c
       JOIN "Event" e ON e."streamId" = 'conversation:' || c."id" AND e."type" = 'ConversationChanged'
       GROUP BY c."id" ORDER BY c."requestedAt"`,
    )
    const expected = [...this.#model.chats].map(([id, { state, place, events }]) => ({
      id,
      state,
      place,
      events,
    }))
    expect({ seed: budget.seed, done: budget.done, chats: rows }).toEqual({
      ...{ seed: budget.seed, done: budget.done },
      chats: expected,
    })
  }

  #any(...states: ModelChat['state'][]): [string, ModelChat] | [string, undefined] {
    const found = [...this.#model.chats].filter(([, { state }]) => states.includes(state))
    return found[this.#random(Math.max(1, found.length))] ?? ['', undefined]
  }

  #count = (state: ModelChat['state']) =>
    [...this.#model.chats.values()].filter((chat) => chat.state === state).length

  #as = (viewer: Parameters<typeof contextOf>[1]) => contextOf(scene.nodes[this.#random(2)]!, viewer)

  get #database() {
    return scene.nodes[0].services.database
  }

  get #now(): number {
    return scene.clock.now().getTime()
  }
}
