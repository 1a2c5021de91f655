// The list of conversations: its filter and its orders.
import { beforeEach, expect, it } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { createVisitor } from '../kit/booking.ts'
import { lastOffer, requestChat, say, startActiveChat } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, grace, visitor, database } = useScene({
  ada: forChat,
  grace: forChat,
  visitor: aVisitor,
})
/** A chat that Ada has. */
let conversationId: string

beforeEach(async () => {
  conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
})

const list = async (token: string, filter: object = {}, orderBy?: string) => {
  const query = `query ($filter: ConversationFilter, $orderBy: ConversationOrder) {
    conversations(filter: $filter, orderBy: $orderBy) { nodes { id } }
  }`
  const variables = { filter, ...(orderBy ? { orderBy } : {}) }
  const { data, errors } = await app.execute<{ conversations: { nodes: { id: string }[] } }>(query, {
    variables,
    token,
  })
  return data?.conversations.nodes.map(({ id }) => id) ?? errors
}

it('has what the viewer may see', async () => {
  await say(app, visitor.token, { conversationId, text: 'About the price of 100 engines' })
  app.clock.advance(1000)
  const other = await createVisitor(app, acme)
  const { id } = await requestChat(app, other, { target: { agentId: admin.id } })
  expect(await list(admin.token)).toEqual([id, conversationId])
  expect(await list(admin.token, { state: ['MISSED'] })).toEqual([id])
  expect(await list(admin.token, { state: ['MISSED', 'ACTIVE'] })).toEqual([id, conversationId])
  expect(await list(admin.token, { mine: true })).toEqual([])
  expect(await list(admin.token, { search: '100 ENGINES' })).toEqual([conversationId])
  expect(await list(admin.token, { agentIds: [ada.id], to: '2026-03-02T08:00:00.001Z' })).toEqual([
    conversationId,
  ])
  expect(await list(ada.token, { mine: true, state: ['ACTIVE'] })).toEqual([conversationId])
  expect(await list(grace.token)).toEqual([])
  expect(await list(other)).toEqual([id])
  const elsewhere = await createTestWorkspace(app, { name: 'Other' })
  expect(await list(elsewhere.admin.token)).toEqual([])
})

it('has a conversation that is offered to the agent beside those that the agent has', async () => {
  const other = await createVisitor(app, acme)
  app.clock.advance(1000)
  const { id } = await requestChat(app, other, { target: { agentId: ada.id } })
  expect((await lastOffer(app, admin.token, id)).agent.id).toBe(ada.id)
  expect(await list(ada.token)).toEqual([id, conversationId])
  expect(await list(ada.token, { mine: true })).toEqual([conversationId])
})

it('has the latest message first, or the latest request', async () => {
  app.clock.advance(MINUTE)
  const other = await createVisitor(app, acme)
  const later = await startActiveChat(app, acme, { agent: grace, visitor: { token: other } })
  const wholeList = (orderBy?: string) => list(admin.token, {}, orderBy)
  expect(await wholeList()).toEqual([later, conversationId])
  app.clock.advance(MINUTE)
  await say(app, visitor.token, { conversationId, text: 'Still there?' })
  expect(await wholeList()).toEqual([conversationId, later])
  expect(await wholeList('LAST_MESSAGE_DESC')).toEqual([conversationId, later])
  expect(await wholeList('REQUESTED_AT_DESC')).toEqual([later, conversationId])
  const ofLastMinute = { from: '2026-03-02T08:01:30Z' }
  expect(await list(admin.token, ofLastMinute)).toEqual([conversationId])
  expect(await list(admin.token, ofLastMinute, 'REQUESTED_AT_DESC')).toEqual([])
})

it('has those with unread messages, or the others', async () => {
  const unread = (token: string, value: boolean) => list(token, { unread: value })
  await say(app, visitor.token, { conversationId, text: 'Hello?' })
  expect(await unread(ada.token, true)).toEqual([conversationId])
  expect(await unread(ada.token, false)).toEqual([])
  expect(await unread(visitor.token, true)).toEqual([])
  await say(app, ada.token, { conversationId, text: 'Hello!' })
  expect(await unread(ada.token, true)).toEqual([])
  expect(await unread(admin.token, false)).toEqual([conversationId])
  expect(await unread(visitor.token, true)).toEqual([conversationId])
})

it('is searched in messages, people and agents, however many match', async () => {
  await say(app, visitor.token, { conversationId, text: 'About the price of 100% of_it' })
  const found = async (search: string, token = admin.token) => (await list(token, { search }))?.length
  expect(
    await Promise.all(['PRICE', 'ada love', '0% of_', 'of%it', 'nothing'].map((text) => found(text))),
  ).toEqual([1, 1, 1, 0, 0])
  expect(await found('price', grace.token)).toBe(0)
  const { workspaceId } = acme
  await database.$executeRaw`
    INSERT INTO "Message" ("id", "workspaceId", "conversationId", "seq", "author", "text", "sentAt")
    SELECT gen_random_uuid(), ${workspaceId}::uuid, "id", number, 'VISITOR', 'Once more, the price', now()
    FROM "Conversation", generate_series(100, 5200) AS number WHERE "workspaceId" = ${workspaceId}::uuid`
  expect([await found('price'), await found('price', grace.token)]).toEqual([1, 0])
})
