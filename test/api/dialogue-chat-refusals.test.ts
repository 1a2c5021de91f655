// Dialogues that lead to an agent, where none can take the chat, or the visitor may not have one or has one already.
import { beforeEach, describe, expect, it } from 'vitest'
import { startApp } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, type Chat, lastOffer, readChat, requestChat, signOut } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { liveChatCard } from '../kit/dialogue-agents.ts'
import { builtIn, capture, question } from '../kit/dialogue-cards.ts'
import { answer, flowIdOf, publish, resolve, type Session, type TestDialogue } from '../kit/dialogues.ts'
import { GENEROUS_BUDGETS } from '../kit/generous-budgets.ts'
import { aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'
import { NINE } from '../kit/times.ts'

/** How many chats a visitor may ask for at once, more than the tests need. */
const REQUESTS = 4
const chatRequests = { visitor: { limit: REQUESTS, windowMs: 10 * MINUTE } }

const { app, acme, ada, admin, visitor, database, mutate } = useScene(
  { ada: forChat, visitor: aVisitor },
  { start: () => startApp({ budgets: { ...GENEROUS_BUDGETS, chatRequests } }) },
)

const CARDS = [question('topic', { prices: 'agent', nothing: null }), liveChatCard('agent')]
const publishCards = (given: TestDialogue = {}) => publish(app, acme, { cards: CARDS, ...given })
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
const update = (input: object) =>
  mutate({ mutation: 'updateWorkspace', token: admin.token, input, select: '' })
const accept = async (id: string, token = ada.token) =>
  acceptChat(app, token, (await lastOffer(app, admin.token, id)).id)

describe('where no agent can take the chat', () => {
  it('the conversation is missed, with the fallback: a meeting', async () => {
    await signOut(app, ada)
    await update({ liveChatSettings: { fallback: { message: 'Nobody is there.', offerMeeting: true } } })
    const asked = await askForAgent()
    expect(asked).toMatchObject({ completed: true, conversation: { state: 'MISSED' } })
    const id = chatOf(asked)
    expect(await read(visitor.token, id)).toMatchObject({
      state: 'MISSED',
      fallback: { message: 'Nobody is there.', offerMeeting: true },
    })
    await bookable({ name: 'Beth Moore' })(app, acme, 'Beth Moore')
    const booked = await mutate({
      mutation: 'bookMeeting',
      token: visitor.token,
      input: {
        slot: { free: { target: { roundRobin: true }, startsAt: NINE } },
        ...{ timeZone: 'UTC', conversationId: id, person: { email: 'grace@navy.example' } },
      },
      select: '... on Meeting { source }',
    })
    expect(booked).toMatchObject({ source: 'FALLBACK' })
  })

  it('because the agent or the team of the card was removed, it is missed too', async () => {
    await publishCards({ cards: [liveChatCard('agent', { agentId: ada.agentId })], priority: 1 })
    await database.agent.update({ where: { id: ada.agentId }, data: { removedAt: app.clock.now() } })
    expect(await choose(await show(), 'start')).toMatchObject({ conversation: { state: 'MISSED' } })
  })

  it('it waits for one who has no room, if the workspace lets requests wait', async () => {
    await update({ liveChatSettings: { waitSeconds: 60, chatsPerAgent: 1 } })
    const busy = await createVisitor(app, acme)
    const first = await askForAgent(busy)
    await accept(chatOf(first))
    const asked = await askForAgent()
    expect(asked).toMatchObject({ completed: true, conversation: { state: 'REQUESTED' } })
    expect(await read(visitor.token, chatOf(asked), 'waiting { place }')).toMatchObject({
      waiting: { place: 1 },
    })
  })
})

describe('a visitor who has a chat already', () => {
  it('goes on there, with its answer as a message, when a flow leads to an agent', async () => {
    const open = await requestChat(app, visitor.token, { text: 'Hello?' })
    await accept(open.id)
    const asked = await askForAgent()
    expect(asked).toMatchObject({ completed: true, conversation: { id: open.id, state: 'ACTIVE' } })
    expect(await read(ada.token, open.id)).toMatchObject({
      messages: { nodes: [{ text: 'Hello?' }, { author: 'VISITOR', text: 'prices' }] },
    })
    const states = await database.conversation.findMany({
      where: { workspaceId: acme.workspaceId },
      orderBy: { id: 'asc' },
    })
    expect(states.map(({ state }) => state)).toEqual(['ACTIVE', 'ENDED'])
    // Twice: the chat belongs to several sessions then.
    const flow = await publish(app, acme, { kind: 'FLOW', cards: [liveChatCard('agent')], name: 'Help' })
    const { id: flowId } = await flowSession(flow)
    expect(flowId).not.toBe(asked.id)
  })

  async function flowSession(flow: string): Promise<Session> {
    const shown = await resolve(app, visitor.token, '/', { flowId: flowIdOf(flow) })
    const started = await choose(shown, 'start')
    expect(started).toMatchObject({ completed: true, conversation: { state: 'ACTIVE' } })
    return started
  }
})

describe('a live chat in a dialogue is refused', () => {
  it('to an e-mail address that is blocked; another answer is taken', async () => {
    await update({ blockedEmails: ['spam.example'] })
    const cards = [capture('email', builtIn('email'), { next: 'agent' }), liveChatCard('agent')]
    await publishCards({ cards, priority: 1 })
    const shown = await show()
    expect(await answer(app, visitor.token, shown, { text: 'a@spam.example' })).toMatchObject({
      __typename: 'ForbiddenError',
    })
    expect(await show()).toMatchObject({ step: 0, pending: [{ key: 'email', value: null }] })
    expect(await answer(app, visitor.token, shown, { text: 'grace@navy.example' })).toMatchObject({
      conversation: { state: 'OFFERED' },
    })
  })

  it('to a workspace that has switched live chat off meanwhile', async () => {
    const shown = await show()
    await update({ chatEnabled: false })
    expect(await choose(shown, 'prices')).toMatchObject({ __typename: 'ForbiddenError' })
    await update({ chatEnabled: true })
    expect(await choose(shown, 'prices')).toMatchObject({ completed: true })
  })

  it('to a visitor who has asked for too many chats', async () => {
    for (let count = 0; count < REQUESTS; count++) await requestChat(app, visitor.token)
    const shown = await show()
    expect(await choose(shown, 'prices')).toMatchObject({ __typename: 'QuotaExceededError' })
    expect(await choose(shown, 'nothing')).toMatchObject({ completed: true })
  })
})
