// From a visitor's request to the screen of an agent who is not signed in: the jobs as the application runs them.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type PushService, startPushService } from '../emulators/push-service.ts'
import { createTestWorkspace } from '../kit/actors.ts'
import { startApp, type TestApp } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, chat, createChatAgent, lastOffer, requestChat, signOut } from '../kit/chat.ts'
import { mutate } from '../kit/mutate.ts'

let app: TestApp
let service: PushService

beforeAll(async () => {
  service = await startPushService()
  app = await startApp({ jobs: true })
})
afterAll(async () => {
  await app.stop()
  await service.close()
})

const pushes = () => service.received.map(({ text }) => JSON.parse(text))
const waitFor = (push: object) =>
  vi.waitFor(() => expect(pushes()).toContainEqual(expect.objectContaining(push)), {
    ...{ timeout: 25_000, interval: 50 },
  })

it('an agent with a registered browser and no console is told of an offer, and that it is settled', async () => {
  const acme = await createTestWorkspace(app)
  const ada = await createChatAgent(app, acme, 'Ada Lovelace')
  await signOut(app, ada)
  const input = service.subscribe(app.app.services.push.publicKey)
  await mutate(app, { mutation: 'registerPushSubscription', input, token: ada.token, select: '' })
  const visitor = await createVisitor(app, acme)
  const { id: conversationId, state } = await requestChat(app, visitor, { text: 'Hello?' })
  expect(state).toBe('OFFERED')
  const { id: offerId } = await lastOffer(app, acme.admin.token, conversationId)
  await waitFor({ kind: 'CHAT_OFFERED', offerId, conversationId, text: 'Hello?' })
  await chat(app, { mutation: 'endChat', token: visitor, input: { conversationId } })
  await waitFor({ kind: 'CHAT_OFFER_SETTLED', offerId })
  expect(await acceptChat(app, ada.token, offerId)).toMatchObject({ offerState: 'RESCINDED' })
  expect(app.faults).toEqual([])
})
