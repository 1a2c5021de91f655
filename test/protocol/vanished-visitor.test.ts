// A visitor who leaves before an agent has accepted the chat.
import { beforeEach, describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { acceptChat, lastOffer, readChat, requestChat, say } from '../kit/chat.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'
import { subscribeOverHttp } from '../kit/sse-client.ts'

const TALK = `subscription ($conversationId: ID!) {
  conversationEvents(conversationId: $conversationId) {
    __typename ... on ConversationChanged { conversation { state } } ... on MessageSent { message { text } }
  }
}`
const CONSOLE = `subscription { agentEvents {
  __typename ... on ChatOfferSettled { offer { id offerState: state } }
  ... on ConversationChanged { conversation { state } }
} }`

const { app, acme, admin, ada, visitor } = useScene(
  { ada: forChat, grace: forChat, visitor: aVisitor },
  { start: startOnPort },
)
let conversationId: string

beforeEach(async () => {
  conversationId = (await requestChat(app, visitor.token)).id
})

const overSocket = (token: string) => {
  const client = createSocketClient(app.server.url, token)
  return subscribe(client, { query: TALK, variables: { conversationId } })
}
const overHttp = (token: string) =>
  subscribeOverHttp({ url: app.server.url, token }, { query: TALK, variables: { conversationId } })

async function follow(open = overSocket): Promise<Subscription> {
  const live = open(visitor.token)
  await live.waitFor(1)
  await waitForFollowers(1)
  return live
}

/** Waits until the visitor has so many leases: one for each node, of which there is one. */
const waitForFollowers = (count: number) =>
  eventually(async () => {
    const where = { expiresAt: { gt: app.clock.now() }, workspaceId: acme.workspaceId }
    expect(await app.app.services.database.visitorLease.count({ where })).toBe(count)
  })

async function leave(live: Subscription): Promise<void> {
  live.stop()
  await waitForFollowers(0)
}

/** Lets time pass; then a node sweeps for due work. */
async function pass(milliseconds: number): Promise<void> {
  app.clock.advance(milliseconds)
  await sweepChats(app.app.services)
}

const state = async () => (await readChat(app, admin.token, conversationId))?.state
const offer = () => lastOffer(app, admin.token, conversationId)

describe('a request whose visitor has left', () => {
  it.each([
    ['a socket', overSocket],
    ['server-sent events', overHttp],
  ])('is abandoned 15 seconds after the end of the last connection over %s', async (_name, open) => {
    await leave(await follow(open))
    await pass(14_999)
    expect(await state()).toBe('OFFERED')
    await pass(1)
    expect(await state()).toBe('ABANDONED')
    expect(await offer()).toMatchObject({ state: 'RESCINDED', attempt: 1, agent: { id: ada.id } })
  })

  it('cannot be accepted any more, and the agent is notified', async () => {
    const console = subscribe(createSocketClient(app.server.url, ada.token), { query: CONSOLE })
    await console.waitFor(1)
    await leave(await follow())
    await pass(15_000)
    const { id } = await offer()
    expect(await acceptChat(app, ada.token, id)).toMatchObject({
      __typename: 'OfferNoLongerOpenError',
      offerState: 'RESCINDED',
    })
    const settled = { __typename: 'ChatOfferSettled', offer: { id, offerState: 'RESCINDED' } }
    await eventually(() => expect(console.events()).toContainEqual(settled))
  })

  it('is not offered to another agent, although the offer has expired too', async () => {
    await leave(await follow())
    await pass(10 * 60_000)
    expect(await state()).toBe('ABANDONED')
    expect(await offer()).toMatchObject({ attempt: 1, state: 'EXPIRED' })
  })

  it('is also abandoned when the client stops answering', async () => {
    const client = createSocketClient(app.server.url, visitor.token)
    let freeze = () => {}
    client.on('opened', (socket) => {
      // From now on it neither reads nor answers, like a phone that is asleep.
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

describe('a request stays open', () => {
  it('while its visitor has another window, or reconnects in time', async () => {
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

  it('when an agent who subscribed to it disconnects', async () => {
    const agent = subscribe(createSocketClient(app.server.url, ada.token), {
      query: TALK,
      variables: { conversationId },
    })
    await agent.waitFor(1)
    agent.stop()
    await pass(60_000)
    expect(await state()).toBe('OFFERED')
  })

  it('when its visitor never subscribed to it, as a polling client does', async () => {
    await pass(99_000)
    expect(await state()).toBe('OFFERED')
    expect(await acceptChat(app, ada.token, (await offer()).id)).toMatchObject({ state: 'ACTIVE' })
  })
})

describe('a chat that an agent has accepted', () => {
  it('stays open for a visitor who leaves and reconnects with the same token', async () => {
    await acceptChat(app, ada.token, (await offer()).id)
    const live = overSocket(visitor.token)
    await live.waitFor(1)
    live.stop()
    await pass(5 * 60_000)
    expect(await state()).toBe('ACTIVE')
    const again = overSocket(visitor.token)
    await again.waitFor(1)
    await say(app, ada.token, { conversationId, text: 'Still there?' })
    expect(await again.waitFor(2)).toMatchObject([{}, { message: { text: 'Still there?' } }])
    expect(await requestChat(app, visitor.token)).toMatchObject({ id: conversationId, state: 'ACTIVE' })
  })

  it('also stays open if the visitor subscribed before it was accepted', async () => {
    const live = await follow()
    await acceptChat(app, ada.token, (await offer()).id)
    await leave(live)
    await pass(5 * 60_000)
    expect(await state()).toBe('ACTIVE')
  })
})
