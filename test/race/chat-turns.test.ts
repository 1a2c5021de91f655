// The strict order of turns. After each random operation of one worker, the agents who got offers, and their order, must
// agree with a reference model. TURNS_SEED repeats a run exactly.
import { randomUUID } from 'node:crypto'
import { beforeAll, expect, it } from 'vitest'
import { NoAgentAvailableError } from '../../src/errors.ts'
import { createAgent } from '../../src/services/agents/create-agent.ts'
import { removeAgent } from '../../src/services/agents/remove-agent.ts'
import { setRoutingPaused } from '../../src/services/assignment/set-routing-paused.ts'
import { setAvailabilityToggle } from '../../src/services/chat/availability/set-availability-toggle.ts'
import { endChat } from '../../src/services/chat/conversation/end-chat.ts'
import { acceptChat } from '../../src/services/chat/offers/accept-chat.ts'
import { declineChat } from '../../src/services/chat/offers/decline-chat.ts'
import { transferChat } from '../../src/services/chat/offers/transfer-chat.ts'
import { requestLiveChat } from '../../src/services/chat/request/request-live-chat.ts'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { readAgentViewer } from '../../src/services/identity/agent-viewer.ts'
import type { AgentViewer } from '../../src/services/identity/viewer.ts'
import { saveTeam } from '../../src/services/teams/save-team.ts'
import { Budget } from '../kit/budget.ts'
import { DAY, MINUTE } from '../kit/clock.ts'
import { lotsOf, randomFrom } from '../kit/random.ts'
import {
  type ChatScene,
  contextOf,
  leaseConsole,
  openAroundTheClock,
  startChatScene,
  useChatScene,
} from './chat-scene.ts'
import { ALL_AGENTS, type ModelChat, TurnsModel } from './turns-model.ts'

const KINDS = [
  ...['request', 'accept', 'decline', 'end', 'transfer', 'wait', 'toggle', 'sign in', 'sign out', 'pause'],
  ...['remove', 'add'],
] as const
const budget = new Budget('TURNS', { seconds: 8, kinds: KINDS })
const { seed } = budget
const SETTINGS = { offerTimeoutMs: 60_000, idleTimeoutMs: 10 * MINUTE, maxOffers: 3, capacity: 3 }
const WORKERS = 16
const REQUESTS = Number(process.env.TURNS_REQUESTS ?? 320)
const DEADLINE_MS = 20 * MINUTE

const random = randomFrom(seed)
const viewers = new Map<string, AgentViewer>()
const visitorOf = new Map<string, ChatScene['visitors'][number]>()

const scene = useChatScene({
  agents: 6,
  visitors: 120,
  // The model knows no chats that are offered on because their agent has gone.
  settings: { offerTimeoutSeconds: 60, maxOffersPerRequest: 3, chatsPerAgent: 3, reofferAfterSeconds: 0 },
})
let model: TurnsModel
let teamIds: string[]

beforeAll(async () => {
  model = new TurnsModel(SETTINGS)
  // The administrator has a place in the turns too, but is never signed in.
  for (const agent of [scene.admin, ...scene.agents]) {
    model.join(agent.agentId)
    viewers.set(agent.agentId, agent)
  }
  for (const agent of scene.agents) await signIn(agent.agentId, DAY)
  teamIds = [await createTeam('One', [0, 1, 2]), await createTeam('Other', [4, 2, 5, 0])]
}, 120_000)

const context = (viewer = scene.admin as Parameters<typeof contextOf>[1]) =>
  contextOf(scene.nodes[random(2)]!, viewer)
const one = <Item>(items: Item[]): Item | undefined => items[random(items.length)]
const anyAgent = () => one(scene.agents)!.agentId
const viewerOf = (agentId: string | null | undefined) => viewers.get(agentId ?? '')!

it(
  `makes the offers of ${budget.extent} changes, requests, answers and expiries in the order of a reference model`,
  async () => {
    await budget.run(async () => {
      await pass(1)
      const [name, operation] = draw()
      await operation()
      budget.note(name)
      await expectAgreement({ seed, done: budget.done, name })
    })
    expect(scene.faults).toEqual([])
  },
  budget.deadlineMs,
)

