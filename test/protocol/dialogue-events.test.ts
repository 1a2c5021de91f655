// What another tab of the visitor, the agent and the supervisors hear of a dialogue that leads to an agent or to a meeting.
import { beforeEach, expect, it } from 'vitest'
import { acceptChat, lastOffer } from '../kit/chat.ts'
import { answerMeeting, liveChatCard, meetingCard } from '../kit/dialogue-agents.ts'
import { question } from '../kit/dialogue-cards.ts'
import { answer, publish, resolve, type Session } from '../kit/dialogues.ts'
import { aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'
import { NINE } from '../kit/times.ts'

const CONSOLE = `subscription { agentEvents {
  __typename ... on Event { cursor }
  ... on ChatOffered { offer { conversation { id messages { nodes { author text } } } } }
} }`
const BOARD = `subscription { workspaceEvents {
  __typename ... on Event { cursor } ... on ConversationChanged { conversation { id state } }
} }`
const TALK = `subscription ($conversationId: ID!) { conversationEvents(conversationId: $conversationId) {
  __typename ... on Event { cursor } ... on ConversationChanged { conversation { state } }
  ... on MessageSent { message { author text } }
} }`

const { app, acme, admin, ada, visitor } = useScene(
  { ada: forChat, beth: bookable(), visitor: aVisitor },
  { start: startOnPort },
)

beforeEach(() =>
  publish(app, acme, {
    cards: [
      question('topic', { prices: 'next' }),
      question('next', { agent: 'chat', meeting: 'meet' }),
      liveChatCard('chat'),
      meetingCard('meet'),
    ],
  }),
)

const listen = async (query: string, token: string, variables = {}): Promise<Subscription> => {
  const live = subscribe(createSocketClient(app.server.url, token), { query, variables })
  await live.waitFor(1)
  return live
}
const choose = (session: Session, key: string) => answer(app, visitor.token, session, { key })
/** Another tab is open once the dialogue is engaged. */
async function engage() {
  const session = await choose(await resolve(app, visitor.token), 'prices')
  const conversationId = session.conversation?.id ?? ''
  return { session, conversationId, tab: await listen(TALK, visitor.token, { conversationId }) }
}

it('the other tab sees the answer and the request, the agent the offer with the dialogue, the board the chat', async () => {
  const console = await listen(CONSOLE, ada.token)
  const board = await listen(BOARD, admin.token)
  const { session, conversationId, tab } = await engage()
  await choose(session, 'agent')
  expect((await tab.waitFor(4)).slice(1)).toMatchObject([
    { message: { author: 'VISITOR', text: 'agent' } },
    { message: { author: 'BOT', text: 'One moment, please.' } },
    { conversation: { state: 'OFFERED' } },
  ])
  const [, offered] = await console.waitFor(2)
  const told = ['topic?', 'prices', 'next?', 'agent', 'One moment, please.'].map((text) => ({ text }))
  expect(offered).toMatchObject({
    offer: { conversation: { id: conversationId, messages: { nodes: told } } },
  })
  await acceptChat(app, ada.token, (await lastOffer(app, admin.token, conversationId)).id)
  expect((await tab.waitFor(5)).at(-1)).toMatchObject({ conversation: { state: 'ACTIVE' } })
  const seen = await board.waitFor(4)
  // Nothing of it before the agent was asked for.
  const states = seen.flatMap((event) => ('conversation' in event ? [event.conversation] : []))
  expect(states[0]).toMatchObject({ id: conversationId, state: expect.stringMatching('OFFERED|ACTIVE') })
})

it('a meeting that is booked in one tab moves the other on, and the board sees the meeting only', async () => {
  const board = await listen(BOARD, admin.token)
  const { session, tab } = await engage()
  const waiting = await choose(session, 'meeting')
  const person = { email: 'grace@navy.example' }
  await answerMeeting(app, visitor.token, waiting, { startsAt: NINE, person })
  const events = await tab.waitFor(7)
  expect(events.slice(1, 4)).toMatchObject([
    { message: { author: 'VISITOR', text: 'meeting' } },
    { message: { author: 'BOT', text: 'meet?' } },
    { __typename: 'ConversationChanged' },
  ])
  const said = events.slice(4).flatMap((event) => ('message' in event ? [event.message] : []))
  expect(said).toMatchObject([{ author: 'VISITOR', text: expect.stringContaining('with Beth Moore') }])
  const seen = (await board.waitFor(3)).map(({ __typename }) => __typename)
  expect(seen).toContain('MeetingChanged')
  expect(seen).not.toContain('ConversationChanged')
})
