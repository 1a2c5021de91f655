// Dialogues that lead to an agent.
import { randomUUID } from 'node:crypto'
import { decodeGlobalID } from '@pothos/plugin-relay'
import { beforeEach, describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { data } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, type Chat, createChatAgent, declineChat, lastOffer, readChat, say } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { countStatements } from '../kit/count-statements.ts'
import { liveChatCard } from '../kit/dialogue-agents.ts'
import { builtIn, capture, message, question } from '../kit/dialogue-cards.ts'
import { answer, countsOf, publish, resolve, type Session, type TestDialogue } from '../kit/dialogues.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'

const { app, acme, ada, admin, visitor, database, mutate } = useScene({ ada: forChat, visitor: aVisitor })

let dialogueId: string

const CARDS = [
  message('hello', 'Hello!', 'topic'),
  question('topic', { prices: 'agent', nothing: null }),
  liveChatCard('agent'),
]
const publishCards = async (given: TestDialogue = {}) => {
  dialogueId = await publish(app, acme, { cards: CARDS, ...given })
}
beforeEach(() => publishCards())

const show = (token = visitor.token) => resolve(app, token)
const choose = (session: Session, key: string, token = visitor.token) => answer(app, token, session, { key })
/** Answers so that an agent is asked for. */
const askForAgent = async (token = visitor.token) => choose(await show(token), 'prices', token)
const chatOf = (session: Session): string => session.conversation?.id ?? ''
const read = async (token: string, id: string, fields = ''): Promise<Chat> => {
  const chat = await readChat(app, token, id, fields)
  if (chat === null) throw new Error('The conversation is not visible.')
  return chat
}
const accept = async (id: string, token = ada.token) =>
  acceptChat(app, token, (await lastOffer(app, admin.token, id)).id)

/** The ids that staff reads in the list. */
async function listed(token = admin.token): Promise<string[]> {
  const query = '{ conversations { nodes { id } } }'
  const { conversations } = await data<{ conversations: { nodes: { id: string }[] } }>(
    app.execute(query, { token }),
  )
  return conversations.nodes.map(({ id }) => id)
}

const uuidOf = (globalId: string) => decodeGlobalID(globalId).id

const TOLD = [
  { author: 'BOT', text: 'Hello!' },
  { author: 'BOT', text: 'topic?' },
  { author: 'VISITOR', text: 'prices' },
  { author: 'BOT', text: 'One moment, please.' },
]

