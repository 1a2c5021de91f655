// What supervisors do with the chats of others: take over, transfer, end.
import { beforeEach, describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import type { Permission } from '../../src/services/identity/viewer.ts'
import { createTestAgent, type Staff } from '../kit/actors.ts'
import { createVisitor } from '../kit/booking.ts'
import {
  acceptChat,
  type Chat,
  chat,
  lastOffer,
  readChat,
  requestChat,
  say,
  signOut,
  startActiveChat,
} from '../kit/chat.ts'
import { anAgent, aVisitor, forChat, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, grace, alan, visitor, database, mutate } = useScene({
  ada: forChat,
  grace: forChat,
  alan: anAgent,
  visitor: aVisitor,
})

/** Alan, who takes no chats himself, gets a role with one more permission. */
const promote = async (permission: Permission, agent: Staff = alan) => {
  const { workspaceId } = acme
  const role = await database.role.create({
    data: { workspaceId, name: `Role of ${agent.name}`, permissions: [permission] },
  })
  await database.agentRole.create({ data: { workspaceId, agentId: agent.agentId, roleId: role.id } })
}
const changing =
  (mutation: string) =>
  (conversationId: string, token = alan.token, input: object = {}) =>
    chat(app, { mutation, token, input: { conversationId, ...input } })
const takeOver = changing('takeOverChat')
const transfer = changing('transferChat')
const end = changing('endChat')
/** The offers of a chat as the record of who got it, and from whom. */
const history = async (id: string) =>
  (await readChat(app, admin.token, id, 'offers { offerState: state agent { id } transferredBy { id } }'))
    ?.offers
const setChatsPerAgent = (chatsPerAgent: number) =>
  mutate({
    mutation: 'updateWorkspace',
    input: { liveChatSettings: { chatsPerAgent } },
    token: admin.token,
    select: '',
  })

beforeEach(() => promote('MANAGE_ALL_CONVERSATIONS'))

describe('takeOverChat', () => {
  it('gives the supervisor a chat that an agent has, and the agent sees it no more', async () => {
    const id = await startActiveChat(app, acme, { agent: ada, visitor })
    expect(await takeOver(id)).toMatchObject({ state: 'ACTIVE', agent: { id: alan.id } })
    expect(await say(app, alan.token, { conversationId: id, text: 'I am the manager.' })).toMatchObject({
      author: 'AGENT',
    })
    expect(await readChat(app, visitor.token, id)).toMatchObject({ agent: { id: alan.id }, unread: 1 })
    expect(await readChat(app, ada.token, id)).toBeNull()
    expect(await history(id)).toMatchObject([
      { offerState: 'ACCEPTED', agent: { id: ada.id }, transferredBy: null },
      { offerState: 'ACCEPTED', agent: { id: alan.id }, transferredBy: { id: alan.id } },
    ])
  })

  it('gives the supervisor a chat that is being offered, also just after the offer expired', async () => {
    for (const seconds of [0, 100]) {
      const token = await createVisitor(app, acme)
      const { id } = await requestChat(app, token, { target: { agentId: ada.id } })
      const offer = await lastOffer(app, admin.token, id)
      app.clock.advance(1000 * seconds)
      expect(await takeOver(id)).toMatchObject({ state: 'ACTIVE', agent: { id: alan.id } })
      expect(await acceptChat(app, ada.token, offer.id)).toMatchObject({
        __typename: 'OfferNoLongerOpenError',
        offerState: seconds === 0 ? 'RESCINDED' : 'EXPIRED',
      })
      await sweepChats(app.app.services)
      expect(await readChat(app, token, id)).toMatchObject({ state: 'ACTIVE', agent: { id: alan.id } })
    }
  })

  it('ends a transfer that was under way', async () => {
    const id = await startActiveChat(app, acme, { agent: ada, visitor })
    await transfer(id, ada.token, { receiver: { agentId: grace.id } })
    expect(await takeOver(id)).toMatchObject({ agent: { id: alan.id } })
    expect(await readChat(app, grace.token, id)).toBeNull()
    expect(await history(id)).toMatchObject([
      { agent: { id: ada.id } },
      { agent: { id: grace.id }, offerState: 'RESCINDED', transferredBy: { id: ada.id } },
      { agent: { id: alan.id }, offerState: 'ACCEPTED' },
    ])
  })

  it('accepts the offer, if it was made to the supervisor', async () => {
    await promote('MANAGE_ALL_CONVERSATIONS', grace)
    const { id } = await requestChat(app, visitor.token, { target: { agentId: grace.id } })
    expect(await takeOver(id, grace.token)).toMatchObject({ agent: { id: grace.id } })
    expect(await history(id)).toMatchObject([{ offerState: 'ACCEPTED', transferredBy: null }])
  })

  it('has one effect: a retry changes nothing, also after the next supervisor took over', async () => {
    const id = await startActiveChat(app, acme, { agent: ada, visitor })
    for (const idempotencyKey of ['one', 'one', null]) {
      expect(await takeOver(id, alan.token, { idempotencyKey })).toMatchObject({ agent: { id: alan.id } })
    }
    await takeOver(id, admin.token)
    expect(await takeOver(id, alan.token, { idempotencyKey: 'one' })).toMatchObject({
      agent: { id: admin.id },
    })
    expect(await history(id)).toHaveLength(3)
    const other = await startActiveChat(app, acme, {
      agent: ada,
      visitor: { token: await createVisitor(app, acme) },
    })
    expect(await takeOver(other, alan.token, { idempotencyKey: 'one' })).toMatchObject({
      __typename: 'ConflictError',
      reason: 'KEY_REUSED',
    })
  })

  it('takes a seat of the supervisor, and frees that of the agent', async () => {
    await setChatsPerAgent(1)
    await signOut(app, grace)
    const first = await startActiveChat(app, acme, { agent: ada, visitor })
    const next = async (): Promise<Chat> => requestChat(app, await createVisitor(app, acme))
    expect(await next()).toMatchObject({ state: 'MISSED' })
    await takeOver(first)
    const second = await next()
    expect(second).toMatchObject({ state: 'OFFERED' })
    expect(await takeOver(second.id)).toMatchObject({ __typename: 'ConflictError', reason: 'NO_ROOM' })
    expect(await readChat(app, admin.token, second.id)).toMatchObject({ state: 'OFFERED' })
    await end(first)
    expect(await takeOver(second.id)).toMatchObject({ agent: { id: alan.id } })
  })

  it('is refused for a chat that is over', async () => {
    const id = await startActiveChat(app, acme, { agent: ada, visitor })
    await end(id, visitor.token)
    expect(await takeOver(id)).toMatchObject({ __typename: 'ConflictError', reason: 'CHAT_OVER' })
  })
})

it('a supervisor transfers a chat of another agent, who keeps it until it is accepted', async () => {
  const id = await startActiveChat(app, acme, { agent: ada, visitor })
  // Not back to its agent.
  expect(await transfer(id, alan.token, { receiver: { agentId: ada.id } })).toMatchObject({
    __typename: 'NoAgentAvailableError',
  })
  expect(await transfer(id, alan.token, { receiver: { agentId: grace.id } })).toMatchObject({
    agent: { id: ada.id },
  })
  await acceptChat(app, grace.token, (await lastOffer(app, admin.token, id)).id)
  expect(await readChat(app, grace.token, id)).toMatchObject({ agent: { id: grace.id } })
  expect(await history(id)).toMatchObject([{}, { agent: { id: grace.id }, transferredBy: { id: alan.id } }])
})

it('who ended a chat is recorded', async () => {
  for (const [by, who] of [
    [alan.token, { id: alan.id }],
    [ada.token, { id: ada.id }],
    [null, null],
  ] as const) {
    const guest = { token: await createVisitor(app, acme) }
    const id = await startActiveChat(app, acme, { agent: ada, visitor: guest })
    expect(await end(id, by ?? guest.token)).toMatchObject({ state: 'ENDED' })
    expect(await readChat(app, admin.token, id, 'endedBy { id }')).toMatchObject({ endedBy: who })
  }
})

it('who may only see all chats can neither take over, transfer nor end them, and learns why', async () => {
  const viewer = await createTestAgent(app, acme, 'Beth Moore')
  await promote('VIEW_ALL_CONVERSATIONS', viewer)
  const id = await startActiveChat(app, acme, { agent: ada, visitor })
  const refused = { __typename: 'ForbiddenError', permission: 'MANAGE_ALL_CONVERSATIONS' }
  for (const token of [viewer.token]) {
    expect(await takeOver(id, token)).toMatchObject(refused)
    expect(await transfer(id, token, { receiver: { agentId: grace.id } })).toMatchObject(refused)
    expect(await end(id, token)).toMatchObject(refused)
  }
  expect(await takeOver(id, ada.token)).toMatchObject(refused)
  expect(await takeOver(id, visitor.token)).toMatchObject({ __typename: 'ForbiddenError' })
  expect(await history(id)).toHaveLength(1)
})
