import { createECDH } from 'node:crypto'
import type { LookupAddress, lookup as lookUp } from 'node:dns'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import webPush from 'web-push'
import {
  createWebPushSender,
  type WebPushOptions,
} from '../../../src/services/notifications/push/web-push-sender.ts'
import type { PushMessage } from '../../../src/services/ports/push-sender.ts'
import {
  decrypt,
  type PushService,
  type Subscription,
  startPushService,
} from '../../emulators/push-service.ts'
import { eventually } from '../../kit/eventually.ts'

const keys = webPush.generateVAPIDKeys()
const MESSAGE: PushMessage = {
  payload: '{"kind":"TEST","text":"Grüße 👋"}',
  ttlSeconds: 42,
  topic: 'AZOsv1zoc7iGJtW3Zx4Yfw',
  urgency: 'high',
}

let service: PushService
let browser: Subscription

beforeEach(async () => {
  service = await startPushService()
  onTestFinished(() => service.close())
  browser = service.subscribe(keys.publicKey)
})

const senderWith = (options: Partial<WebPushOptions> = {}) =>
  createWebPushSender({ keys, contact: 'mailto:ops@acme.test', rules: { loopback: true }, ...options })

type Answer = (error: null, addresses: LookupAddress[]) => void

/** Resolves every name to these addresses. */
function leadingTo(...addresses: string[]): typeof lookUp {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  return ((_name: string, _options: object, answer: Answer) => answer(null, found)) as typeof lookUp
}

/** Something of the network that must not be reached. */
async function startInnerServer() {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { port: (server.address() as AddressInfo).port, connections: () => connections }
}

it('the service of these tests reads the message of the standard (RFC 8291, section 5)', () => {
  const browserKeys = createECDH('prime256v1')
  browserKeys.setPrivateKey('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94', 'base64url')
  const body =
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN'
  const secret = Buffer.from('BTBZMqHH6r4Tts7J_aSIgg', 'base64url')
  expect(decrypt(Buffer.from(body, 'base64url'), { keys: browserKeys, secret })).toBe(
    'When I grow up, I want to be a watermelon',
  )
})

describe('a message', () => {
  it('is what the browser reads, with lifetime, topic and urgency, from a sender that can be found', async () => {
    expect(await senderWith().send(browser, MESSAGE)).toBe('SENT')
    expect(service.received).toEqual([
      {
        endpoint: browser.endpoint,
        text: MESSAGE.payload,
        ttl: 42,
        topic: MESSAGE.topic,
        urgency: 'high',
        contact: 'mailto:ops@acme.test',
      },
    ])
  })

  it('takes the place of one of the same topic that waits', async () => {
    const sender = senderWith()
    await sender.send(browser, MESSAGE)
    await sender.send(browser, { ...MESSAGE, payload: 'other', topic: 'other' })
    await sender.send(browser, { ...MESSAGE, payload: 'later' })
    expect(service.waitingFor(browser.endpoint).map(({ text }) => text)).toEqual(['other', 'later'])
  })

  it.each([404, 410])('finds that the browser is gone when the answer is %d', async (status) => {
    service.failNext(browser.endpoint, status)
    expect(await senderWith().send(browser, MESSAGE)).toBe('GONE')
  })

  it.each([400, 403, 413, 429, 500, 503])('is worth a repeat when the answer is %d', async (status) => {
    service.failNext(browser.endpoint, status)
    const sent = senderWith().send(browser, MESSAGE)
    await expect(sent).rejects.toThrow(
      `${new URL(browser.endpoint).host} responded with HTTP status ${status}.`,
    )
    await expect(sent).rejects.not.toThrow(new URL(browser.endpoint).pathname)
  })

  it.each([301, 302, 307, 308])('goes nowhere else when the answer is %d', async (status) => {
    service.failNext(browser.endpoint, status)
    await expect(senderWith().send(browser, MESSAGE)).rejects.toThrow(`responded with HTTP status ${status}.`)
    expect(service.attempts).toEqual([{ endpoint: browser.endpoint, answer: status }])
  })

  it('is given up when no answer comes', async () => {
    service.failNext(browser.endpoint, 'HANG')
    const sent = senderWith({ timeoutMs: 300 }).send(browser, MESSAGE)
    await expect(sent).rejects.toThrow('takes too long to respond')
  })

  it('is given up when the node stops', async () => {
    service.failNext(browser.endpoint, 'HANG')
    const stop = new AbortController()
    const sent = senderWith({}).send(browser, MESSAGE, stop.signal)
    await eventually(() => expect(service.attempts).toHaveLength(1))
    stop.abort()
    await expect(sent).rejects.toThrow('aborted')
  })

  it('is refused by the service if another key signed it', async () => {
    const stranger = senderWith({ keys: webPush.generateVAPIDKeys() })
    await expect(stranger.send(browser, MESSAGE)).rejects.toThrow('responded with HTTP status 403.')
    expect(service.received).toEqual([])
  })
})