describe('a dialogue that leads to an agent', () => {
  it('offers the chat, which begins with what was said, and agent and visitor then write', async () => {
    const asked = await askForAgent()
    expect(asked).toMatchObject({ completed: true, pending: [], conversation: { state: 'OFFERED' } })
    const id = chatOf(asked)
    expect(await listed(ada.token)).toEqual([id])
    expect(await read(ada.token, id)).toMatchObject({ unread: 4, messages: { nodes: TOLD } })
    expect(await read(visitor.token, id)).toMatchObject({ unread: 0, messages: { nodes: TOLD } })
    expect(await accept(id)).toMatchObject({ state: 'ACTIVE', agent: { id: ada.id } })
    await say(app, ada.token, { conversationId: id, text: 'Which prices?' })
    await say(app, visitor.token, { conversationId: id, text: 'Of engines.' })
    expect(await read(visitor.token, id)).toMatchObject({
      messages: {
        nodes: [
          ...TOLD,
          { author: 'AGENT', text: 'Which prices?' },
          { author: 'VISITOR', text: 'Of engines.' },
        ],
      },
    })
    expect(await countsOf(app, dialogueId)).toEqual({ TRIGGERED: 1, ENGAGED: 1, COMPLETED: 1 })
    expect(await show()).toMatchObject({ __typename: 'NoDialogue' })
  })

  it('is nothing for staff before', async () => {
    await publishCards({
      cards: [question('one', { more: 'two' }), question('two', { prices: 'agent' }), liveChatCard('agent')],
      priority: 1,
    })
    const first = await choose(await show(), 'more')
    expect(first).toMatchObject({ conversation: { state: 'AUTOMATED' } })
    expect(await listed()).toEqual([])
    expect(await choose(first, 'prices')).toMatchObject({
      conversation: { id: chatOf(first), state: 'OFFERED' },
    })
    expect(await listed()).toEqual([chatOf(first)])
  })

  it('tells the agent who the visitor claims to be', async () => {
    const cards = [capture('email', builtIn('email'), { next: 'agent' }), liveChatCard('agent')]
    await publishCards({ cards, priority: 1 })
    const asked = await answer(app, visitor.token, await show(), { text: 'grace@navy.example' })
    expect(await read(ada.token, chatOf(asked), 'person { email }')).toMatchObject({
      state: 'OFFERED',
      person: { email: 'grace@navy.example' },
    })
  })

  it('offers the chat to the agent of the card, and then to the next one of its team', async () => {
    const beth = await createChatAgent(app, acme, 'Beth Moore')
    const cleo = await createChatAgent(app, acme, 'Cleo Vance')
    const team = await mutate({
      mutation: 'saveTeam',
      token: admin.token,
      input: { name: 'Sales', agentIds: [beth.id, cleo.id] },
      select: '... on Team { id }',
    })
    const teamId = uuidOf(team.id)
    await publishCards({ cards: [liveChatCard('agent', { teamId })], priority: 1 })
    const asked = await choose(await show(), 'start')
    const first = await lastOffer(app, admin.token, chatOf(asked))
    const [one, other] = first.agent.id === beth.id ? [beth, cleo] : [cleo, beth]
    expect(first.agent.id).toBe(one.id)
    await declineChat(app, one.token, first.id)
    expect(await lastOffer(app, admin.token, chatOf(asked))).toMatchObject({
      agent: { id: other.id },
      attempt: 2,
    })
    await declineChat(app, other.token, (await lastOffer(app, admin.token, chatOf(asked))).id)
    // Ada is there, and does not belong to the team.
    expect(await read(visitor.token, chatOf(asked))).toMatchObject({ state: 'MISSED' })
  })

  it('that begins with the agent waits for the visitor to start the chat', async () => {
    await publishCards({ cards: [liveChatCard('agent')], priority: 1 })
    const shown = await show()
    expect(shown).toMatchObject({
      pending: [{ kind: 'LIVE_CHAT', text: 'One moment, please.', options: [{ key: 'start' }] }],
      conversation: null,
    })
    expect(await show()).toEqual(shown)
    const started = await choose(shown, 'start')
    expect(started).toMatchObject({ step: 1, completed: true, conversation: { state: 'OFFERED' } })
    expect(await read(ada.token, chatOf(started))).toMatchObject({
      messages: {
        nodes: [
          { author: 'BOT', text: 'One moment, please.' },
          { author: 'VISITOR', text: 'Start the chat' },
        ],
      },
    })
  })

  it('asks for the agent once, however often the answer is sent', async () => {
    const shown = await show()
    const clientKey = 'the same'
    const asked = await Promise.all(
      [1, 2, 3].map(() => answer(app, visitor.token, shown, { key: 'prices' }, { clientKey })),
    )
    for (const each of asked) expect(each).toMatchObject({ completed: true, step: 1 })
    expect(await database.chatOffer.count({ where: { workspaceId: acme.workspaceId } })).toBe(1)
  })

  it('keeps the chat of a visitor who has left another page in the dialogue before', async () => {
    await publishCards({
      cards: [question('one', { more: 'two' }), question('two', { prices: 'agent' }), liveChatCard('agent')],
      priority: 1,
    })
    const first = await choose(await show(), 'more')
    const conversationId = uuidOf(chatOf(first))
    const expiresAt = new Date(app.clock.now().getTime() - MINUTE)
    await database.visitorLease.create({
      data: { ...{ nodeId: randomUUID(), workspaceId: acme.workspaceId, conversationId }, expiresAt },
    })
    const asked = await choose(first, 'prices')
    await sweepChats(app.app.services)
    expect(await read(visitor.token, chatOf(asked))).toMatchObject({ state: 'OFFERED' })
  })

  it('takes as many statements, however many agents there are', async () => {
    const count = async () => {
      const token = await createVisitor(app, acme)
      const shown = await show(token)
      return countStatements(() => choose(shown, 'prices', token))
    }
    const few = await count()
    expect(few).toBeLessThanOrEqual(12)
    for (const number of [1, 2, 3, 4, 5, 6]) await createChatAgent(app, acme, `Agent ${number}`)
    expect(await count()).toBe(few)
  })

  it('gives each of two visitors an own chat', async () => {
    const beth = await createChatAgent(app, acme, 'Beth Moore')
    const another = await createVisitor(app, acme)
    const chats = (await Promise.all([askForAgent(), askForAgent(another)])).map(chatOf)
    expect(new Set(chats).size).toBe(2)
    const offers = await Promise.all(chats.map((id) => lastOffer(app, admin.token, id)))
    expect(new Set(offers.map(({ agent }) => agent.id))).toEqual(new Set([ada.id, beth.id]))
    for (const [index, { id, agent }] of offers.entries()) {
      const { token } = agent.id === ada.id ? ada : beth
      expect(await acceptChat(app, token, id)).toMatchObject({ id: chats[index], state: 'ACTIVE' })
    }
    expect(await readChat(app, another, chats[0] ?? '')).toBeNull()
  })
})
