import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../kit/clock.ts'
import { refusalOf, useScene } from './google-scene.ts'

const scene = useScene()
let hook: Server
let address: string
let received: IncomingHttpHeaders[]
let status: number

beforeEach(async () => {
  received = []
  status = 204
  hook = createServer((request, response) => {
    received.push(request.headers)
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`
})
afterEach(() => {
  hook.closeAllConnections()
  hook.close()
})

const watch = async (body: object = {}) => {
  const requestBody = { id: 'channel-1', type: 'web_hook', address, token: 'secret', ...body }
  const { data } = await scene.calendar.events.watch({ calendarId: 'primary', requestBody })
  await scene.google.push.settled()
  return data
}
const change = () => scene.agent.createEvent({ start: '2030-03-04T08:00:00Z' })
const states = () => received.map((headers) => headers['x-goog-resource-state'])
const numbers = () => received.map((headers) => Number(headers['x-goog-message-number']))

describe('a watched calendar', () => {
  it('sends a sync message and then one for every change, in headers only', async () => {
    const channel = await watch()
    expect(channel).toMatchObject({ kind: 'api#channel', id: 'channel-1', token: 'secret' })
    change()
    await scene.google.push.settled()
    expect(received).toMatchObject([
      {
        'x-goog-channel-id': 'channel-1',
        'x-goog-channel-token': 'secret',
        'x-goog-channel-expiration': 'Fri, 08 Mar 2030 12:00:00 GMT',
        'x-goog-resource-id': channel.resourceId,
        'x-goog-resource-uri': channel.resourceUri,
        'x-goog-resource-state': 'sync',
        'x-goog-message-number': '1',
        'content-length': '0',
      },
      { 'x-goog-resource-state': 'exists' },
    ])
    expect(numbers()[1]).toBeGreaterThan(1)
  })

  it('is watched for a week at most', async () => {
    const asked = scene.clock.now().getTime() + 30 * DAY
    expect((await watch({ expiration: String(asked) })).expiration).toBe(String(asked - 23 * DAY))
    expect((await watch({ id: 'short', params: { ttl: '3600' } })).expiration).toBe(
      String(scene.clock.now().getTime() + HOUR),
    )
    scene.clock.advance(7 * DAY)
    change()
    await scene.google.push.settled()
    expect(states()).toEqual(['sync', 'sync'])
  })

  it('sends nothing once its channel is stopped', async () => {
    const { id, resourceId } = await watch()
    const stop = (requestBody: object) => scene.calendar.channels.stop({ requestBody })
    expect(await refusalOf(stop({ id, resourceId: 'other' }))).toBe('404 notFound')
    await stop({ id, resourceId })
    change()
    await scene.google.push.settled()
    expect(states()).toEqual(['sync'])
    expect(await refusalOf(stop({ id, resourceId }))).toBe('404 notFound')
  })

  it('refuses a used channel id and a remote address without TLS, and may refuse all channels', async () => {
    await watch()
    expect(await refusalOf(watch())).toBe('400 channelIdNotUnique')
    expect(await refusalOf(watch({ id: 'other', address: 'http://product.example/hook' }))).toBe(
      '400 push.webhookUrlNotHttps',
    )
    scene.agent.calendars()[0]!.allowsPush = false
    expect(await refusalOf(watch({ id: 'third' }))).toBe('400 pushNotSupportedForRequestedResource')
  })

  it('sends not_exists when it is deleted', async () => {
    await watch()
    scene.agent.deleteCalendar()
    await scene.google.push.settled()
    expect(states()).toEqual(['sync', 'not_exists'])
  })
})

describe('a message', () => {
  it('can arrive before the answer to the watch call', async () => {
    scene.google.push.syncFirst = true
    const requestBody = { id: 'channel-1', type: 'web_hook', address }
    await scene.calendar.events.watch({ calendarId: 'primary', requestBody })
    expect(states()).toEqual(['sync'])
  })

  it('can be lost or duplicated', async () => {
    await watch()
    scene.google.push.drop(1)
    change()
    scene.google.push.duplicate(3, 1)
    change()
    change()
    await scene.google.push.settled()
    expect(states()).toEqual(['sync', 'exists', 'exists', 'exists', 'exists'])
    expect(new Set(numbers()).size).toBe(3)
    expect(scene.google.push.messages.map(({ outcome }) => outcome)).toEqual([204, 'DROPPED', 204, 204])
  })

  it('can be late and out of order', async () => {
    await watch()
    scene.google.push.hold()
    change()
    change()
    expect(states()).toEqual(['sync'])
    await scene.google.push.release('REVERSED')
    const [, second = 0, third = 0] = numbers()
    expect(second).toBeGreaterThan(third)
  })

  it('is retried after status 503, but not after 404', async () => {
    await watch()
    status = 503
    change()
    await scene.google.push.settled()
    status = 404
    await scene.google.push.retry()
    await scene.google.push.retry()
    expect(states()).toEqual(['sync', 'exists', 'exists'])
  })
})