describe('the network of this machine', () => {
  it('is not reached by an address', async () => {
    const inner = await startInnerServer()
    for (const origin of [
      'https://127.0.0.1',
      'http://127.0.0.1',
      'https://2130706433',
      'https://localhost',
    ]) {
      const sent = senderWith({ rules: { loopback: false } }).send(
        { ...browser, endpoint: `${origin}:${inner.port}/push` },
        MESSAGE,
      )
      await expect(sent).rejects.toThrow('is not acceptable')
    }
    expect(inner.connections()).toBe(0)
  })

  it.each([[['127.0.0.1']], [['93.184.215.14', '127.0.0.1']], [['::ffff:127.0.0.1']], [['::1']]])(
    'is not reached by a name that leads to %j',
    async (addresses) => {
      const sent = senderWith({ rules: { loopback: false }, lookup: leadingTo(...addresses) }).send(
        { ...browser, endpoint: 'https://push.example/push' },
        MESSAGE,
      )
      await expect(sent).rejects.toThrow('push.example is in a private network')
    },
  )

  it('is reached by a name of this machine while the demo runs', async () => {
    const { port } = new URL(service.origin)
    const endpoint = `http://push.localhost:${port}/push/unknown`
    expect(await senderWith({ lookup: leadingTo('127.0.0.1') }).send({ ...browser, endpoint }, MESSAGE)).toBe(
      'GONE',
    )
    expect(service.attempts).toHaveLength(1)
  })
})

describe('an endpoint', () => {
  const demo = senderWith()
  const { faultOf } = senderWith({ rules: { loopback: false } })

  it.each([
    'https://fcm.googleapis.com/fcm/send/x:y',
    'https://updates.push.services.mozilla.com/wpush/v2/x',
    'https://web.push.apple.com/x?y=z',
    'https://push.example:443/x',
    'https://8.8.8.8/x',
    'https://[2606:4700::1111]/x',
  ])('may be %s', (endpoint) => {
    expect([faultOf(endpoint), demo.faultOf(endpoint)]).toEqual([null, null])
  })

  it.each([
    [
      '',
      'http://push.example/x',
      'ftp://push.example/x',
      'javascript:alert(1)',
      'push.example/x',
      'https://',
    ],
    ['https://push.example:8443/x', 'https://push.example:22', 'https://8.8.8.8:80/x'],
    ['https://user@push.example/x', 'https://user:password@push.example/x'],
    ['https://10.1.2.3', 'https://172.16.0.1', 'https://172.31.255.255', 'https://192.168.1.1:443/x'],
    ['https://169.254.169.254/latest', 'https://100.64.0.1', 'https://0.0.0.0', 'https://192.0.0.1'],
    [
      'https://224.0.0.1',
      'https://255.255.255.255',
      'https://198.18.0.1',
      'https://0xa.1',
      'https://167772161',
    ],
    ['https://[fe80::1]', 'https://[fc00::1]', 'https://[fd12::1]', 'https://[ff02::1]', 'https://[::]'],
    [
      'https://[::ffff:10.0.0.1]',
      'https://[64:ff9b::a00:1]',
      'https://[2002:a00:1::]',
      'https://[2001:db8::1]',
    ],
  ])('may not be %s, nor what follows', (...endpoints) => {
    const accepted = endpoints.filter((each) => faultOf(each) === null || demo.faultOf(each) === null)
    expect(accepted).toEqual([])
  })

  it.each([
    'http://127.0.0.1:4100/x',
    'http://[::1]/x',
    'http://localhost/x',
    'https://127.8.8.8',
    'https://localhost',
  ])('may be %s while the demo runs only', (endpoint) => {
    expect(demo.faultOf(endpoint)).toBeNull()
    expect(faultOf(endpoint)).not.toBeNull()
  })
})
