// What happens to the offers of a chat.
import { describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import {
  acceptChat,
  chat,
  createChatAgent,
  declineChat,
  lastOffer,
  readChat,
  readOffers,
  requestChat,
  signOut,
} from '../kit/chat.ts'
import { toggle } from '../kit/live-chat-status.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'

const SECOND = 1000
const OFFER_MS = 100 * SECOND

const { app, acme, admin, ada, grace, visitor, database, mutate } = useScene({
  ada: forChat,
  grace: forChat,
  visitor: aVisitor,
})

describe('an offer', () => {
  it('can be accepted, which gives the chat to the agent', async () => {
    const { id } = await requestChat(app, visitor.token)
    const offer = await lastOffer(app, admin.token, id)
    expect(await acceptChat(app, ada.token, offer.id)).toMatchObject({
      state: 'ACTIVE',
      agent: { id: ada.id },
    })
    expect(await readOffers(app, admin.token, id)).toMatchObject([{ state: 'ACCEPTED' }])
    expect(await acceptChat(app, ada.token, offer.id)).toMatchObject({
      __typename: 'OfferNoLongerOpenError',
      offerState: 'ACCEPTED',
    })
  })

  it('can be answered by its agent only', async () => {
    const { id } = await requestChat(app, visitor.token)
    const offer = await lastOffer(app, admin.token, id)
    expect(await acceptChat(app, grace.token, offer.id)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await declineChat(app, grace.token, offer.id)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await acceptChat(app, visitor.token, offer.id)).toMatchObject({ __typename: 'ForbiddenError' })
  })

  it('is followed by one to the next agent when it is declined; with no agent left, the chat is missed', async () => {
    const { id } = await requestChat(app, visitor.token)
    const first = await lastOffer(app, admin.token, id)
    expect(await declineChat(app, ada.token, first.id)).toMatchObject({ state: 'DECLINED' })
    const second = await lastOffer(app, admin.token, id)
    expect(second).toMatchObject({ state: 'PENDING', attempt: 2, agent: { id: grace.id } })
    await declineChat(app, grace.token, second.id)
    expect(await readChat(app, visitor.token, id)).toMatchObject({
      state: 'MISSED',
      fallbackAgent: { id: ada.id },
    })
  })

  it('is made to no more agents than the workspace allows', async () => {
    await createChatAgent(app, acme, 'Alan Turing')
    const { id } = await requestChat(app, visitor.token)
    await declineChat(app, ada.token, (await lastOffer(app, admin.token, id)).id)
    await declineChat(app, grace.token, (await lastOffer(app, admin.token, id)).id)
    expect(await readChat(app, visitor.token, id)).toMatchObject({ state: 'MISSED' })
  })

  it('expires at its deadline, before the sweep has recorded it', async () => {
    const { id } = await requestChat(app, visitor.token)
    const offer = await lastOffer(app, admin.token, id)
    app.clock.advance(OFFER_MS - 1)
    expect(await readOffers(app, admin.token, id)).toMatchObject([{ state: 'PENDING' }])
    app.clock.advance(1)
    expect(await readOffers(app, admin.token, id)).toMatchObject([{ state: 'EXPIRED' }])
    expect(await acceptChat(app, ada.token, offer.id)).toMatchObject({ offerState: 'EXPIRED' })
    await sweepChats(app.app.services)
    expect(await readOffers(app, admin.token, id)).toMatchObject([
      { state: 'EXPIRED' },
      { state: 'PENDING', attempt: 2, agent: { id: grace.id } },
    ])
  })

  it('is rescinded when the visitor ends the chat', async () => {
    const { id } = await requestChat(app, visitor.token)
    const { id: offerId } = await lastOffer(app, admin.token, id)
    const ended = await chat(app, {
      mutation: 'endChat',
      token: visitor.token,
      input: { conversationId: id },
    })
    expect(ended).toMatchObject({ state: 'ABANDONED' })
    expect(await acceptChat(app, ada.token, offerId)).toMatchObject({ offerState: 'RESCINDED' })
  })

  it('is revoked when the agent becomes unavailable, and the next agent gets one at once', async () => {
    const { id } = await requestChat(app, visitor.token)
    const { id: offerId } = await lastOffer(app, admin.token, id)
    await toggle(app, { token: ada.token, available: false })
    expect(await readOffers(app, admin.token, id)).toMatchObject([
      { state: 'REVOKED' },
      { state: 'PENDING', agent: { id: grace.id } },
    ])
    expect(await acceptChat(app, ada.token, offerId)).toMatchObject({ offerState: 'REVOKED' })
  })

  it('is revoked when the agent is removed, or has no console for five seconds', async () => {
    const { id } = await requestChat(app, visitor.token)
    const input = { agentId: ada.id }
    await mutate({ mutation: 'removeAgent', token: admin.token, input, select: '' })
    expect(await readOffers(app, admin.token, id)).toMatchObject([{ state: 'REVOKED' }, { state: 'PENDING' }])
    await signOut(app, grace)
    await sweepChats(app.app.services)
    expect(await readChat(app, visitor.token, id)).toMatchObject({ state: 'MISSED' })
  })

  it('waits for an agent whose console is disconnected for a moment', async () => {
    const { id } = await requestChat(app, visitor.token)
    await database.consoleLease.updateMany({
      where: { agentId: ada.agentId },
      data: { expiresAt: app.clock.now() },
    })
    app.clock.advance(4 * SECOND)
    await sweepChats(app.app.services)
    expect(await readOffers(app, admin.token, id)).toMatchObject([{ state: 'PENDING' }])
    app.clock.advance(2 * SECOND)
    await sweepChats(app.app.services)
    expect(await readOffers(app, admin.token, id)).toMatchObject([{ state: 'REVOKED' }, { state: 'PENDING' }])
  })

  it('is one of the agent’s pendingOffers while it is open', async () => {
    const { id } = await requestChat(app, visitor.token, { text: 'Hello?' })
    const query = `{ viewer { ... on Agent { pendingOffers { conversation { id messages { nodes { text } } } } } } }`
    const pending = [{ conversation: { id, messages: { nodes: [{ text: 'Hello?' }] } } }]
    expect(await app.execute(query, { token: ada.token })).toEqual({
      data: { viewer: { pendingOffers: pending } },
    })
    await declineChat(app, ada.token, (await lastOffer(app, admin.token, id)).id)
    expect(await app.execute(query, { token: ada.token })).toEqual({
      data: { viewer: { pendingOffers: [] } },
    })
    expect(await readChat(app, ada.token, id)).toBeNull()
  })
})
