// What happens to an agent at the very moment in which a chat is offered to it. A lock that the test holds on the
// stream of the workspace, which everybody writes to last, keeps one change just before its commit while the other
// runs into it.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { removeAgent } from '../../src/services/agents/remove-agent.ts'
import { toggleLiveChatAvailability } from '../../src/services/chat/availability/toggle-live-chat-availability.ts'
import { requestLiveChat } from '../../src/services/chat/request/request-live-chat.ts'
import { saveTeam } from '../../src/services/teams/save-team.ts'
import { type ChatScene, contextOf, startChatScene, waitForWaiting } from './chat-scene.ts'

let scene: ChatScene
const faults: unknown[] = []

beforeEach(async () => {
  scene = await startChatScene({
    ...{ agents: 2, visitors: 2 },
    settings: { chatsPerAgent: 1 },
    onError: (error) => void faults.push(error),
  })
}, 120_000)
afterEach(async () => {
  await scene?.stop()
  expect(faults).toEqual([])
})

const admin = () => contextOf(scene.nodes[0], scene.admin)
const first = () => scene.agents[0]!.agentId
const second = () => scene.agents[1]!.agentId
const ask = (visitor: number, target?: { agentId: string } | { teamId: string }) =>
  requestLiveChat(contextOf(scene.nodes[1], scene.visitors[visitor]!), {
    ...{ target, text: 'Hello', idempotencyKey: null },
  })
const goUnavailable = (agentId: string) => toggleLiveChatAvailability(admin(), { agentId, available: false })

/** Starts two changes: the first stops before its commit, the second where it meets the first. Then both go on. */
async function collide<One, Other>(
  one: () => Promise<One>,
  other: () => Promise<Other>,
): Promise<[One, Other]> {
  const { sql, workspaceId } = scene
  await sql.query('BEGIN')
  await sql.query(
    `INSERT INTO "EventStream" ("id", "workspaceId", "head") VALUES ($1, $2, 0)
     ON CONFLICT ("id") DO UPDATE SET "head" = "EventStream"."head"`,
    [`workspace:${workspaceId}`, workspaceId],
  )
  const outcomes: [Promise<One>?, Promise<Other>?] = []
  try {
    outcomes[0] = one()
    await waitForWaiting(scene, 1)
    outcomes[1] = other()
    await waitForWaiting(scene, 2)
  } finally {
    await sql.query('COMMIT')
    await Promise.allSettled(outcomes)
  }
  return Promise.all([outcomes[0], outcomes[1]])
}

/** Whom chats were ever offered to, in order, and what became of the offers. */
async function readOffers(): Promise<{ agentId: string; state: string }[]> {
  const { rows } = await scene.sql.query(
    `SELECT "agentId", "state"::text FROM "ChatOffer" ORDER BY "offeredAt", "attempt", "id"`,
  )
  return rows
}

/** The agents who were passed over, and why, in the decision about a chat. */
async function readSkipped(conversationId: string): Promise<unknown> {
  const { rows } = await scene.sql.query(
    `SELECT "steps"->0->'skipped' AS "skipped" FROM "RoutingDecision" WHERE "conversationId" = $1`,
    [conversationId],
  )
  expect(rows).toHaveLength(1)
  return rows[0].skipped
}

it('an agent who goes unavailable while a chat is being offered is passed over, and the record says so', async () => {
  const [, chat] = await collide(
    () => goUnavailable(first()),
    () => ask(0),
  )
  expect(chat.state).toBe('OFFERED')
  expect(await readOffers()).toEqual([{ agentId: second(), state: 'PENDING' }])
  expect(await readSkipped(chat.id)).toContainEqual({ agentId: first(), because: ['NOT_AVAILABLE'] })
})

it('an agent who goes unavailable just after a chat was offered has the offer revoked by that', async () => {
  const [chat] = await collide(
    () => ask(0),
    () => goUnavailable(first()),
  )
  expect(chat.state).toBe('OFFERED')
  expect(await readOffers()).toEqual([
    { agentId: first(), state: 'REVOKED' },
    { agentId: second(), state: 'PENDING' },
  ])
})

it('an agent who is removed while somebody asks for that agent is offered nothing', async () => {
  const [, chat] = await collide(
    () => removeAgent(admin(), first()),
    () => ask(0, { agentId: first() }),
  )
  expect(chat.state).toBe('MISSED')
  expect(await readOffers()).toEqual([])
  expect(await readSkipped(chat.id)).toContainEqual({
    agentId: first(),
    because: expect.arrayContaining(['NOT_AVAILABLE']),
  })
})

it('an agent who is removed just after somebody asked for that agent has the offer revoked by that', async () => {
  const [chat] = await collide(
    () => ask(0, { agentId: first() }),
    () => removeAgent(admin(), first()),
  )
  expect(chat.state).toBe('OFFERED')
  expect(await readOffers()).toEqual([{ agentId: first(), state: 'REVOKED' }])
})

it('the last seat of an agent goes to one of two who ask for it through different pools', async () => {
  const team = await saveTeam(admin(), { name: 'One', agentIds: [first()], idempotencyKey: null })
  const [chat, other] = await collide(
    () => ask(0),
    () => ask(1, { teamId: team.id }),
  )
  expect([chat.state, other.state]).toEqual(['OFFERED', 'MISSED'])
  expect(await readOffers()).toEqual([{ agentId: first(), state: 'PENDING' }])
  expect(await readSkipped(other.id)).toEqual([{ agentId: first(), because: ['AT_CAPACITY'] }])
})
