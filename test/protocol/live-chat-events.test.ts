// Live chats as consoles, visitors and supervisors are told of them.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { START } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, chat, createChatAgent, declineChat, lastOffer, requestChat, say } from '../kit/chat.ts'
import { startOnPort, type TestServer } from '../kit/server.ts'
import { createSocketClient, type LiveEvent, type Subscription, subscribe } from '../kit/socket-client.ts'

const SELECTION = `__typename ... on Event { cursor at }
  ... on ChatOffered { offer { id offerState: state conversation { id person { id } messages { nodes { text } } } } }
  ... on ChatOfferSettled { offer { id offerState: state } }
  ... on ConversationUpdated { conversation { id state agent { id } } }
  ... on MessageSent { message { id author text } conversation { id } }
  ... on ResetRequired { reason }`
const CONSOLE = `subscription { agentEvents { ${SELECTION} } }`
const BOARD = `subscription { workspaceEvents {
  __typename ... on Event { cursor } ... on ConversationUpdated { conversation { id state } }
} }`
const TALK = `subscription ($conversationId: ID!, $after: EventCursor) {
  conversationEvents(conversationId: $conversationId, after: $after) {
    __typename ... on Event { cursor } ... on ConversationUpdated { conversation { id state agent { id } } }
    ... on MessageSent { message { id author text } } ... on ResetRequired { reason }
    ... on Typing { author agent { id } }
  }
}`

let app: TestServer
let acme: TestWorkspace
let ada: Staff
let grace: Staff
let visitor: string

beforeAll(async () => {
  app = await startOnPort()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createChatAgent(app, acme, 'Ada Lovelace')
  grace = await createChatAgent(app, acme, 'Grace Hopper')
  visitor = await createVisitor(app, acme)
})

const listen = async (query: string, token: string, variables = {}): Promise<Subscription> => {
  const live = subscribe(createSocketClient(app.server.url, token), { query, variables })
  await live.waitFor(1)
  return live
}
const admin = () => acme.admin.token
const accept = async (id: string) => acceptChat(app, ada.token, (await lastOffer(app, admin(), id)).id)
const typesOf = (events: LiveEvent[]) => events.map(({ __typename }) => __typename)

describe('agentEvents', () => {
  it('tells of an offer, of its end, and of the chat', async () => {
    const console = await listen(CONSOLE, ada.token)
    const { id } = await requestChat(app, visitor, { text: 'Hello?' })
    const [, offered] = await console.waitFor(2)
    expect(offered).toMatchObject({
      __typename: 'ChatOffered',
      offer: { offerState: 'PENDING', conversation: { id, messages: { nodes: [{ text: 'Hello?' }] } } },
    })
    await accept(id)
    await say(app, visitor, { conversationId: id, text: 'There you are.' })
    await chat(app, { mutation: 'endChat', token: visitor, input: { conversationId: id } })
    const events = await console.waitFor(6)
    expect(events.slice(2)).toMatchObject([
      { __typename: 'ChatOfferSettled', offer: { offerState: 'ACCEPTED' } },
      { __typename: 'ConversationUpdated', conversation: { id, agent: { id: ada.id } } },
      { __typename: 'MessageSent', message: { author: 'VISITOR', text: 'There you are.' } },
      { __typename: 'ConversationUpdated', conversation: { id, state: 'ENDED' } },
    ])
  })

  it('tells the next agent when one declines', async () => {
    const first = await listen(CONSOLE, ada.token)
    const second = await listen(CONSOLE, grace.token)
    const { id } = await requestChat(app, visitor)
    await declineChat(app, ada.token, (await lastOffer(app, admin(), id)).id)
    expect(typesOf(await first.waitFor(3))).toEqual(['CaughtUp', 'ChatOffered', 'ChatOfferSettled'])
    expect(typesOf(await second.waitFor(2))).toEqual(['CaughtUp', 'ChatOffered'])
  })
})

