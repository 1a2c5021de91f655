// An agent hands a chat over to another.
import { beforeEach, describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { createVisitor } from '../kit/booking.ts'
import {
  acceptChat,
  chat,
  declineChat,
  lastOffer,
  readChat,
  readOffers,
  requestChat,
  say,
  startActiveChat,
} from '../kit/chat.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, grace, visitor } = useScene({
  ada: forChat,
  grace: forChat,
  visitor: aVisitor,
})
/** Of Ada and the visitor. */
let conversationId: string

beforeEach(async () => {
  conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
})

const textsOf = async (token: string) =>
  (await readChat(app, token, conversationId))?.messages.nodes.map(({ text }) => text)

describe('transferChat', () => {
  const transfer = (receiver: object, token = ada.token, input: object = {}) =>
    chat(app, { mutation: 'transferChat', token, input: { conversationId, receiver, ...input } })

  it('leaves the chat with its agent until the other accepts', async () => {
    await say(app, visitor.token, { conversationId, text: 'Hello?' })
    expect(await transfer({ agentId: grace.id })).toMatchObject({ state: 'ACTIVE', agent: { id: ada.id } })
    await say(app, ada.token, { conversationId, text: 'One moment.' })
    const { id: offerId } = await lastOffer(app, admin.token, conversationId)
    expect(await acceptChat(app, grace.token, offerId)).toMatchObject({ agent: { id: grace.id } })
    expect(await textsOf(grace.token)).toEqual(['Hello?', 'One moment.'])
    expect(await say(app, grace.token, { conversationId, text: 'Now me.' })).toMatchObject({
      author: 'AGENT',
    })
    expect(await readChat(app, ada.token, conversationId)).toBeNull()
    expect(await say(app, ada.token, { conversationId, text: 'Still me.' })).toMatchObject({
      __typename: 'NotFoundError',
    })
  })

  it('shows the first agent nothing more of the chat, also when a call from before is repeated', async () => {
    const token = await createVisitor(app, acme)
    const { id } = await requestChat(app, token, { target: { agentId: ada.id } })
    const { id: offerId } = await lastOffer(app, admin.token, id)
    const accept = () =>
      chat(app, {
        mutation: 'acceptChat',
        token: ada.token,
        input: { offerId, idempotencyKey: 'accept' },
        errors: '... on OfferNoLongerOpenError { offerState }',
      })
    const handOver = () =>
      transfer({ agentId: grace.id }, ada.token, { conversationId: id, idempotencyKey: 'hand over' })
    const [accepted, transferred] = [await accept(), await handOver()]
    expect(await accept()).toEqual({ ...accepted, streamHead: expect.any(String) })
    await acceptChat(app, grace.token, (await lastOffer(app, admin.token, id)).id)
    await say(app, token, { conversationId: id, text: 'Hello, Grace.' })
    expect(transferred).toMatchObject({ __typename: 'Conversation', id })
    expect(await accept()).toEqual({
      __typename: 'OfferNoLongerOpenError',
      message: expect.any(String),
      offerState: 'ACCEPTED',
    })
    const path = ['input', 'conversationId']
    const missing = { __typename: 'NotFoundError', message: 'The conversation was not found.' }
    expect(await handOver()).toEqual({ ...missing, path, missingId: id })
  })

  it('changes nothing when the other declines, or does not answer', async () => {
    await transfer({ agentId: grace.id })
    await declineChat(app, grace.token, (await lastOffer(app, admin.token, conversationId)).id)
    await transfer({ agentId: grace.id })
    app.clock.advance(100_000)
    await sweepChats(app.app.services)
    expect(await readOffers(app, admin.token, conversationId)).toMatchObject([
      { state: 'ACCEPTED' },
      { state: 'DECLINED' },
      { state: 'EXPIRED' },
    ])
    expect(await readChat(app, ada.token, conversationId)).toMatchObject({
      state: 'ACTIVE',
      agent: { id: ada.id },
    })
  })

  it('is refused to others, to an agent who is not available, and while another is open', async () => {
    expect(await transfer({ agentId: ada.id }, grace.token)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await transfer({ agentId: admin.id })).toMatchObject({ __typename: 'NoAgentAvailableError' })
    expect(await transfer({ agentId: ada.id })).toMatchObject({ __typename: 'NoAgentAvailableError' })
    await transfer({ agentId: grace.id })
    expect(await transfer({ agentId: grace.id })).toMatchObject({
      __typename: 'ConflictError',
      reason: 'TRANSFER_PENDING',
    })
    expect(await readOffers(app, admin.token, conversationId)).toHaveLength(2)
  })
})
