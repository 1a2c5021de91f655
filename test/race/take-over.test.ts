// A supervisor takes a chat over at the moment at which somebody else changes it.
import { afterEach, expect, it } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { endChat } from '../../src/services/chat/conversation/end-chat.ts'
import { sendMessage } from '../../src/services/chat/conversation/send-message.ts'
import { acceptChat } from '../../src/services/chat/offers/accept-chat.ts'
import { takeOverChat } from '../../src/services/chat/offers/take-over-chat.ts'
import { requestLiveChat } from '../../src/services/chat/request/request-live-chat.ts'
import type { AgentViewer } from '../../src/services/identity/viewer.ts'
import { findAllBreaches } from './chat-invariants.ts'
import { collide, contextOf, useChatScene } from './chat-scene.ts'

const scene = useChatScene({ agents: 2, visitors: 2, settings: { chatsPerAgent: 1 } })

afterEach(async () => {
  const { database } = scene.nodes[0].services
  for (const { id } of await database.conversation.findMany({ where: { endedAt: null } })) {
    await endChat(contextOf(scene.nodes[0], scene.admin), id)
  }
  expect(scene.faults).toEqual([])
})

const agent = () => scene.agents[0]!
/** The second agent is a supervisor too. */
const supervisor = (): AgentViewer => {
  const permissions = new Set(scene.admin.permissions)
  return { ...scene.agents[1]!, permissions }
}
const takeOver = (id: string, viewer = scene.admin) =>
  takeOverChat(contextOf(scene.nodes[0], viewer), { conversationId: id, idempotencyKey: null })
const request = (visitor: number, { agentId } = agent()) =>
  requestLiveChat(contextOf(scene.nodes[1], scene.visitors[visitor]!), {
    target: { agentId },
    idempotencyKey: null,
  })
const accept = async (conversationId: string) => {
  const offer = await scene.nodes[1].services.database.chatOffer.findFirstOrThrow({
    where: { conversationId },
  })
  return acceptChat(contextOf(scene.nodes[1], agent()), { offerId: offer.id, idempotencyKey: null })
}
/** The code of the failure; null for a success. */
const codeOf = (call: Promise<unknown>): Promise<string | null> =>
  call.then(
    () => null,
    (error: unknown) => (error instanceof AppError ? error.code : Promise.reject(error)),
  )
/** Who has the chat, and what became of the offers, in order. */
async function outcome(id: string) {
  expect(await findAllBreaches(scene.sql, scene.clock.now())).toEqual([])
  const { database } = scene.nodes[0].services
  const { state, agentId } = await database.conversation.findUniqueOrThrow({ where: { id } })
  const offers = await database.chatOffer.findMany({
    where: { conversationId: id },
    orderBy: { attempt: 'asc' },
  })
  return { state, agentId, offers: offers.map((offer) => [offer.agentId, offer.state]) }
}

it('the agent who accepts first loses the chat to the supervisor all the same', async () => {
  const { id } = await request(0)
  await collide(
    scene,
    () => accept(id),
    () => takeOver(id),
  )
  const send = sendMessage(contextOf(scene.nodes[1], agent()), {
    conversationId: id,
    text: 'I was first.',
    clientKey: 'one',
  })
  expect(await codeOf(send)).toBe('NOT_FOUND')
  expect(await outcome(id)).toEqual({
    state: 'ACTIVE',
    agentId: scene.admin.agentId,
    offers: [
      [agent().agentId, 'ACCEPTED'],
      [scene.admin.agentId, 'ACCEPTED'],
    ],
  })
})

it('the agent who accepts a moment too late learns that the offer is no longer open', async () => {
  const { id } = await request(0)
  const [, code] = await collide(
    scene,
    () => takeOver(id),
    () => codeOf(accept(id)),
  )
  expect(code).toBe('OFFER_NO_LONGER_OPEN')
  expect(await outcome(id)).toMatchObject({
    state: 'ACTIVE',
    agentId: scene.admin.agentId,
    offers: [
      [agent().agentId, 'RESCINDED'],
      [scene.admin.agentId, 'ACCEPTED'],
    ],
  })
})

it('of two supervisors who take one chat over, the second one has it in the end', async () => {
  const { id } = await request(0)
  await accept(id)
  await collide(
    scene,
    () => takeOver(id, supervisor()),
    () => takeOver(id),
  )
  expect(await outcome(id)).toMatchObject({ state: 'ACTIVE', agentId: scene.admin.agentId })
})

it('a chat that its visitor ends at that moment is not taken over', async () => {
  const { id } = await request(0)
  const [, code] = await collide(
    scene,
    () => endChat(contextOf(scene.nodes[1], scene.visitors[0]!), id),
    () => codeOf(takeOver(id)),
  )
  expect(code).toBe('CONFLICT')
  expect(await outcome(id)).toMatchObject({ state: 'ABANDONED', agentId: null })
})

it('the last seat of a supervisor goes to the chat that is taken over, or to the one that is offered', async () => {
  const { id } = await request(0)
  const [, other] = await collide(
    scene,
    () => takeOver(id, supervisor()),
    () => request(1, supervisor()),
  )
  expect(other.state).toBe('MISSED')
  expect(await outcome(id)).toMatchObject({ agentId: supervisor().agentId })
  await endChat(contextOf(scene.nodes[0], scene.admin), id)
  const { id: third } = await request(0)
  const [, code] = await collide(
    scene,
    () => request(1, supervisor()),
    () => codeOf(takeOver(third, supervisor())),
  )
  expect(code).toBe('CONFLICT')
  expect(await outcome(third)).toMatchObject({ state: 'OFFERED', agentId: null })
})
