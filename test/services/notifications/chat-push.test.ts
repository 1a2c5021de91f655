// Chat offers as an agent's browsers are told of them, by a push service that decrypts.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestAgent } from '../../kit/actors.ts'
import { mutate } from '../../kit/mutate.ts'
import { OFFER_MS, PushScene, read, until } from './push-scene.ts'

const ALWAYS_FAILING = Array(50).fill(500)

let scene: PushScene

beforeAll(async () => {
  scene = await PushScene.start()
})
afterAll(() => scene.stop())
beforeEach(() => scene.begin())

describe('an offer', () => {
  it('is told in every browser of its agent, for the rest of its time, and in no other', async () => {
    const browsers = [await scene.register(), await scene.register()]
    await scene.register(await createTestAgent(scene.app, scene.acme, 'Grace Hopper'))
    const offer = await scene.createOffer()
    scene.app.clock.advance(10_500)
    await scene.tell('chat-push', offer)
    expect(scene.endpoints()).toEqual(browsers.map(({ endpoint }) => endpoint).sort())
    for (const push of scene.service.received) {
      expect(push).toMatchObject({ ttl: 90, urgency: 'high', contact: 'mailto:meetings@switchboard.test' })
      expect(push.topic).toBe(Buffer.from(offer.id.replaceAll('-', ''), 'hex').toString('base64url'))
      expect(read(push)).toEqual({
        kind: 'CHAT_OFFERED',
        offerId: encodeGlobalID('ChatOffer', offer.id),
        conversationId: encodeGlobalID('Conversation', offer.conversationId),
        personName: 'Grace',
        text: 'Hello there',
        expiresAt: '2026-03-02T08:01:40.000Z',
      })
    }
    expect(scene.app.faults).toEqual([])
  })

  it('is told with the first 120 characters of what the visitor wrote first, and none of them halved', async () => {
    await scene.register()
    await scene.tell(
      'chat-push',
      await scene.createOffer([`${'x'.repeat(119)}👋 and more`, 'Still there?'], {}),
    )
    expect(read(scene.service.received[0])).toMatchObject({
      personName: 'Visitor',
      text: `${'x'.repeat(119)}👋`,
    })
    await scene.tell('chat-push', await scene.createOffer([]))
    expect(read(scene.service.received[1])).toMatchObject({ text: null })
  })

  it('is told once, however often the job runs', async () => {
    await scene.register()
    const offer = await scene.createOffer()
    await scene.enlist('chat-push', offer)
    await scene.tell('chat-push', offer)
    await scene.tell('chat-push', offer)
    expect(scene.service.attempts).toHaveLength(1)
  })

  it.each(['ACCEPTED', 'DECLINED', 'RESCINDED', 'REVOKED'] as const)(
    'is not told any more when it is %s',
    async (state) => {
      await scene.register()
      const offer = await scene.createOffer()
      await scene.settle(offer, state)
      await scene.tell('chat-push', offer)
      await scene.tell('chat-push-settled', offer)
      expect(scene.service.attempts).toEqual([])
    },
  )

  it('is not told any more at its end, whether or not anybody noticed', async () => {
    await scene.register()
    const offer = await scene.createOffer()
    scene.app.clock.advance(OFFER_MS)
    await scene.tell('chat-push', offer)
    expect(scene.service.attempts).toEqual([])
  })

  it('is not told in a browser that has become another agent’s, nor to an agent who was removed', async () => {
    const browser = await scene.register()
    scene.service.failNext(browser.endpoint, ...ALWAYS_FAILING)
    await scene.enlist('chat-push', await scene.createOffer())
    await until(() => expect(scene.service.attempts).not.toHaveLength(0))
    await scene.register(await createTestAgent(scene.app, scene.acme, 'Grace Hopper'), browser)
    await scene.untilIdle()
    await scene.register()
    const { token } = scene.acme.admin
    await mutate(scene.app, { mutation: 'removeAgent', input: { agentId: scene.ada.id }, token, select: '' })
    await scene.tell('chat-push', await scene.createOffer())
    expect(scene.service.received).toEqual([])
  })
})

describe('a settled offer', () => {
  it('takes the place of the offer in browsers that were away', async () => {
    const { endpoint } = await scene.register()
    const offer = await scene.createOffer()
    await scene.tell('chat-push', offer)
    await scene.settle(offer, 'EXPIRED')
    await scene.tell('chat-push-settled', offer)
    expect(scene.service.received).toHaveLength(2)
    const [left, ...others] = scene.service.waitingFor(endpoint)
    expect(others).toEqual([])
    expect(left).toMatchObject({ ttl: 60, urgency: 'high' })
    const offerId = encodeGlobalID('ChatOffer', offer.id)
    expect(read(left)).toEqual({ kind: 'CHAT_OFFER_SETTLED', offerId, state: 'EXPIRED' })
  })

  it('is not told in a browser that came after the offer was told', async () => {
    const { endpoint } = await scene.register()
    const offer = await scene.createOffer()
    await scene.tell('chat-push', offer)
    scene.app.clock.advance(1000)
    await scene.register()
    await scene.settle(offer, 'ACCEPTED')
    await scene.tell('chat-push-settled', offer)
    expect(scene.endpoints()).toEqual([endpoint, endpoint])
  })

  it('is not told any more when nobody can take it for open', async () => {
    await scene.register()
    const offer = await scene.createOffer()
    await scene.tell('chat-push', offer)
    await scene.settle(offer, 'DECLINED')
    scene.app.clock.advance(OFFER_MS)
    await scene.tell('chat-push-settled', offer)
    expect(scene.service.attempts).toHaveLength(1)
  })
})
