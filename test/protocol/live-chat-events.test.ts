// The events of live chats, for consoles, visitors and supervisors.
import { describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { data } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, chat, declineChat, lastOffer, readChat, requestChat, say } from '../kit/chat.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type LiveEvent, type Subscription, subscribe } from '../kit/socket-client.ts'

const SELECTION = `__typename ... on Event { cursor at }
  ... on ChatOffered { offer { conversationId offerState: state conversation { id person { id } messages { nodes { text } } } } }
  ... on ChatOfferSettled { offer { conversationId offerState: state conversation { id state unread agent { id } } } }
  ... on ConversationChanged { conversationId conversation { id state unread agent { id } } }
  ... on MessageSent { conversationId message { id author text } conversation { id state unread } }
  ... on ResetRequired { reason }`
const CONSOLE = `subscription { agentEvents { ${SELECTION} } }`
const BOARD = `subscription { workspaceEvents {
  __typename ... on Event { cursor } ... on ConversationChanged { conversation { id state } }
} }`
const TALK = `subscription ($conversationId: ID!, $after: EventCursor) {
  conversationEvents(conversationId: $conversationId, after: $after) {
    __typename ... on Event { cursor } ... on ConversationChanged { conversation { id state agent { id } } }
    ... on MessageSent { message { id author text } } ... on ResetRequired { reason }
    ... on Typing { author agent { id } }
  }
}`

const { app, acme, admin, ada, grace, visitor, database } = useScene(
  { ada: forChat, grace: forChat, visitor: aVisitor },
  { start: startOnPort },
)

const listen = async (query: string, token: string, variables = {}): Promise<Subscription> => {
  const live = subscribe(createSocketClient(app.server.url, token), { query, variables })
  await live.waitFor(1)
  return live
}
const accept = async (id: string) => acceptChat(app, ada.token, (await lastOffer(app, admin.token, id)).id)
const typesOf = (events: LiveEvent[]) => events.map(({ __typename }) => __typename)

describe('agentEvents', () => {
  it('delivers an offer, its end, and the changes of the chat', async () => {
    const console = await listen(CONSOLE, ada.token)
    const { id } = await requestChat(app, visitor.token, { text: 'Hello?' })
    const [, offered] = await console.waitFor(2)
    expect(offered).toMatchObject({
      __typename: 'ChatOffered',
      offer: { offerState: 'PENDING', conversation: { id, messages: { nodes: [{ text: 'Hello?' }] } } },
    })
    await accept(id)
    await say(app, visitor.token, { conversationId: id, text: 'There you are.' })
    await chat(app, { mutation: 'endChat', token: visitor.token, input: { conversationId: id } })
    const events = await console.waitFor(6)
    expect(events.slice(2)).toMatchObject([
      { __typename: 'ChatOfferSettled', offer: { offerState: 'ACCEPTED' } },
      { __typename: 'ConversationChanged', conversation: { id, agent: { id: ada.id } } },
      { __typename: 'MessageSent', message: { author: 'VISITOR', text: 'There you are.' } },
      { __typename: 'ConversationChanged', conversation: { id, state: 'ENDED' } },
    ])
  })

  it('delivers the offer to the next agent when one declines', async () => {
    const first = await listen(CONSOLE, ada.token)
    const second = await listen(CONSOLE, grace.token)
    const { id } = await requestChat(app, visitor.token)
    await declineChat(app, ada.token, (await lastOffer(app, admin.token, id)).id)
    expect(typesOf(await first.waitFor(3))).toEqual(['CaughtUp', 'ChatOffered', 'ChatOfferSettled'])
    expect(typesOf(await second.waitFor(2))).toEqual(['CaughtUp', 'ChatOffered'])
  })
})

