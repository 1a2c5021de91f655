// Whether the agent and the visitor of a running chat are there, and who is notified when that changes.
import { beforeEach, describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { tidy } from '../../src/services/tidy.ts'
import { acceptChat, chat, lastOffer, readChat, requestChat, say, signOut } from '../kit/chat.ts'
import { eventually } from '../kit/eventually.ts'
import { createBrowser } from '../kit/push-browser.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'

const PRESENCE = 'agentPresent visitorPresent'
const UPDATED = `... on ConversationChanged { conversation { ${PRESENCE} } }`
const TALK = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { __typename ${UPDATED} } }`

const { app, acme, admin, ada, visitor, database, mutate } = useScene(
  { ada: forChat, visitor: aVisitor },
  { start: startOnPort },
)
let id: string

async function open(token: string, field = 'agentEvents'): Promise<Subscription> {
  const query = `subscription { ${field} { __typename ${UPDATED} } }`
  const live = subscribe(createSocketClient(app.server.url, token), { query })
  await live.waitFor(1)
  return live
}

async function follow(token: string): Promise<Subscription> {
  const live = subscribe(createSocketClient(app.server.url, token), { query: TALK, variables: { id } })
  await live.waitFor(1)
  return live
}

const leases = async () => {
  const where = { expiresAt: { gt: app.clock.now() }, workspaceId: acme.workspaceId }
  return (await database.consoleLease.count({ where })) + (await database.visitorLease.count({ where }))
}

/** A subscription that is a sign of presence is live before its lease is written. */
async function withLease(begin: () => Promise<Subscription>): Promise<Subscription> {
  const before = await leases()
  const live = await begin()
  await eventually(async () => expect(await leases()).toBe(before + 1))
  return live
}
const openConsole = () => withLease(() => open(ada.token))
const followAsVisitor = () => withLease(() => follow(visitor.token))

/** Closes the subscription, and waits until the lease has ended. */
async function close(live: Subscription): Promise<void> {
  const before = await leases()
  live.stop()
  await eventually(async () => expect(await leases()).toBe(before - 1))
}

/** Lets time pass; then two nodes sweep for due work. */
async function pass(milliseconds: number): Promise<void> {
  app.clock.advance(milliseconds)
  await Promise.all([sweepChats(app.app.services), sweepChats(app.app.services)])
}

/** @returns what the events said that have come since; a message of the visitor marks their end */
async function toldSince(live: Subscription, count: number): Promise<unknown[]> {
  await say(app, visitor.token, { conversationId: id, text: 'Are you there?' })
  const said = () =>
    live.events().findIndex(({ __typename }, at) => at >= count && __typename === 'MessageSent')
  await eventually(() => expect(said()).toBeGreaterThanOrEqual(count))
  return live
    .events()
    .slice(count, said())
    .flatMap(({ conversation }) => conversation ?? [])
}

const presence = async (token: string) => {
  const read = await readChat(app, token, id, PRESENCE)
  return { agentPresent: read?.agentPresent, visitorPresent: read?.visitorPresent }
}

describe('the agent of a running chat', () => {
  let console: Subscription

  beforeEach(async () => {
    await signOut(app, ada)
    console = await openConsole()
    id = (await requestChat(app, visitor.token)).id
    expect(await presence(visitor.token)).toEqual({ agentPresent: false, visitorPresent: true })
    await acceptChat(app, ada.token, (await lastOffer(app, admin.token, id)).id)
  })

  it('is absent after 30 seconds without a console, which is published once to everybody, and returns', async () => {
    const talk = await follow(admin.token)
    const board = await open(admin.token, 'workspaceEvents')
    await close(console)
    await pass(29_999)
    expect(await presence(visitor.token)).toMatchObject({ agentPresent: true })
    await pass(1)
    expect(await presence(visitor.token)).toMatchObject({ agentPresent: false })
    expect(await presence(admin.token)).toMatchObject({ agentPresent: false })
    await pass(1000)
    expect(await toldSince(talk, 1)).toMatchObject([{ agentPresent: false }])
    const updates = () => board.events().flatMap(({ conversation }) => conversation ?? [])
    await eventually(() => expect(updates()).toMatchObject([{ agentPresent: false }]))
    const count = talk.events().length
    await openConsole()
    expect(await presence(visitor.token)).toMatchObject({ agentPresent: true })
    await pass(0)
    expect(await toldSince(talk, count)).toMatchObject([{ agentPresent: true }])
  })

  it('is present all the time when the console returns within 30 seconds', async () => {
    const talk = await follow(admin.token)
    await close(console)
    await pass(29_999)
    await openConsole()
    await pass(1)
    expect(await toldSince(talk, 1)).toEqual([])
    expect(await presence(visitor.token)).toMatchObject({ agentPresent: true })
  })

  it('is present for 30 seconds after accepting the chat without a console', async () => {
    await mutate({
      mutation: 'registerPushSubscription',
      input: createBrowser(),
      token: ada.token,
      select: '',
    })
    await close(console)
    await pass(60_000)
    await chat(app, { mutation: 'endChat', token: visitor.token, input: { conversationId: id } })
    id = (await requestChat(app, visitor.token)).id
    await acceptChat(app, ada.token, (await lastOffer(app, admin.token, id)).id)
    await pass(29_999)
    expect(await presence(visitor.token)).toMatchObject({ agentPresent: true })
    await pass(1)
    expect(await presence(visitor.token)).toMatchObject({ agentPresent: false })
  })
})

describe('the visitor of a running chat', () => {
  beforeEach(async () => {
    id = (await requestChat(app, visitor.token)).id
    await acceptChat(app, ada.token, (await lastOffer(app, admin.token, id)).id)
  })

  it('is absent 15 seconds after the last subscription, which its agent is told once, and returns', async () => {
    const console = await openConsole()
    const board = await open(admin.token, 'workspaceEvents')
    await close(await followAsVisitor())
    await pass(14_999)
    expect(await presence(ada.token)).toMatchObject({ visitorPresent: true })
    await pass(1)
    expect(await presence(ada.token)).toMatchObject({ visitorPresent: false })
    await pass(10 * 60_000 - 20_000)
    expect(await toldSince(console, 1)).toMatchObject([{ visitorPresent: false }])
    expect(board.events().map(({ __typename }) => __typename)).not.toContain('ConversationChanged')
    const count = console.events().length
    await followAsVisitor()
    expect(await presence(ada.token)).toMatchObject({ visitorPresent: true })
    await pass(0)
    expect(await toldSince(console, count)).toMatchObject([{ visitorPresent: true }])
  })

  it('stays absent when the expired lease has been deleted', async () => {
    await close(await followAsVisitor())
    await pass(15_000)
    app.clock.advance(60_000)
    await tidy(app.app.services)
    expect(await database.visitorLease.count({ where: { workspaceId: acme.workspaceId } })).toBe(0)
    expect(await presence(ada.token)).toMatchObject({ visitorPresent: false })
  })

  it('counts as present when it never subscribed, until the chat is over', async () => {
    await pass(9 * 60_000)
    expect(await presence(ada.token)).toEqual({ agentPresent: true, visitorPresent: true })
    await chat(app, { mutation: 'endChat', token: visitor.token, input: { conversationId: id } })
    expect(await presence(ada.token)).toEqual({ agentPresent: false, visitorPresent: false })
  })
})