describe('conversationEvents', () => {
  it('tells both sides what the other says and does, from the snapshot on', async () => {
    const asked = await requestChat(app, visitor, { text: 'Hello?' })
    const { id: conversationId, streamHead: after } = asked
    const live = await listen(TALK, visitor, { conversationId, after })
    await accept(conversationId)
    await say(app, ada.token, { conversationId, text: 'Hello!' })
    expect(await live.waitFor(3)).toMatchObject([
      { __typename: 'CaughtUp' },
      { __typename: 'ConversationUpdated', conversation: { state: 'ACTIVE', agent: { id: ada.id } } },
      { __typename: 'MessageSent', message: { author: 'AGENT', text: 'Hello!' } },
    ])
    const [{ cursor } = { cursor: '' }] = live.events()
    const again = await listen(TALK, visitor, { conversationId, after: cursor })
    expect(typesOf(await again.waitFor(3))).toEqual(['ConversationUpdated', 'MessageSent', 'CaughtUp'])
  })

  it('tells who is writing, at this moment only', async () => {
    const { id: conversationId } = await requestChat(app, visitor)
    const typing = (token: string) =>
      chat(app, { mutation: 'signalTyping', token, input: { conversationId } })
    expect(await typing(visitor)).toMatchObject({ __typename: 'ConflictError' })
    await accept(conversationId)
    const live = await listen(TALK, visitor, { conversationId })
    await typing(ada.token)
    await typing(visitor)
    await say(app, ada.token, { conversationId, text: 'Hello!' })
    expect((await live.waitFor(4)).slice(1)).toMatchObject([
      { __typename: 'Typing', author: 'AGENT', agent: { id: ada.id } },
      { __typename: 'Typing', author: 'VISITOR', agent: null },
      { __typename: 'MessageSent' },
    ])
    const [{ cursor } = { cursor: '' }] = live.events()
    const again = await listen(TALK, visitor, { conversationId, after: cursor })
    expect(typesOf(await again.waitFor(2))).toEqual(['MessageSent', 'CaughtUp'])
  })

  it('is nobody else’s', async () => {
    const { id: conversationId } = await requestChat(app, visitor)
    const stranger = await createVisitor(app, acme)
    for (const token of [stranger, grace.token]) {
      const live = subscribe(createSocketClient(app.server.url, token), {
        query: TALK,
        variables: { conversationId },
      })
      expect(await live.waitForEnd()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] })
    }
  })

  it('ends for an agent who handed the chat over', async () => {
    const { id: conversationId } = await requestChat(app, visitor)
    await accept(conversationId)
    const live = await listen(TALK, ada.token, { conversationId })
    const input = { conversationId, agentId: grace.id }
    await chat(app, { mutation: 'transferChat', token: ada.token, input })
    await acceptChat(app, grace.token, (await lastOffer(app, admin(), conversationId)).id)
    expect(await live.waitForEnd()).toEqual({ completed: true })
    expect(live.events().at(-1)).toMatchObject({ __typename: 'ResetRequired', reason: 'ACCESS_CHANGED' })
  })
})

describe('an agent who handed a chat over', () => {
  it('is not told again what was said in it', async () => {
    const first = await listen(CONSOLE, ada.token)
    const [{ cursor: after } = { cursor: '' }] = first.events()
    const { id: conversationId } = await requestChat(app, visitor)
    await accept(conversationId)
    await say(app, visitor, { conversationId, text: 'My secret.' })
    const transfer = { conversationId, agentId: grace.id }
    await chat(app, { mutation: 'transferChat', token: ada.token, input: transfer })
    await acceptChat(app, grace.token, (await lastOffer(app, admin(), conversationId)).id)
    const again = subscribe(createSocketClient(app.server.url, ada.token), {
      query: CONSOLE.replace('subscription', 'subscription ($after: EventCursor)').replace(
        'agentEvents',
        'agentEvents(after: $after)',
      ),
      variables: { after },
    })
    await vi.waitFor(() => expect(typesOf(again.events())).toContain('CaughtUp'), { timeout: 15_000 })
    const said = again.events().find(({ __typename }) => __typename === 'MessageSent')
    expect(said).toMatchObject({ message: null, conversation: { id: conversationId } })
    expect(JSON.stringify(again.events())).not.toContain('My secret.')
  })
})

describe('workspaceEvents', () => {
  it('tells a supervisor where conversations stand, but not what is said', async () => {
    const board = await listen(BOARD, admin())
    const { id } = await requestChat(app, visitor, { text: 'Hello?' })
    await accept(id)
    const states = async () =>
      (await board.waitFor(4)).flatMap(
        ({ conversation }) => (conversation as { state?: string })?.state ?? [],
      )
    expect(await states()).toContain('ACTIVE')
    expect(typesOf(board.events())).not.toContain('MessageSent')
  })
})
