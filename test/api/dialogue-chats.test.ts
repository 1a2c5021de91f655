// The conversation of a dialogue: what agents see of it, and how several tabs and browsers of its visitor agree.
import { beforeEach, describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { sweepDialogues } from '../../src/services/dialogues/running/sweep.ts'
import { data } from '../kit/app.ts'
import { chat, createChatAgent, requestChat, say as sendMessage, startActiveChat } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { document, question, TWO_QUESTIONS } from '../kit/dialogue-cards.ts'
import {
  answer,
  countsOf,
  deleteDialogue,
  publish,
  readSession,
  resolve,
  type Session,
} from '../kit/dialogues.ts'
import { openEventStream } from '../kit/event-stream.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'

const { app, acme, admin, visitor, database } = useScene({ visitor: aVisitor }, { start: startOnPort })

let dialogueId: string
let engaged: Session
/** The global id. */
let conversationId: string
beforeEach(async () => {
  dialogueId = await publish(app, acme, { cards: TWO_QUESTIONS })
  const session = await resolve(app, visitor.token)
  app.clock.advance(MINUTE)
  engaged = await answer(app, visitor.token, session, { key: 'red' }, { clientKey: 'first' })
  conversationId = engaged.conversation?.id ?? ''
})

const go = (key: string, of = engaged) => answer(app, visitor.token, of, { key })
const CHAT = `state endedAt pageUrl agent { id } lastMessageAt
  messages { nodes { author text sentAt clientKey agent { id } } }`
const readChat = async (token: string): Promise<Record<string, unknown> | null> => {
  const query = `query ($id: ID!) { node(id: $id) { ... on Conversation { ${CHAT} } } }`
  const answered = app.execute<{ node: Record<string, unknown> | null }>(query, {
    token,
    variables: { id: conversationId },
  })
  return (await data(answered)).node
}

describe('the conversation of a dialogue', () => {
  it('has everything that was shown and said, in order, from the first answer on', async () => {
    expect(await readChat(visitor.token)).toMatchObject({
      state: 'AUTOMATED',
      agent: null,
      pageUrl: 'https://www.acme.test/',
      lastMessageAt: '2026-03-02T08:01:00.000Z',
      messages: {
        nodes: [
          { author: 'BOT', text: 'Hello!', sentAt: '2026-03-02T08:00:00.000Z', clientKey: null },
          { author: 'BOT', text: 'color?' },
          { author: 'VISITOR', text: 'red', sentAt: '2026-03-02T08:01:00.000Z', clientKey: 'first' },
          { author: 'BOT', text: 'size?', sentAt: '2026-03-02T08:01:00.000Z' },
        ],
      },
    })
    await go('small')
    const ended = await readChat(admin.token)
    expect(ended).toMatchObject({ state: 'ENDED', endedAt: '2026-03-02T08:01:00.000Z' })
    expect(ended?.messages).toMatchObject({ nodes: { length: 6 } })
  })

  it('names a document with its address', async () => {
    const cards = [document('paper', 'ask'), question('ask', { yes: null })]
    await publish(app, acme, { targetUrls: ['https://www.acme.test/paper'], cards })
    await go('small')
    const shown = await resolve(app, visitor.token, '/paper')
    conversationId = (await go('yes', shown)).conversation?.id ?? ''
    expect(await readChat(admin.token)).toMatchObject({
      messages: {
        nodes: [{ text: 'paper\nhttps://acme.test/paper.pdf' }, { text: 'ask?' }, { text: 'yes' }],
      },
    })
  })

  it('is in the lists of staff only if they ask for it, and in those of its visitor', async () => {
    const list = async (token: string, filter: object) => {
      const query =
        'query ($filter: ConversationFilter) { conversations(filter: $filter) { totalCount nodes { state } } }'
      const { conversations } = await data<{
        conversations: { nodes: { state: string }[]; totalCount: number }
      }>(app.execute(query, { token, variables: { filter } }))
      expect(conversations.totalCount).toBe(conversations.nodes.length)
      return conversations.nodes.map(({ state }) => state)
    }
    expect(await list(admin.token, {})).toEqual([])
    expect(await list(admin.token, { state: ['AUTOMATED', 'ACTIVE'] })).toEqual(['AUTOMATED'])
    expect(await list(visitor.token, {})).toEqual(['AUTOMATED'])
    await go('small')
    expect(await list(admin.token, {})).toEqual(['ENDED'])
  })

  it('takes no messages, and cannot be taken over', async () => {
    const refused = { __typename: 'ConflictError', reason: 'CHAT_AUTOMATED' }
    expect(await sendMessage(app, visitor.token, { conversationId, text: 'Hello?' })).toMatchObject(refused)
    const takeOver = { mutation: 'takeOverChat', token: admin.token, input: { conversationId } }
    expect(await chat(app, takeOver)).toMatchObject(refused)
  })

  it('can be ended, and the dialogue with it', async () => {
    const input = { conversationId }
    expect(await chat(app, { mutation: 'endChat', token: visitor.token, input })).toMatchObject({
      state: 'ENDED',
    })
    expect(await go('small')).toMatchObject({ reason: 'DIALOGUE_OVER' })
    expect(await resolve(app, visitor.token)).toMatchObject({ step: 0, pending: [{ key: 'color' }] })
  })

  it('leaves the visitor free to request a live chat besides', async () => {
    await createChatAgent(app, acme)
    expect(await requestChat(app, visitor.token, { text: 'Hello?' })).toMatchObject({ state: 'OFFERED' })
    expect(await go('small')).toMatchObject({ completed: true })
  })

  it('is left alone by the sweep of live chats', async () => {
    app.clock.advance(25 * MINUTE)
    await sweepChats(app.app.services)
    expect(await readChat(admin.token)).toMatchObject({ state: 'AUTOMATED' })
    expect(await go('small')).toMatchObject({ completed: true })
  })

  it('times out half an hour after the last sign, which every node may record', async () => {
    app.clock.advance(30 * MINUTE - 1)
    await sweepDialogues(app.app.services)
    expect(await readSession(app, visitor.token, engaged.id)).toEqual(engaged)
    app.clock.advance(1)
    expect(await readSession(app, visitor.token, engaged.id)).toMatchObject({ pending: [], completed: false })
    await Promise.all([1, 2, 3].map(() => sweepDialogues(app.app.services)))
    expect(await readChat(admin.token)).toMatchObject({ state: 'TIMED_OUT', endedAt: expect.any(String) })
    expect(await database.dialogueSession.count({ where: { dialogueId, endedAt: null } })).toBe(0)
    expect(await resolve(app, visitor.token)).toMatchObject({ step: 0 })
    expect(app.faults).toEqual([])
  })

  it('ends with a dialogue that is deleted', async () => {
    await deleteDialogue(app, dialogueId)
    await sweepDialogues(app.app.services)
    expect(await readChat(admin.token)).toMatchObject({ state: 'TIMED_OUT' })
  })

  it('is prolonged by each page view', async () => {
    for (const _view of [1, 2, 3]) {
      app.clock.advance(20 * MINUTE)
      expect(await resolve(app, visitor.token)).toEqual(engaged)
    }
    await sweepDialogues(app.app.services)
    expect(await go('small')).toMatchObject({ completed: true })
    expect(await countsOf(app, dialogueId)).toEqual({ COMPLETED: 1, ENGAGED: 1, TRIGGERED: 1 })
  })
})

const EVENTS = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { __typename
  ... on MessageSent { message { author text } } ... on ConversationChanged { conversation { state } } } }`
const WORKSPACE = 'subscription { workspaceEvents { __typename } }'

it('a tab learns of an answer in another one by the events of the conversation; supervisors do not', async () => {
  const open = (query: string, token: string) =>
    openEventStream(app.server.url, { query, token, variables: { id: conversationId } })
  const [tab, staff] = [await open(EVENTS, visitor.token), await open(WORKSPACE, admin.token)]
  await Promise.all([tab.received(1), staff.received(1)])
  await go('small')
  await eventually(() => expect(JSON.stringify(tab.events)).toContain('ENDED'))
  const events = (await tab.received(4)).map(({ data: received }) => received?.conversationEvents)
  expect(events.slice(1)).toEqual([
    { __typename: 'MessageSent', message: { author: 'VISITOR', text: 'small' } },
    { __typename: 'MessageSent', message: { author: 'BOT', text: 'Thank you.' } },
    { __typename: 'ConversationChanged', conversation: { state: 'ENDED' } },
  ])
  expect(await readSession(app, visitor.token, engaged.id)).toMatchObject({ completed: true })
  const agent = await createChatAgent(app, acme)
  await startActiveChat(app, acme, { agent, visitor })
  await eventually(() => expect(JSON.stringify(staff.events)).toContain('ConversationChanged'))
  expect(staff.events.filter((event) => event.data.includes('MessageSent'))).toEqual([])
})
