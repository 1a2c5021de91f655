// From a visitor's request to the screen of an agent who is not signed in: the jobs as the application runs them.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PushService, startPushService } from '../emulators/push-service.ts'
import { startApp } from '../kit/app.ts'
import { acceptChat, chat, lastOffer, requestChat, signOut } from '../kit/chat.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'

let service: PushService

beforeAll(async () => {
  service = await startPushService()
})
afterAll(() => service.close())

const { app, admin, ada, visitor, mutate } = useScene(
  { ada: forChat, visitor: aVisitor },
  { start: () => startApp({ jobs: true }) },
)

const pushes = () => service.received.map(({ text }) => JSON.parse(text))
const waitFor = (push: object) =>
  eventually(() => expect(pushes()).toContainEqual(expect.objectContaining(push)))

it('an agent with a registered browser and no console is notified of an offer, and when it is settled', async () => {
  await signOut(app, ada)
  const input = service.subscribe(app.app.services.push.publicKey)
  await mutate({ mutation: 'registerPushSubscription', input, token: ada.token, select: '' })
  const { id: conversationId, state } = await requestChat(app, visitor.token, { text: 'Hello?' })
  expect(state).toBe('OFFERED')
  const { id: offerId } = await lastOffer(app, admin.token, conversationId)
  await waitFor({ kind: 'CHAT_OFFERED', offerId, conversationId, text: 'Hello?' })
  await chat(app, { mutation: 'endChat', token: visitor.token, input: { conversationId } })
  await waitFor({ kind: 'CHAT_OFFER_SETTLED', offerId })
  expect(await acceptChat(app, ada.token, offerId)).toMatchObject({ offerState: 'RESCINDED' })
  expect(app.faults).toEqual([])
})
