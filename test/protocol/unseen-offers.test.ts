// An agent whose last console goes while an offer is pending.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { type PushService, startPushService } from '../emulators/push-service.ts'
import { acceptChat, lastOffer, requestChat, signOut } from '../kit/chat.ts'
import { closeConsole, openConsole } from '../kit/console.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import type { Subscription } from '../kit/socket-client.ts'

const { app, admin, ada, visitor, database, mutate } = useScene(
  { ada: forChat, visitor: aVisitor },
  { start: () => startOnPort({ jobs: true }) },
)
let service: PushService
let console: Subscription
let conversationId: string

beforeAll(async () => {
  service = await startPushService()
})
afterAll(() => service.close())

beforeEach(async () => {
  service.received.length = 0
  await signOut(app, ada)
  console = await openConsole(app, ada)
  conversationId = (await requestChat(app, visitor.token, { text: 'Hello?' })).id
})

async function registerBrowser(): Promise<void> {
  const input = service.subscribe(app.app.services.push.publicKey)
  await mutate({ mutation: 'registerPushSubscription', input, token: ada.token, select: '' })
}

/** Lets time pass; then a node sweeps for due work. */
async function pass(milliseconds: number): Promise<void> {
  app.clock.advance(milliseconds)
  await sweepChats(app.app.services)
}

const offer = () => lastOffer(app, admin.token, conversationId)
const pushes = () => service.received.map(({ text }) => JSON.parse(text))

describe('with a registered browser', () => {
  beforeEach(registerBrowser)

  it('is notified there once, for the rest of the offer, and keeps it', async () => {
    await pass(10_000)
    const where = { agentId: ada.agentId }
    expect(await database.chatOffer.findFirstOrThrow({ where })).toMatchObject({ pushedAt: null })
    await closeConsole(app, { agentId: ada.agentId, console })
    await Promise.all([pass(0), pass(0)])
    const { id: offerId } = await offer()
    const offered = { kind: 'CHAT_OFFERED', offerId, conversationId, text: 'Hello?' }
    await eventually(() => expect(pushes()).toMatchObject([offered]))
    expect(service.received).toMatchObject([{ ttl: 90, urgency: 'high' }])
    await pass(30_000)
    expect(await acceptChat(app, ada.token, offerId)).toMatchObject({ state: 'ACTIVE' })
    const settled = expect.objectContaining({ kind: 'CHAT_OFFER_SETTLED', offerId })
    await eventually(() => expect(pushes()).toContainEqual(settled))
    expect(pushes().filter(({ kind }) => kind === 'CHAT_OFFERED')).toHaveLength(1)
  })
})

describe('without a registered browser', () => {
  it('loses the offer after 5 seconds', async () => {
    await closeConsole(app, { agentId: ada.agentId, console })
    await pass(4999)
    expect(await offer()).toMatchObject({ state: 'PENDING' })
    await pass(1)
    expect(await offer()).toMatchObject({ state: 'REVOKED' })
  })

  it('keeps the offer with a console that returns within that time', async () => {
    await closeConsole(app, { agentId: ada.agentId, console })
    await pass(4999)
    await openConsole(app, ada)
    await pass(1)
    await pass(5000)
    expect(await offer()).toMatchObject({ state: 'PENDING' })
  })
})
