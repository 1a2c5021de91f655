// A visitor who goes before anybody has accepted the chat.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { START } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, createChatAgent, lastOffer, readChat, requestChat, say } from '../kit/chat.ts'
import { startOnPort, type TestServer } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'
import { subscribeOverHttp } from '../kit/sse-client.ts'

const TALK = `subscription ($conversationId: ID!) {
  conversationEvents(conversationId: $conversationId) {
    __typename ... on ConversationUpdated { conversation { state } } ... on MessageSent { message { text } }
  }
}`
const CONSOLE = `subscription { agentEvents {
  __typename ... on ChatOfferSettled { offer { id offerState: state } }
  ... on ConversationUpdated { conversation { state } }
} }`
const DEADLINE = { timeout: 15_000, interval: 20 }

let app: TestServer
let acme: TestWorkspace
let ada: Staff
let visitor: string
let conversationId: string

beforeAll(async () => {
  app = await startOnPort()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createChatAgent(app, acme, 'Ada Lovelace')
  await createChatAgent(app, acme, 'Grace Hopper')
  visitor = await createVisitor(app, acme)
  conversationId = (await requestChat(app, visitor)).id
})

const overSocket = (token: string) => {
  const client = createSocketClient(app.server.url, token)
  return subscribe(client, { query: TALK, variables: { conversationId } })
}
const overHttp = (token: string) =>
  subscribeOverHttp({ url: app.server.url, token }, { query: TALK, variables: { conversationId } })

async function follow(open = overSocket): Promise<Subscription> {
  const live = open(visitor)
  await live.waitFor(1)
  await waitForFollowers(1)
  return live
}

/** Until the database knows that so many nodes, of which there is one, have the visitor. */
const waitForFollowers = (count: number) =>
  vi.waitFor(async () => {
    const where = { expiresAt: { gt: app.clock.now() }, workspaceId: acme.workspaceId }
    expect(await app.app.services.database.visitorLease.count({ where })).toBe(count)
  }, DEADLINE)

async function leave(live: Subscription): Promise<void> {
  live.stop()
  await waitForFollowers(0)
}

/** Time passes; then some node looks at what is due. */
async function pass(milliseconds: number): Promise<void> {
  app.clock.advance(milliseconds)
  await sweepChats(app.app.services)
}

const state = async () => (await readChat(app, acme.admin.token, conversationId))?.state
const offer = () => lastOffer(app, acme.admin.token, conversationId)

describe('a request whose visitor has gone', () => {
  it.each([
    ['a socket', overSocket],
    ['server-sent events', overHttp],
  ])('is given up 15 seconds after the last connection over %s', async (_name, open) => {
    await leave(await follow(open))
    await pass(14_999)
    expect(await state()).toBe('OFFERED')
    await pass(1)
    expect(await state()).toBe('ABANDONED')
    expect(await offer()).toMatchObject({ state: 'RESCINDED', attempt: 1, agent: { id: ada.id } })
  })

  it('cannot be accepted any more, and the agent is told', async () => {
    const console = subscribe(createSocketClient(app.server.url, ada.token), { query: CONSOLE })
    await console.waitFor(1)
    await leave(await follow())
    await pass(15_000)
    const { id } = await offer()
    expect(await acceptChat(app, ada.token, id)).toMatchObject({
      ...{ __typename: 'OfferNoLongerOpenError', offerState: 'RESCINDED' },
    })
    const settled = { __typename: 'ChatOfferSettled', offer: { id, offerState: 'RESCINDED' } }
    await vi.waitFor(() => expect(console.events()).toContainEqual(settled), DEADLINE)
  })

  it('is offered to nobody else, although the time of the offer is up as well', async () => {
    await leave(await follow())
    await pass(10 * 60_000)
    expect(await state()).toBe('ABANDONED')
    expect(await offer()).toMatchObject({ attempt: 1, state: 'EXPIRED' })
  })

  it('is given up too when nothing is heard of the client any more', async () => {
    const client = createSocketClient(app.server.url, visitor)
    let freeze = () => {}
    client.on('opened', (socket) => {
      // Neither reads nor answers from now on, as a phone that is asleep.
      freeze = () => (socket as { pause(): void }).pause()
    })
    await subscribe(client, { query: TALK, variables: { conversationId } }).waitFor(1)
    await waitForFollowers(1)
    freeze()
    await pass(29_999)
    expect(await state()).toBe('OFFERED')
    await pass(1)
    expect(await state()).toBe('ABANDONED')
  })
})

describe('a request goes on', () => {
  it('while its visitor has another window, or comes back in time', async () => {
    const other = await follow(overHttp)
    const live = await follow()
    live.stop()
    app.clock.advance(29_000)
    await waitForFollowers(1)
    await pass(29_000)
    expect(await state()).toBe('OFFERED')
    await waitForFollowers(1)
    await leave(other)
    await pass(14_000)
    await follow()
    await pass(14_000)
    expect(await state()).toBe('OFFERED')
  })

  it('whoever else follows it, and whoever of them goes', async () => {
    const agent = subscribe(createSocketClient(app.server.url, ada.token), {
      ...{ query: TALK, variables: { conversationId } },
    })
    await agent.waitFor(1)
    agent.stop()
    await pass(60_000)
    expect(await state()).toBe('OFFERED')
  })

  it('of a visitor who never followed it: such a client asks now and then', async () => {
    await pass(99_000)
    expect(await state()).toBe('OFFERED')
    expect(await acceptChat(app, ada.token, (await offer()).id)).toMatchObject({ state: 'ACTIVE' })
  })
})

describe('a chat that somebody has accepted', () => {
  it('is kept for a visitor who goes and comes back with the same token', async () => {
    await acceptChat(app, ada.token, (await offer()).id)
    const live = overSocket(visitor)
    await live.waitFor(1)
    live.stop()
    await pass(5 * 60_000)
    expect(await state()).toBe('ACTIVE')
    const again = overSocket(visitor)
    await again.waitFor(1)
    await say(app, ada.token, { conversationId, text: 'Still there?' })
    expect(await again.waitFor(2)).toMatchObject([{}, { message: { text: 'Still there?' } }])
    expect(await requestChat(app, visitor)).toMatchObject({ id: conversationId, state: 'ACTIVE' })
  })

  it('is kept also if the visitor followed it before', async () => {
    const live = await follow()
    await acceptChat(app, ada.token, (await offer()).id)
    await leave(live)
    await pass(5 * 60_000)
    expect(await state()).toBe('ACTIVE')
  })
})
