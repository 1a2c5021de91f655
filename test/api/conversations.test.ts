// What is said and done in a chat that somebody has accepted.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { START, startApp, type TestApp } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import {
  acceptChat,
  chat,
  createChatAgent,
  declineChat,
  lastOffer,
  readChat,
  readOffers,
  requestChat,
  say,
} from '../kit/chat.ts'
import { mutate } from '../kit/mutate.ts'

const MINUTE = 60_000

let app: TestApp
let acme: TestWorkspace
let ada: Staff
let grace: Staff
let visitor: string
/** A chat that Ada has. */
let conversationId: string

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createChatAgent(app, acme, 'Ada Lovelace')
  grace = await createChatAgent(app, acme, 'Grace Hopper')
  visitor = await createVisitor(app, acme)
  conversationId = (await requestChat(app, visitor, { target: { agentId: ada.id } })).id
  await acceptChat(app, ada.token, (await lastOffer(app, admin(), conversationId)).id)
})

const admin = () => acme.admin.token
const later = (milliseconds: number) =>
  app.clock.set(new Date(app.clock.now().getTime() + milliseconds).toISOString())
const end = (token: string) => chat(app, { mutation: 'endChat', token, input: { conversationId } })
const textsOf = async (token: string) =>
  (await readChat(app, token, conversationId))?.messages.nodes.map(({ text }) => text)

describe('sendMessage', () => {
  it('lets both sides talk, in order', async () => {
    await say(app, visitor, { conversationId, text: 'Hello?' })
    const answer = await say(app, ada.token, { conversationId, text: 'Hello!\nHow can I help?' })
    expect(answer).toMatchObject({ author: 'AGENT', agent: { id: ada.id } })
    for (const token of [visitor, ada.token, admin()]) {
      expect(await textsOf(token)).toEqual(['Hello?', 'Hello!\nHow can I help?'])
    }
  })

  it('takes a repeat with the same key for the same message', async () => {
    const message = { conversationId, text: 'Hello?', clientKey: 'one' }
    const { id } = await say(app, visitor, message)
    expect(await say(app, visitor, message)).toMatchObject({ id })
    expect(await say(app, visitor, { ...message, text: 'Another' })).toMatchObject({
      __typename: 'ConflictError',
    })
    expect(await say(app, ada.token, { ...message, text: 'Mine' })).toMatchObject({ text: 'Mine' })
    expect(await textsOf(visitor)).toEqual(['Hello?', 'Mine'])
  })

  it.each([
    ['of 4,001 characters', 'x'.repeat(4001)],
    ['with control characters', 'Hello\u0007'],
    ['with nothing in it', ' \n '],
  ])('refuses a text %s', async (_what, text) => {
    expect(await say(app, visitor, { conversationId, text })).toMatchObject({
      ...{ __typename: 'InvalidInputError', issues: [{ path: ['input', 'text'] }] },
    })
    expect(await textsOf(visitor)).toEqual([])
  })

  it('refuses strangers, colleagues who look on, and a chat that is over', async () => {
    const message = { conversationId, text: 'Hello?' }
    const stranger = await createVisitor(app, acme)
    expect(await say(app, stranger, message)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await say(app, grace.token, message)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await say(app, admin(), message)).toMatchObject({ __typename: 'ForbiddenError' })
    await end(ada.token)
    for (const token of [visitor, ada.token]) {
      expect(await say(app, token, message)).toMatchObject({ __typename: 'ConflictError' })
    }
  })

  it('refuses more than sixty messages a minute', async () => {
    for (let count = 0; count < 60; count++) await say(app, visitor, { conversationId, text: `${count}` })
    expect(await say(app, visitor, { conversationId, text: 'again' })).toMatchObject({
      ...{ __typename: 'QuotaExceededError', limit: 60, resetsAt: '2026-03-02T08:01:00.000Z' },
    })
    expect(await say(app, ada.token, { conversationId, text: 'Slowly, please.' })).toMatchObject({
      author: 'AGENT',
    })
    later(MINUTE)
    expect(await say(app, visitor, { conversationId, text: 'again' })).toMatchObject({ text: 'again' })
  })
})

