// Chat offers as push messages to an agent's browsers, through a push service that decrypts.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import { createTestAgent } from '../../kit/actors.ts'
import { eventually } from '../../kit/eventually.ts'
import { mutate } from '../../kit/mutate.ts'
import { OFFER_MS, read, usePushScene } from './push-scene.ts'

const ALWAYS_FAILING = Array(50).fill(500)

const scene = usePushScene()

describe('an offer', () => {
  it('is pushed to every browser of its agent and to no other, for the rest of its time', async () => {
    const browsers = [await scene.register(), await scene.register()]
    await scene.register(await createTestAgent(scene.app, scene.acme, 'Grace Hopper'))
    const offer = await scene.createOffer()
    scene.app.clock.advance(10_500)
    await scene.run('chat-push', offer)
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
    const lastUsed = await scene.app.app.services.database.pushSubscription.findMany({
      where: { endpoint: { in: browsers.map(({ endpoint }) => endpoint) } },
      select: { lastUsedAt: true },
    })
    expect(lastUsed).toEqual(browsers.map(() => ({ lastUsedAt: scene.app.clock.now() })))
  })

  it('is pushed with the first 120 characters of the visitor’s first message, without splitting a character', async () => {
    await scene.register()
    await scene.run(
      'chat-push',
      await scene.createOffer([`${'x'.repeat(119)}👋 and more`, 'Still there?'], {}),
    )
    expect(read(scene.service.received[0])).toMatchObject({
      personName: 'Visitor',
      text: `${'x'.repeat(119)}👋`,
    })
    await scene.run('chat-push', await scene.createOffer([]))
    expect(read(scene.service.received[1])).toMatchObject({ text: null })
  })

  it('is pushed once, no matter how often the job runs', async () => {
    await scene.register()
    const offer = await scene.createOffer()
    await scene.enlist('chat-push', offer)
    await scene.run('chat-push', offer)
    await scene.run('chat-push', offer)
    expect(scene.service.attempts).toHaveLength(1)
  })

  it.each(['ACCEPTED', 'DECLINED', 'RESCINDED', 'REVOKED'] as const)(
    'is not pushed when it is %s',
    async (state) => {
      await scene.register()
      const offer = await scene.createOffer()
      await scene.settle(offer, state)
      await scene.run('chat-push', offer)
      await scene.run('chat-push-settled', offer)
      expect(scene.service.attempts).toEqual([])
    },
  )

  it('is not pushed after its expiry, even before a sweep records it', async () => {
    await scene.register()
    const offer = await scene.createOffer()
    scene.app.clock.advance(OFFER_MS)
    await scene.run('chat-push', offer)
    expect(scene.service.attempts).toEqual([])
  })

  it('is pushed neither to a browser that now belongs to another agent, nor to an agent who was removed', async () => {
    const browser = await scene.register()
    scene.service.failNext(browser.endpoint, ...ALWAYS_FAILING)
    await scene.enlist('chat-push', await scene.createOffer())
    await eventually(() => expect(scene.service.attempts).not.toHaveLength(0))
    await scene.register(await createTestAgent(scene.app, scene.acme, 'Grace Hopper'), browser)
    await scene.untilIdle()
    await scene.register()
    const { token } = scene.acme.admin
    await mutate(scene.app, { mutation: 'removeAgent', input: { agentId: scene.ada.id }, token, select: '' })
    await scene.run('chat-push', await scene.createOffer())
    expect(scene.service.received).toEqual([])
  })
})

describe('a settled offer', () => {
  it('replaces the offer in browsers that were offline', async () => {
    const { endpoint } = await scene.register()
    const offer = await scene.createOffer()
    await scene.run('chat-push', offer)
    await scene.settle(offer, 'EXPIRED')
    await scene.run('chat-push-settled', offer)
    expect(scene.service.received).toHaveLength(2)
    const [left, ...others] = scene.service.waitingFor(endpoint)
    expect(others).toEqual([])
    expect(left).toMatchObject({ ttl: 60, urgency: 'high' })
    const offerId = encodeGlobalID('ChatOffer', offer.id)
    expect(read(left)).toEqual({ kind: 'CHAT_OFFER_SETTLED', offerId, state: 'EXPIRED' })
  })

  it('is not pushed to a browser that was registered after the offer was pushed', async () => {
    const { endpoint } = await scene.register()
    const offer = await scene.createOffer()
    await scene.run('chat-push', offer)
    scene.app.clock.advance(1000)
    await scene.register()
    await scene.settle(offer, 'ACCEPTED')
    await scene.run('chat-push-settled', offer)
    expect(scene.endpoints()).toEqual([endpoint, endpoint])
  })

  it('is not pushed after the expiry of the offer', async () => {
    await scene.register()
    const offer = await scene.createOffer()
    await scene.run('chat-push', offer)
    await scene.settle(offer, 'DECLINED')
    scene.app.clock.advance(OFFER_MS)
    await scene.run('chat-push-settled', offer)
    expect(scene.service.attempts).toHaveLength(1)
  })
})