describe('conversationEvents', () => {
  it('delivers to each side what the other says and does, from the snapshot on', async () => {
    const asked = await requestChat(app, visitor.token, { text: 'Hello?' })
    const { id: conversationId, streamHead: after } = asked
    const live = await listen(TALK, visitor.token, { conversationId, after })
    await accept(conversationId)
    await say(app, ada.token, { conversationId, text: 'Hello!' })
    expect(await live.waitFor(3)).toMatchObject([
      { __typename: 'CaughtUp' },
      { __typename: 'ConversationChanged', conversation: { state: 'ACTIVE', agent: { id: ada.id } } },
      { __typename: 'MessageSent', message: { author: 'AGENT', text: 'Hello!' } },
    ])
    const [{ cursor } = { cursor: '' }] = live.events()
    const again = await listen(TALK, visitor.token, { conversationId, after: cursor })
    expect(typesOf(await again.waitFor(3))).toEqual(['ConversationChanged', 'MessageSent', 'CaughtUp'])
  })

  it('shows who is typing, without storing it', async () => {
    const { id: conversationId } = await requestChat(app, visitor.token)
    const typing = (token: string) =>
      chat(app, { mutation: 'signalTyping', token, input: { conversationId } })
    expect(await typing(visitor.token)).toMatchObject({
      __typename: 'ConflictError',
      reason: 'CHAT_NOT_ACCEPTED',
    })
    await accept(conversationId)
    const live = await listen(TALK, visitor.token, { conversationId })
    await typing(ada.token)
    await typing(visitor.token)
    await say(app, ada.token, { conversationId, text: 'Hello!' })
    expect((await live.waitFor(4)).slice(1)).toMatchObject([
      { __typename: 'Typing', author: 'AGENT', agent: { id: ada.id } },
      { __typename: 'Typing', author: 'VISITOR', agent: null },
      { __typename: 'MessageSent' },
    ])
    const [{ cursor } = { cursor: '' }] = live.events()
    const again = await listen(TALK, visitor.token, { conversationId, after: cursor })
    expect(typesOf(await again.waitFor(2))).toEqual(['MessageSent', 'CaughtUp'])
  })

  it('tells a visitor who waits each new place, and that the chat is offered', async () => {
    await database.workspace.updateMany({ data: { chatsPerAgent: 1, waitSeconds: 60 } })
    const target = { agentId: ada.id }
    const guests: { token: string; id: string }[] = []
    for (let number = 0; number < 3; number++) {
      const token = await createVisitor(app, acme)
      guests.push({ token, id: (await requestChat(app, token, { target })).id })
    }
    const { token, id: conversationId } = guests.at(-1)!
    const query = TALK.replace('state agent', 'state waiting { place } agent')
    const live = await listen(query, token, { conversationId })
    // The second one waits before the third, and the first one has the agent.
    for (const number of [1, 0]) {
      const { token, id } = guests[number]!
      await chat(app, { mutation: 'endChat', token, input: { conversationId: id } })
      await sweepChats(app.app.services)
      await live.waitFor(3 - number)
    }
    expect((await live.waitFor(3)).slice(1)).toMatchObject([
      { __typename: 'ConversationChanged', conversation: { state: 'REQUESTED', waiting: { place: 1 } } },
      { __typename: 'ConversationChanged', conversation: { state: 'OFFERED', waiting: null } },
    ])
  })

  it('is refused to other visitors and agents', async () => {
    const { id: conversationId } = await requestChat(app, visitor.token)
    const stranger = await createVisitor(app, acme)
    for (const token of [stranger, grace.token]) {
      const live = subscribe(createSocketClient(app.server.url, token), {
        query: TALK,
        variables: { conversationId },
      })
      expect(await live.waitForEnd()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] })
    }
  })

  it('ends for an agent who transferred the chat', async () => {
    const { id: conversationId } = await requestChat(app, visitor.token)
    await accept(conversationId)
    const live = await listen(TALK, ada.token, { conversationId })
    const input = { conversationId, receiver: { agentId: grace.id } }
    await chat(app, { mutation: 'transferChat', token: ada.token, input })
    await acceptChat(app, grace.token, (await lastOffer(app, admin.token, conversationId)).id)
    expect(await live.waitForEnd()).toEqual({ completed: true })
    expect(live.events().at(-1)).toMatchObject({ __typename: 'ResetRequired', reason: 'ACCESS_CHANGED' })
  })
})

describe('an agent who no longer has a chat', () => {
  const transfer = async (conversationId: string) => {
    const input = { conversationId, receiver: { agentId: grace.id } }
    await chat(app, { mutation: 'transferChat', token: ada.token, input })
    await acceptChat(app, grace.token, (await lastOffer(app, admin.token, conversationId)).id)
  }
  const takeOver = (conversationId: string) =>
    chat(app, { mutation: 'takeOverChat', token: admin.token, input: { conversationId } })

  it.each([
    ['transferred it', transfer],
    ['lost it to a supervisor', takeOver],
  ])(
    'because the agent %s sees nothing of it afterwards, in events that go on or are replayed',
    async (_how, handOver) => {
      const first = await listen(CONSOLE, ada.token)
      const [{ cursor: after } = { cursor: '' }] = first.events()
      const { id: conversationId } = await requestChat(app, visitor.token)
      await accept(conversationId)
      await say(app, visitor.token, { conversationId, text: 'My secret.' })
      await handOver(conversationId)
      await say(app, visitor.token, { conversationId, text: 'Another secret.' })
      const handedOver = { __typename: 'ConversationChanged', conversationId, conversation: null }
      await eventually(() => expect(first.events()).toContainEqual(expect.objectContaining(handedOver)))
      const again = subscribe(createSocketClient(app.server.url, ada.token), {
        query: CONSOLE.replace('subscription', 'subscription ($after: EventCursor)').replace(
          'agentEvents',
          'agentEvents(after: $after)',
        ),
        variables: { after },
      })
      await eventually(() => expect(typesOf(again.events())).toContain('CaughtUp'))
      const ofChat = again.events().filter(({ __typename }) => __typename !== 'CaughtUp')
      expect(typesOf(ofChat)).toContain('MessageSent')
      for (const { offer = {}, ...event } of ofChat) {
        const shown = { conversationId, conversation: null }
        expect({ ...event, ...(offer as object) }).toMatchObject(shown)
      }
      expect(JSON.stringify(again.events())).not.toMatch(/secret|ACTIVE|ENDED/)
      const own = await data<{ conversations: object }>(
        app.execute('{ conversations { nodes { id } } }', { token: ada.token }),
      )
      expect(own).toEqual({ conversations: { nodes: [] } })
      expect(await readChat(app, ada.token, conversationId)).toBeNull()
    },
  )
})

describe('workspaceEvents', () => {
  it('delivers the state of conversations to a supervisor, but no messages', async () => {
    const board = await listen(BOARD, admin.token)
    const { id } = await requestChat(app, visitor.token, { text: 'Hello?' })
    await accept(id)
    const states = async () =>
      (await board.waitFor(4)).flatMap(
        ({ conversation }) => (conversation as { state?: string })?.state ?? [],
      )
    expect(await states()).toContain('ACTIVE')
    expect(typesOf(board.events())).not.toContain('MessageSent')
  })
})
