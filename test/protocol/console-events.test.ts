// What events tell an agent's consoles, so that none has to read anything again.
import { describe, expect, it } from 'vitest'
import { createAdministrator } from '../kit/actors.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, chat, lastOffer, say, startActiveChat } from '../kit/chat.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'

const CONSOLE = `subscription { agentEvents {
  __typename
  ... on MessageSent { viewerUnread message { id clientKey } conversation { unreadTotal } }
  ... on ConversationChanged { viewerUnread conversation { unread unreadTotal lastReadByAgent } }
} }`
const TALK = `subscription ($conversationId: ID!) {
  conversationEvents(conversationId: $conversationId) {
    __typename ... on MessageSent { message { clientKey } conversation { unreadTotal } }
    ... on ConversationChanged { conversation { lastReadByAgent lastReadByVisitor } }
  }
}`

const { app, acme, admin, ada, grace, visitor } = useScene(
  { ada: forChat, grace: forChat, visitor: aVisitor },
  { start: startOnPort },
)

const listen = async (query: string, token: string, variables = {}): Promise<Subscription> => {
  const live = subscribe(createSocketClient(app.server.url, token), { query, variables })
  await live.waitFor(1)
  return live
}
const expectLast = (live: Subscription, event: object) =>
  eventually(() => expect(live.events().at(-1)).toMatchObject(event))

it('tells both sides what the other has read', async () => {
  const conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
  const talks = [
    await listen(TALK, visitor.token, { conversationId }),
    await listen(TALK, ada.token, { conversationId }),
  ]
  const { id: messageId } = await say(app, visitor.token, { conversationId, text: 'Hello?' })
  await chat(app, { mutation: 'markRead', token: ada.token, input: { conversationId, messageId } })
  for (const live of talks) {
    await expectLast(live, {
      __typename: 'ConversationChanged',
      conversation: { lastReadByAgent: messageId, lastReadByVisitor: messageId },
    })
  }
})

it('tells every console of an agent how much is unread, also when another one has read it', async () => {
  const consoles = [await listen(CONSOLE, ada.token), await listen(CONSOLE, ada.token)]
  const conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
  const { id: messageId } = await say(app, visitor.token, { conversationId, text: 'Hello?' })
  for (const live of consoles) {
    await expectLast(live, { __typename: 'MessageSent', viewerUnread: 1, conversation: { unreadTotal: 1 } })
  }
  await chat(app, { mutation: 'markRead', token: ada.token, input: { conversationId, messageId } })
  for (const live of consoles) {
    await expectLast(live, {
      viewerUnread: 0,
      conversation: { unread: 0, unreadTotal: 0, lastReadByAgent: messageId },
    })
  }
})

it('tells an agent who hands a chat over that its messages are no longer unread', async () => {
  const live = await listen(CONSOLE, ada.token)
  const conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
  await say(app, visitor.token, { conversationId, text: 'Hello?' })
  const input = { conversationId, receiver: { agentId: grace.id } }
  await chat(app, { mutation: 'transferChat', token: ada.token, input })
  await acceptChat(app, grace.token, (await lastOffer(app, admin.token, conversationId)).id)
  await expectLast(live, { __typename: 'ConversationChanged', viewerUnread: 0, conversation: null })
})

it('gives the client key and the totals to nobody else, also if others see the same otherwise', async () => {
  const colleague = await createAdministrator(app, acme, 'Beth Moore')
  const conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
  await chat(app, { mutation: 'takeOverChat', token: admin.token, input: { conversationId } })
  const others = await listen(TALK, colleague.token, { conversationId })
  const own = await listen(TALK, admin.token, { conversationId })
  await say(app, admin.token, { conversationId, text: 'Hello!', clientKey: 'draft-1' })
  await expectLast(others, { message: { clientKey: null }, conversation: { unreadTotal: null } })
  await expectLast(own, { message: { clientKey: 'draft-1' }, conversation: { unreadTotal: 0 } })
})

describe('Typing', () => {
  const typing = (token: string, conversationId: string) =>
    chat(app, { mutation: 'signalTyping', token, input: { conversationId } })
  const WATCH = `subscription ($after: EventCursor) { agentEvents(after: $after) {
    __typename ... on Event { cursor } ... on Typing { conversationId author } ... on MessageSent { conversationId }
  } }`
  const typedIn = (live: Subscription) => live.events().filter(({ __typename }) => __typename === 'Typing')

  it('reaches the consoles of the agent from all chats of the agent, and is not replayed', async () => {
    const guest = { token: await createVisitor(app, acme) }
    const first = await startActiveChat(app, acme, { agent: ada, visitor })
    const second = await startActiveChat(app, acme, { agent: ada, visitor: guest })
    const foreign = await startActiveChat(app, acme, {
      agent: grace,
      visitor: { token: await createVisitor(app, acme) },
    })
    const live = await listen(WATCH, ada.token)
    await typing(grace.token, foreign)
    await typing(visitor.token, first)
    await typing(guest.token, second)
    await say(app, guest.token, { conversationId: second, text: 'Hello?' })
    expect((await live.waitFor(4)).slice(1)).toMatchObject([
      { __typename: 'Typing', conversationId: first, author: 'VISITOR' },
      { __typename: 'Typing', conversationId: second, author: 'VISITOR' },
      { __typename: 'MessageSent', conversationId: second },
    ])
    const again = await listen(WATCH, ada.token, { after: live.events()[0]?.cursor })
    await again.waitFor(2)
    expect(typedIn(again)).toEqual([])
  })

  it('comes at most once a second for each side, however often a client signals it', async () => {
    const conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
    const live = await listen(WATCH, ada.token)
    const beganAt = performance.now()
    for (let number = 0; number < 10; number++) {
      await typing(visitor.token, conversationId)
      await typing(ada.token, conversationId)
    }
    await say(app, visitor.token, { conversationId, text: 'Hello?' })
    await expectLast(live, { __typename: 'MessageSent' })
    const seconds = Math.floor((performance.now() - beganAt) / 1000)
    for (const side of ['VISITOR', 'AGENT']) {
      const signals = typedIn(live).filter(({ author }) => author === side)
      expect(signals.length).toBeGreaterThan(0)
      expect(signals.length).toBeLessThanOrEqual(1 + seconds)
    }
  })
})