it(
  `distributes offers to agents who are always eligible with counts that differ by at most 1, for ${REQUESTS} requests of ${WORKERS} workers on two nodes`,
  async () => {
    const quiet = await startChatScene({
      agents: 5,
      visitors: REQUESTS / 8,
      settings: { chatsPerAgent: 10 },
    })
    try {
      const share = quiet.visitors.length / WORKERS
      const worker = async (number: number) => {
        const node = quiet.nodes[number % 2]!
        for (const visitor of quiet.visitors.slice(number * share, (number + 1) * share)) {
          for (let time = 0; time < 8; time++) {
            const { id, state } = await requestLiveChat(contextOf(node, visitor), { idempotencyKey: null })
            expect(state).toBe('OFFERED')
            await endChat(contextOf(node, visitor), id)
          }
        }
      }
      await Promise.all(Array.from({ length: WORKERS }, (_one, number) => worker(number)))
      const { rows } = await quiet.sql.query<{ offered: number }>(
        `SELECT "offered" FROM "RoutingPlace" WHERE "kind" = 'LIVE_CHAT' AND "agentId" <> $1`,
        [quiet.admin.agentId],
      )
      const counts = rows.map(({ offered }) => offered)
      expect(counts.reduce((sum, offered) => sum + offered, 0)).toBe(REQUESTS)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    } finally {
      await quiet.stop()
    }
  },
  DEADLINE_MS,
)

let offersRead = 0

/** Compares the offers of this step, the pending offers, the active chats and the pointers. */
async function expectAgreement(step: object): Promise<void> {
  const { rows } = await scene.sql.query(
    `SELECT
       (SELECT coalesce(jsonb_agg(jsonb_build_object('chatId', "conversationId", 'agentId', "agentId") ORDER BY "id"), '[]')
        FROM (SELECT * FROM "ChatOffer" ORDER BY "id" OFFSET $1) new) AS "offered",
       (SELECT coalesce(jsonb_object_agg("conversationId", "agentId"), '{}')
        FROM "ChatOffer" WHERE "state" = 'PENDING') AS "pending",
       (SELECT coalesce(jsonb_object_agg("id", "agentId"), '{}')
        FROM "Conversation" WHERE "state" = 'ACTIVE') AS "active",
       (SELECT jsonb_object_agg(coalesce("teamId"::text, '${ALL_AGENTS}'), "lastAgentId")
        FROM "RoutingPool" WHERE "kind" = 'LIVE_CHAT') AS "pointers"`,
    [offersRead],
  )
  const pending = model.chats.flatMap(({ id, pending }) => (pending ? [[id, pending.agentId]] : []))
  const active = model.chats.flatMap(({ id, owner }) => (owner ? [[id, owner]] : []))
  expect({ ...step, ...rows[0] }).toEqual({
    ...step,
    offered: model.offered,
    pending: Object.fromEntries(pending),
    active: Object.fromEntries(active),
    pointers: Object.fromEntries([...model.pools].map(([name, { last }]) => [name, last])),
  })
  offersRead += model.offered.length
  model.offered = []
}

/** Lets time pass, and sweeps for due work. */
async function pass(milliseconds: number): Promise<void> {
  scene.clock.advance(milliseconds)
  model.now = scene.clock.now().getTime()
  if (!model.hasDueWork()) return
  await sweepChats(scene.nodes[random(2)]!.services)
  model.sweepChats()
}

async function request(): Promise<void> {
  const busy = new Set(model.chats.map(({ id }) => visitorOf.get(id)))
  const visitor = one(scene.visitors.filter((each) => !busy.has(each)))
  if (visitor === undefined) return
  const pool = one([ALL_AGENTS, ALL_AGENTS, ...teamIds, anyAgent()])!
  const target =
    pool === ALL_AGENTS ? { roundRobin: true } : teamIds.includes(pool) ? { teamId: pool } : { agentId: pool }
  const { id } = await requestLiveChat(context(visitor), { target, idempotencyKey: null })
  visitorOf.set(id, visitor)
  model.request({ id, pool })
}

const chatWith = (isRight: (chat: ModelChat) => boolean) => one(model.chats.filter(isRight))
const offerOf = ({ id }: ModelChat) =>
  scene.nodes[0].services.database.chatOffer.findFirstOrThrow({
    where: { conversationId: id, state: 'PENDING' },
  })

