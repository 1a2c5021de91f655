// What becomes of the offers of a chat.
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
import { mutate } from '../kit/mutate.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'

const SECOND = 1000
const OFFER_MS = 100 * SECOND

const { app, acme, ada, grace, visitor } = useScene({ ada: forChat, grace: forChat, visitor: aVisitor })

const admin = () => acme.admin.token
const later = (milliseconds: number) =>
  app.clock.set(new Date(app.clock.now().getTime() + milliseconds).toISOString())
describe('an offer', () => {
  it('can be accepted: the chat is the agent’s', async () => {
    const { id } = await requestChat(app, visitor.token)
    const offer = await lastOffer(app, admin(), id)
    expect(await acceptChat(app, ada.token, offer.id)).toMatchObject({
      state: 'ACTIVE',
      agent: { id: ada.id },
    })
    expect(await readOffers(app, admin(), id)).toMatchObject([{ state: 'ACCEPTED' }])
    expect(await acceptChat(app, ada.token, offer.id)).toMatchObject({
      ...{ __typename: 'OfferNoLongerOpenError', offerState: 'ACCEPTED' },
    })
  })

  it('is nobody else’s to answer', async () => {
    const { id } = await requestChat(app, visitor.token)
    const offer = await lastOffer(app, admin(), id)
    expect(await acceptChat(app, grace.token, offer.id)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await declineChat(app, grace.token, offer.id)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await acceptChat(app, visitor.token, offer.id)).toMatchObject({ __typename: 'ForbiddenError' })
  })

  it('goes to the next agent when it is declined, and is missed when nobody is left', async () => {
    const { id } = await requestChat(app, visitor.token)
    const first = await lastOffer(app, admin(), id)
    expect(await declineChat(app, ada.token, first.id)).toMatchObject({ state: 'DECLINED' })
    const second = await lastOffer(app, admin(), id)
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
    await declineChat(app, ada.token, (await lastOffer(app, admin(), id)).id)
    await declineChat(app, grace.token, (await lastOffer(app, admin(), id)).id)
    expect(await readChat(app, visitor.token, id)).toMatchObject({ state: 'MISSED' })
  })

  it('is over when its time is up, whether anybody has noted it or not', async () => {
    const { id } = await requestChat(app, visitor.token)
    const offer = await lastOffer(app, admin(), id)
    later(OFFER_MS - 1)
    expect(await readOffers(app, admin(), id)).toMatchObject([{ state: 'PENDING' }])
    later(1)
    expect(await readOffers(app, admin(), id)).toMatchObject([{ state: 'EXPIRED' }])
    expect(await acceptChat(app, ada.token, offer.id)).toMatchObject({ offerState: 'EXPIRED' })
    await sweepChats(app.app.services)
    expect(await readOffers(app, admin(), id)).toMatchObject([
      { state: 'EXPIRED' },
      { state: 'PENDING', attempt: 2, agent: { id: grace.id } },
    ])
  })

  it('is rescinded when the visitor gives up', async () => {
    const { id } = await requestChat(app, visitor.token)
    const { id: offerId } = await lastOffer(app, admin(), id)
    const ended = await chat(app, {
      mutation: 'endChat',
      token: visitor.token,
      input: { conversationId: id },
    })
    expect(ended).toMatchObject({ state: 'ABANDONED' })
    expect(await acceptChat(app, ada.token, offerId)).toMatchObject({ offerState: 'RESCINDED' })
  })

  it('is revoked when the agent toggles, and goes to the next one at once', async () => {
    const { id } = await requestChat(app, visitor.token)
    const { id: offerId } = await lastOffer(app, admin(), id)
    await toggle(app, { token: ada.token, available: false })
    expect(await readOffers(app, admin(), id)).toMatchObject([
      { state: 'REVOKED' },
      { state: 'PENDING', agent: { id: grace.id } },
    ])
    expect(await acceptChat(app, ada.token, offerId)).toMatchObject({ offerState: 'REVOKED' })
  })

  it('is revoked when the agent is removed, or is gone for five seconds', async () => {
    const { id } = await requestChat(app, visitor.token)
    const input = { agentId: ada.id }
    await mutate(app, { mutation: 'removeAgent', token: admin(), input, select: '' })
    expect(await readOffers(app, admin(), id)).toMatchObject([{ state: 'REVOKED' }, { state: 'PENDING' }])
    await signOut(app, grace)
    await sweepChats(app.app.services)
    expect(await readChat(app, visitor.token, id)).toMatchObject({ state: 'MISSED' })
  })

  it('waits for an agent whose console is away for a moment', async () => {
    const { id } = await requestChat(app, visitor.token)
    const { database } = app.app.services
    await database.consoleLease.updateMany({
      where: { agentId: ada.agentId },
      data: { expiresAt: app.clock.now() },
    })
    later(4 * SECOND)
    await sweepChats(app.app.services)
    expect(await readOffers(app, admin(), id)).toMatchObject([{ state: 'PENDING' }])
    later(2 * SECOND)
    await sweepChats(app.app.services)
    expect(await readOffers(app, admin(), id)).toMatchObject([{ state: 'REVOKED' }, { state: 'PENDING' }])
  })

  it('shows up in what the agent reads, as long as it is open', async () => {
    const { id } = await requestChat(app, visitor.token, { text: 'Hello?' })
    const query = `{ viewer { ... on Agent { pendingOffers { conversation { id messages { nodes { text } } } } } } }`
    const pending = [{ conversation: { id, messages: { nodes: [{ text: 'Hello?' }] } } }]
    expect(await app.execute(query, { token: ada.token })).toEqual({
      data: { viewer: { pendingOffers: pending } },
    })
    await declineChat(app, ada.token, (await lastOffer(app, admin(), id)).id)
    expect(await app.execute(query, { token: ada.token })).toEqual({
      data: { viewer: { pendingOffers: [] } },
    })
    expect(await readChat(app, ada.token, id)).toBeNull()
  })
})