describe('markRead', () => {
  it('counts what the other side has said since, and never goes back', async () => {
    const unread = async () => [
      (await readChat(app, visitor, conversationId))?.unread,
      (await readChat(app, ada.token, conversationId))?.unread,
    ]
    const first = await say(app, visitor, { conversationId, text: 'One' })
    const second = await say(app, visitor, { conversationId, text: 'Two' })
    expect(await unread()).toEqual([0, 2])
    const mark = (messageId: string) =>
      chat(app, { mutation: 'markRead', token: ada.token, input: { conversationId, messageId } })
    expect(await mark(second.id)).toMatchObject({ unread: 0 })
    expect(await mark(first.id)).toMatchObject({ unread: 0 })
    await say(app, ada.token, { conversationId, text: 'Three' })
    expect(await unread()).toEqual([1, 0])
  })
})

describe('transferChat', () => {
  const transfer = (input: object, token = ada.token) =>
    chat(app, { mutation: 'transferChat', token, input: { conversationId, ...input } })

  it('leaves the chat where it is until the other accepts', async () => {
    await say(app, visitor, { conversationId, text: 'Hello?' })
    expect(await transfer({ agentId: grace.id })).toMatchObject({ state: 'ACTIVE', agent: { id: ada.id } })
    await say(app, ada.token, { conversationId, text: 'One moment.' })
    const { id: offerId } = await lastOffer(app, admin(), conversationId)
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

  it('changes nothing when the other does not want it, or does not answer', async () => {
    await transfer({ agentId: grace.id })
    await declineChat(app, grace.token, (await lastOffer(app, admin(), conversationId)).id)
    await transfer({ agentId: grace.id })
    later(100_000)
    await sweepChats(app.app.services)
    expect(await readOffers(app, admin(), conversationId)).toMatchObject([
      { state: 'ACCEPTED' },
      { state: 'DECLINED' },
      { state: 'EXPIRED' },
    ])
    expect(await readChat(app, ada.token, conversationId)).toMatchObject({
      state: 'ACTIVE',
      agent: { id: ada.id },
    })
  })

  it('is refused to others, twice at once, to nobody in particular, and to nobody who is there', async () => {
    expect(await transfer({ agentId: ada.id }, admin())).toMatchObject({ __typename: 'ForbiddenError' })
    expect(await transfer({})).toMatchObject({ __typename: 'InvalidInputError' })
    expect(await transfer({ agentId: acme.admin.id })).toMatchObject({ __typename: 'NoAgentAvailableError' })
    expect(await transfer({ agentId: ada.id })).toMatchObject({ __typename: 'NoAgentAvailableError' })
    await transfer({ agentId: grace.id })
    expect(await transfer({ agentId: grace.id })).toMatchObject({ __typename: 'ConflictError' })
    expect(await readOffers(app, admin(), conversationId)).toHaveLength(2)
  })
})

describe('a chat', () => {
  it('ends when either side ends it, and can be downloaded then', async () => {
    await say(app, visitor, { conversationId, text: 'Hello?' })
    const fields = 'transcript endedAt'
    expect(await readChat(app, visitor, conversationId, fields)).toMatchObject({
      transcript: null,
      endedAt: null,
    })
    expect(await end(visitor)).toMatchObject({ state: 'ENDED' })
    expect(await end(ada.token)).toMatchObject({ state: 'ENDED' })
    expect(await readChat(app, visitor, conversationId, fields)).toMatchObject({
      transcript: '[2026-03-02T08:00:00.000Z] Visitor:\nHello?\n',
      endedAt: '2026-03-02T08:00:00.000Z',
    })
  })

  it('times out after ten minutes without a message from either side', async () => {
    later(9 * MINUTE)
    await say(app, visitor, { conversationId, text: 'Still there?' })
    later(10 * MINUTE - 1)
    await sweepChats(app.app.services)
    expect(await readChat(app, visitor, conversationId)).toMatchObject({ state: 'ACTIVE' })
    later(1)
    await sweepChats(app.app.services)
    expect(await readChat(app, visitor, conversationId)).toMatchObject({ state: 'TIMED_OUT' })
  })

  it('is over when its agent is removed', async () => {
    await mutate(app, { mutation: 'removeAgent', token: admin(), input: { agentId: ada.id }, select: '' })
    expect(await readChat(app, visitor, conversationId)).toMatchObject({ state: 'TIMED_OUT' })
    expect((await requestChat(app, visitor)).id).not.toBe(conversationId)
  })

  it('goes on when its agent becomes unavailable', async () => {
    const input = { available: false }
    await mutate(app, { mutation: 'toggleLiveChatAvailability', token: ada.token, input, select: '' })
    await sweepChats(app.app.services)
    expect(await say(app, ada.token, { conversationId, text: 'Still here.' })).toMatchObject({
      author: 'AGENT',
    })
  })

  it('has a score, until it is over', async () => {
    const score = (value: number | null, token = ada.token) =>
      mutate(app, {
        ...{ mutation: 'scoreConversation', token, input: { conversationId, score: value } },
        select: '... on Conversation { score }',
      })
    expect(await score(4)).toMatchObject({ __typename: 'InvalidInputError' })
    expect(await score(3, visitor)).toMatchObject({ __typename: 'ForbiddenError' })
    expect(await score(3)).toMatchObject({ score: 3 })
    await end(ada.token)
    expect(await score(1)).toMatchObject({ __typename: 'ConflictError' })
  })

  it('carries a calendar, the own or a colleague’s', async () => {
    const share = (input: object) =>
      mutate(app, {
        ...{ mutation: 'shareCalendar', token: ada.token, input: { conversationId, ...input } },
        select: '... on Message { text sharedCalendar { id } }',
      })
    expect(await share({ clientKey: 'own' })).toMatchObject({ sharedCalendar: { id: ada.id } })
    expect(await share({ clientKey: 'hers', agentId: grace.id, text: 'She knows more.' })).toMatchObject({
      ...{ text: 'She knows more.', sharedCalendar: { id: grace.id } },
    })
  })
})

describe('conversations', () => {
  const list = async (token: string, filter: object = {}) => {
    const query = `query ($filter: ConversationFilter) { conversations(filter: $filter) { nodes { id } } }`
    const { data, errors } = await app.execute<{ conversations: { nodes: { id: string }[] } }>(query, {
      ...{ variables: { filter }, token },
    })
    return data?.conversations.nodes.map(({ id }) => id) ?? errors
  }

  it('lists what the viewer may see, the latest first', async () => {
    await say(app, visitor, { conversationId, text: 'About the price of 100 engines' })
    later(1000)
    const other = await createVisitor(app, acme)
    const { id } = await requestChat(app, other, { target: { agentId: acme.admin.id } })
    expect(await list(admin())).toEqual([id, conversationId])
    expect(await list(admin(), { state: ['MISSED'] })).toEqual([id])
    expect(await list(admin(), { mine: true })).toEqual([])
    expect(await list(admin(), { search: '100 ENGINES' })).toEqual([conversationId])
    expect(await list(admin(), { agentIds: [ada.id], to: '2026-03-02T08:00:00.001Z' })).toEqual([
      conversationId,
    ])
    expect(await list(ada.token, { mine: true, state: ['ACTIVE'] })).toEqual([conversationId])
    expect(await list(grace.token)).toEqual([])
    expect(await list(other)).toEqual([id])
    const elsewhere = await createTestWorkspace(app, { name: 'Other' })
    expect(await list(elsewhere.admin.token)).toEqual([])
  })
})