async function accept(): Promise<void> {
  const chat = chatWith(({ pending }) => pending !== null)
  if (!chat) return
  const { id: offerId } = await offerOf(chat)
  await acceptChat(context(viewerOf(chat.pending?.agentId)), { offerId, idempotencyKey: null })
  model.accept(chat)
}

async function decline(): Promise<void> {
  const chat = chatWith(({ pending }) => pending !== null)
  if (!chat) return
  await declineChat(context(viewerOf(chat.pending?.agentId)), (await offerOf(chat)).id)
  model.settle(chat, 'REFUSED')
}

async function end(): Promise<void> {
  const chat = one(model.chats)
  if (!chat) return
  await endChat(context(visitorOf.get(chat.id)), chat.id)
  model.end(chat)
}

async function transfer(): Promise<void> {
  const chat = chatWith(({ owner, pending }) => owner !== null && pending === null)
  if (!chat) return
  const pool = one([...teamIds, ...teamIds, anyAgent()])!
  const receiver = teamIds.includes(pool) ? { teamId: pool } : { agentId: pool }
  const input = { conversationId: chat.id, receiver, idempotencyKey: null }
  const isOffered = await transferChat(context(viewerOf(chat.owner)), input).then(
    () => true,
    (error: unknown) => {
      if (error instanceof NoAgentAvailableError) return false
      throw error
    },
  )
  expect(isOffered).toBe(model.transfer(chat, pool))
}

async function toggle(): Promise<void> {
  const agentId = anyAgent()
  const available = random(6) > 0
  await setAvailabilityToggle(context(), { agentId, available })
  model.toggle(agentId, available)
}

async function signIn(agentId: string, milliseconds: number): Promise<void> {
  const until = scene.clock.now().getTime() + milliseconds
  await leaseConsole(scene.nodes[0], viewerOf(agentId), new Date(until))
  model.agent(agentId).leaseUntil = until
}

async function pause(): Promise<void> {
  const agentId = anyAgent()
  const paused = random(6) === 0
  await setRoutingPaused(context(), { kind: 'LIVE_CHAT', agentId, paused })
  model.agent(agentId).paused = paused
}

async function remove(): Promise<void> {
  if (scene.agents.length <= 4) return
  const agentId = anyAgent()
  scene.agents = scene.agents.filter((agent) => agent.agentId !== agentId)
  await removeAgent(context(), agentId)
  model.leave(agentId)
}

async function add(): Promise<void> {
  if (scene.agents.length >= 8) return
  const input = { name: 'Somebody New', email: `${randomUUID()}@example.com`, idempotencyKey: null }
  const { id } = await createAgent(context(), input)
  const { database } = scene.nodes[0].services
  await openAroundTheClock(scene.nodes[0], id)
  const viewer = (await readAgentViewer(database, id))!
  viewers.set(id, viewer)
  scene.agents.push(viewer)
  model.join(id)
  await signIn(id, DAY)
}

async function createTeam(name: string, members: number[]): Promise<string> {
  const agentIds = members.map((number) => scene.agents[number]!.agentId)
  const input = { name, agentIds, idempotencyKey: null }
  const id = await saveTeam(context(), input, async (_tx, teamId) => teamId)
  model.pools.set(id, { order: [...agentIds], last: null })
  return id
}

const OPERATIONS: [number, (typeof KINDS)[number], () => Promise<void>][] = [
  [24, 'request', request],
  [12, 'accept', accept],
  [9, 'decline', decline],
  [8, 'end', end],
  [8, 'transfer', transfer],
  [8, 'wait', () => pass(random(30_000))],
  [5, 'toggle', toggle],
  [8, 'sign in', () => signIn(anyAgent(), 10_000 + random(60 * MINUTE))],
  [2, 'sign out', () => signIn(anyAgent(), 0)],
  [4, 'pause', pause],
  [1, 'remove', remove],
  [1, 'add', add],
]
const LOTS = OPERATIONS.flatMap(([weight, name, operation]) =>
  Array.from({ length: weight }, (): [string, () => Promise<void>] => [name, operation]),
)
const draw = lotsOf(LOTS, random)
