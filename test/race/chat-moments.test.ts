// Changes to an agent at the moment at which a chat is offered to the agent.
import { expect, it } from 'vitest'
import { removeAgent } from '../../src/services/agents/remove-agent.ts'
import { setAvailabilityToggle } from '../../src/services/chat/availability/set-availability-toggle.ts'
import { requestLiveChat } from '../../src/services/chat/request/request-live-chat.ts'
import { saveTeam } from '../../src/services/teams/save-team.ts'
import { collide, contextOf, useChatScene } from './chat-scene.ts'

const scene = useChatScene({ agents: 2, visitors: 2, settings: { chatsPerAgent: 1 } }, { perTest: true })

const admin = () => contextOf(scene.nodes[0], scene.admin)
const first = () => scene.agents[0]!.agentId
const second = () => scene.agents[1]!.agentId
const request = (visitor: number, target?: { agentId: string } | { teamId: string }) =>
  requestLiveChat(contextOf(scene.nodes[1], scene.visitors[visitor]!), {
    target,
    text: 'Hello',
    idempotencyKey: null,
  })
const makeUnavailable = (agentId: string) => setAvailabilityToggle(admin(), { agentId, available: false })

/** The agents and states of all offers, in order. */
async function readOffers(): Promise<{ agentId: string; state: string }[]> {
  const { rows } = await scene.sql.query(
    `SELECT "agentId", "state"::text FROM "ChatOffer" ORDER BY "offeredAt", "attempt", "id"`,
  )
  return rows
}

/** The agents that the decision about a chat skipped, with the reasons. */
async function readSkipped(conversationId: string): Promise<unknown> {
  const { rows } = await scene.sql.query(
    `SELECT "steps"->0->'skipped' AS "skipped" FROM "RoutingDecision" WHERE "conversationId" = $1`,
    [conversationId],
  )
  expect(rows).toHaveLength(1)
  return rows[0].skipped
}

it('an agent who becomes unavailable while a chat is being offered is skipped, and the decision records it', async () => {
  const [, chat] = await collide(
    scene,
    () => makeUnavailable(first()),
    () => request(0),
  )
  expect(chat.state).toBe('OFFERED')
  expect(await readOffers()).toEqual([{ agentId: second(), state: 'PENDING' }])
  expect(await readSkipped(chat.id)).toContainEqual({ agentId: first(), because: ['NOT_AVAILABLE'] })
})

it('an agent who becomes unavailable just after a chat was offered loses the offer', async () => {
  const [chat] = await collide(
    scene,
    () => request(0),
    () => makeUnavailable(first()),
  )
  expect(chat.state).toBe('OFFERED')
  expect(await readOffers()).toEqual([
    { agentId: first(), state: 'REVOKED' },
    { agentId: second(), state: 'PENDING' },
  ])
})

it('an agent who is removed while a visitor requests that agent gets no offer', async () => {
  const [, chat] = await collide(
    scene,
    () => removeAgent(admin(), first()),
    () => request(0, { agentId: first() }),
  )
  expect(chat.state).toBe('MISSED')
  expect(await readOffers()).toEqual([])
  expect(await readSkipped(chat.id)).toContainEqual({
    agentId: first(),
    because: expect.arrayContaining(['NOT_AVAILABLE']),
  })
})

it('an agent who is removed just after a visitor requested that agent loses the offer', async () => {
  const [chat] = await collide(
    scene,
    () => request(0, { agentId: first() }),
    () => removeAgent(admin(), first()),
  )
  expect(chat.state).toBe('OFFERED')
  expect(await readOffers()).toEqual([{ agentId: first(), state: 'REVOKED' }])
})

it('the last seat of an agent goes to one of two requests through different pools', async () => {
  const input = { name: 'One', agentIds: [first()], idempotencyKey: null }
  const teamId = await saveTeam(admin(), input, async (_tx, id) => id)
  const [chat, other] = await collide(
    scene,
    () => request(0),
    () => request(1, { teamId }),
  )
  expect([chat.state, other.state]).toEqual(['OFFERED', 'MISSED'])
  expect(await readOffers()).toEqual([{ agentId: first(), state: 'PENDING' }])
  expect(await readSkipped(other.id)).toEqual([{ agentId: first(), because: ['AT_CAPACITY'] }])
})
