// Push services that fail, and browsers whose subscription has ended.
import { describe, expect, it } from 'vitest'
import { createWebPushSender } from '../../../src/services/notifications/push/web-push-sender.ts'
import { eventually } from '../../kit/eventually.ts'
import { OFFER_MS, usePushScene } from './push-scene.ts'

const scene = usePushScene()

/** Shortens the deadline for the answers of one browser's push service. On a busy machine another one, which is only
 * slow, would be given up too, and get the message twice.
 * @returns ends it */
async function giveUpSoon({ endpoint }: { endpoint: string }): Promise<() => void> {
  const { services } = scene.app.app
  const usual = services.push
  const { vapidPublicKey, vapidPrivateKey } = await scene.database.installation.findFirstOrThrow()
  const hasty = createWebPushSender({
    keys: { publicKey: vapidPublicKey ?? '', privateKey: vapidPrivateKey ?? '' },
    contact: 'mailto:ops@acme.test',
    rules: { loopback: true },
    timeoutMs: 1000,
  })
  services.push = {
    ...usual,
    send: (target, ...rest) => (target.endpoint === endpoint ? hasty : usual).send(target, ...rest),
  }
  return () => {
    services.push = usual
  }
}

describe('a push service that', () => {
  it.each([404, 410])('answers %d gets no more messages, the other browsers do', async (status) => {
    const [gone, there] = [await scene.register(), await scene.register()]
    scene.service.failNext(gone.endpoint, status)
    await scene.run('chat-push', await scene.createOffer())
    await scene.run('chat-push', await scene.createOffer())
    expect(scene.endpoints()).toEqual([there.endpoint, there.endpoint])
    expect(scene.service.attempts).toHaveLength(3)
    const left = await scene.database.pushSubscription.findMany({ where: { agentId: scene.ada.agentId } })
    expect(left.map(({ endpoint }) => endpoint)).toEqual([there.endpoint])
  })

  it.each([429, 500])('answers %d gets a retry, the other browsers do not', async (status) => {
    const [failing, working] = [await scene.register(), await scene.register()]
    scene.service.failNext(failing.endpoint, status)
    await scene.run('chat-push', await scene.createOffer())
    expect(scene.endpoints()).toEqual([failing.endpoint, working.endpoint].sort())
    expect(scene.service.attempts).toHaveLength(3)
    expect(scene.app.faults.map(String)).toEqual([
      expect.stringContaining(`responded with HTTP status ${status}.`),
    ])
    expect(String(scene.app.faults[0])).not.toContain(new URL(failing.endpoint).pathname)
  })

  it('does not answer gets a retry, without delaying the other browsers', async () => {
    const [hanging, working] = [await scene.register(), await scene.register()]
    const havePatience = await giveUpSoon(hanging)
    scene.service.failNext(hanging.endpoint, ...Array(50).fill('HANG'))
    await scene.enlist('chat-push', await scene.createOffer())
    await eventually(() => expect(scene.endpoints()).toEqual([working.endpoint]))
    // Not before: else the first attempt may come after the end of the hanging, and nothing fails.
    await eventually(() => expect(String(scene.app.faults[0])).toContain('takes too long to respond'))
    havePatience()
    scene.service.stopFailing(hanging.endpoint)
    await eventually(() => expect(scene.endpoints()).toEqual([hanging.endpoint, working.endpoint].sort()))
  })

  it('fails gets no further retries once the offer is settled', async () => {
    const { endpoint } = await scene.register()
    scene.service.failNext(endpoint, ...Array(50).fill(500))
    const offer = await scene.createOffer()
    await scene.enlist('chat-push', offer)
    await eventually(() => expect(scene.service.attempts).not.toHaveLength(0))
    await scene.settle(offer, 'ACCEPTED')
    await scene.untilIdle()
    expect(scene.service.received).toEqual([])
  })
})

it('nothing is sent to a private address, even if the table has one', async () => {
  const { workspaceId } = scene.acme
  const { endpoint: _, ...keys } = scene.service.subscribe('')
  const endpoint = 'https://10.0.0.1/push'
  await scene.database.pushSubscription.create({
    data: { workspaceId, agentId: scene.ada.agentId, endpoint, ...keys, createdAt: scene.app.clock.now() },
  })
  await scene.enlist('chat-push', await scene.createOffer())
  await eventually(() => expect(scene.app.faults.length).toBeGreaterThan(0))
  expect(String(scene.app.faults[0])).toContain('private network')
  scene.app.clock.advance(OFFER_MS)
  await scene.untilIdle()
})
