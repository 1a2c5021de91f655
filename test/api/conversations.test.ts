// What is said and done in a chat that an agent has accepted.
import { beforeEach, describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { createVisitor } from '../kit/booking.ts'
import { chat, readChat, requestChat, say, startActiveChat } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, grace, visitor, mutate } = useScene({
  ada: forChat,
  grace: forChat,
  visitor: aVisitor,
})
/** A chat that Ada has. */
let conversationId: string

beforeEach(async () => {
  conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
})

const end = (token: string) => chat(app, { mutation: 'endChat', token, input: { conversationId } })
const textsOf = async (token: string) =>
  (await readChat(app, token, conversationId))?.messages.nodes.map(({ text }) => text)

describe('sendMessage', () => {
  it('lets both sides talk, in order', async () => {
    await say(app, visitor.token, { conversationId, text: 'Hello?' })
    const answer = await say(app, ada.token, { conversationId, text: 'Hello!\nHow can I help?' })
    expect(answer).toMatchObject({ author: 'AGENT', agent: { id: ada.id } })
    for (const token of [visitor.token, ada.token, admin.token]) {
      expect(await textsOf(token)).toEqual(['Hello?', 'Hello!\nHow can I help?'])
    }
  })

  it('answers the same message to a retry with the same client key', async () => {
    const message = { conversationId, text: 'Hello?', clientKey: 'one' }
    const { id } = await say(app, visitor.token, message)
    expect(await say(app, visitor.token, message)).toMatchObject({ id })
    expect(await say(app, visitor.token, { ...message, text: 'Another' })).toMatchObject({
      __typename: 'ConflictError',
      reason: 'KEY_REUSED',
    })
    expect(await say(app, ada.token, { ...message, text: 'Mine' })).toMatchObject({ text: 'Mine' })
    expect(await textsOf(visitor.token)).toEqual(['Hello?', 'Mine'])
  })

  it.each([
    ['of 4,001 characters', 'x'.repeat(4001), { code: 'TOO_LONG', limit: 4000 }],
    ['with control characters', 'Hello\u0007', { code: 'INVALID_FORMAT', limit: null }],
    ['with white space only', ' \n ', { code: 'REQUIRED', limit: null }],
  ])('refuses a text %s', async (_what, text, issue) => {
    expect(await say(app, visitor.token, { conversationId, text })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'text'], ...issue }],
    })
    expect(await textsOf(visitor.token)).toEqual([])
  })

  it('refuses other visitors, colleagues, and a chat that is over', async () => {
    const message = { conversationId, text: 'Hello?' }
    const stranger = await createVisitor(app, acme)
    expect(await say(app, stranger, message)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await say(app, grace.token, message)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await say(app, admin.token, message)).toMatchObject({ __typename: 'ForbiddenError' })
    await end(ada.token)
    for (const token of [visitor.token, ada.token]) {
      expect(await say(app, token, message)).toMatchObject({
        __typename: 'ConflictError',
        reason: 'CHAT_OVER',
      })
    }
  })
})

describe('a chat', () => {
  it('ends when either side ends it, and can be downloaded then', async () => {
    await say(app, visitor.token, { conversationId, text: 'Hello?' })
    const fields = 'transcript endedAt'
    expect(await readChat(app, visitor.token, conversationId, fields)).toMatchObject({
      transcript: null,
      endedAt: null,
    })
    expect(await end(visitor.token)).toMatchObject({ state: 'ENDED' })
    expect(await end(ada.token)).toMatchObject({ state: 'ENDED' })
    expect(await readChat(app, visitor.token, conversationId, fields)).toMatchObject({
      transcript: '[2026-03-02T08:00:00.000Z] Visitor:\nHello?\n',
      endedAt: '2026-03-02T08:00:00.000Z',
    })
  })

  it('times out after ten minutes without a message from either side', async () => {
    app.clock.advance(9 * MINUTE)
    await say(app, visitor.token, { conversationId, text: 'Still there?' })
    app.clock.advance(10 * MINUTE - 1)
    await sweepChats(app.app.services)
    expect(await readChat(app, visitor.token, conversationId)).toMatchObject({ state: 'ACTIVE' })
    app.clock.advance(1)
    await sweepChats(app.app.services)
    expect(await readChat(app, visitor.token, conversationId)).toMatchObject({ state: 'TIMED_OUT' })
  })

  it('is missed when its agent, whom the visitor had asked for, is removed', async () => {
    await mutate({ mutation: 'removeAgent', token: admin.token, input: { agentId: ada.id }, select: '' })
    const { fallback, ...missed } = (await readChat(app, visitor.token, conversationId)) ?? {}
    expect(missed).toMatchObject({ state: 'MISSED', agent: { id: ada.id } })
    expect(fallback).toMatchObject({ offerMeeting: true })
    expect((await requestChat(app, visitor.token)).id).not.toBe(conversationId)
  })

  it('continues when its agent becomes unavailable', async () => {
    const input = { available: false }
    await mutate({ mutation: 'setAvailabilityToggle', token: ada.token, input, select: '' })
    await sweepChats(app.app.services)
    expect(await say(app, ada.token, { conversationId, text: 'Still here.' })).toMatchObject({
      author: 'AGENT',
    })
  })

  it('can be scored until it is over', async () => {
    const score = (value: number | null, token = ada.token) =>
      mutate({
        mutation: 'scoreConversation',
        token,
        input: { conversationId, score: value },
        select: '... on Conversation { score }',
      })
    expect(await score(4)).toMatchObject({ issues: [{ code: 'OUT_OF_RANGE', limit: 3 }] })
    expect(await score(3, visitor.token)).toMatchObject({ __typename: 'ForbiddenError' })
    expect(await score(3)).toMatchObject({ score: 3 })
    await end(ada.token)
    expect(await score(1)).toMatchObject({ __typename: 'ConflictError', reason: 'CHAT_OVER' })
  })

  it('can share a calendar, the agent’s own or a colleague’s', async () => {
    const share = (input: object) =>
      mutate({
        mutation: 'shareCalendar',
        token: ada.token,
        input: { conversationId, ...input },
        select: '... on Message { text sharedCalendar { id } }',
      })
    expect(await share({ clientKey: 'own' })).toMatchObject({ sharedCalendar: { id: ada.id } })
    expect(await share({ clientKey: 'hers', agentId: grace.id, text: 'She knows more.' })).toMatchObject({
      text: 'She knows more.',
      sharedCalendar: { id: grace.id },
    })
  })
})
