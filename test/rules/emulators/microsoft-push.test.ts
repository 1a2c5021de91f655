import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../kit/clock.ts'
import { eventually } from '../../kit/eventually.ts'
import { connect, EMAIL, refusalOf, useScene } from './microsoft-scene.ts'

const scene = useScene()

/** A webhook, as a client provides it. */
const receiver = {
  url: '',
  posts: [] as { path: string; value: Record<string, unknown>[] }[],
  validations: [] as string[],
  /** The answer to validations in place of the token. */
  validate: (token: string) => token,
  /** The status of answers to notifications; undefined never answers. */
  status: 202 as number | undefined,
}

beforeEach(async () => {
  Object.assign(receiver, { posts: [], validations: [], validate: (token: string) => token, status: 202 })
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const url = new URL(request.url ?? '/', receiver.url)
    const token = url.searchParams.get('validationToken')
    if (token !== null) {
      receiver.validations.push(url.pathname)
      return response.writeHead(200, { 'content-type': 'text/plain' }).end(receiver.validate(token))
    }
    const { value } = JSON.parse(Buffer.concat(chunks).toString())
    receiver.posts.push({ path: url.pathname, value })
    return receiver.status === undefined ? undefined : response.writeHead(receiver.status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return () => {
    server.closeAllConnections()
    server.close()
  }
})

afterEach(() => scene.microsoft.resetBehaviour())

const inMinutes = (minutes: number) => new Date(scene.clock.now().getTime() + minutes * MINUTE).toISOString()

const subscribe = (changes: object = {}) =>
  scene.graph
    .api('/subscriptions')
    .header('Prefer', 'IdType="ImmutableId"')
    .post({
      changeType: 'created,updated,deleted',
      notificationUrl: `${receiver.url}/notified`,
      lifecycleNotificationUrl: `${receiver.url}/lifecycle`,
      resource: '/me/events',
      expirationDateTime: inMinutes(4000),
      clientState: 'state-1',
      ...changes,
    })

const createEvent = (subject = 'Busy') =>
  scene.agent.createEvent({ subject, start: '2030-03-04T09:00:00Z', end: '2030-03-04T10:00:00Z' })
const received = () => receiver.posts.flatMap(({ value }) => value)
const types = () => received().map(({ changeType }) => changeType)

describe('subscribing', () => {
  it('validates both webhook URLs first', async () => {
    const subscription = await subscribe()
    expect(receiver.validations).toEqual(['/notified', '/lifecycle'])
    expect(subscription).toMatchObject({
      id: expect.any(String),
      clientState: 'state-1',
      resource: '/me/events',
    })
    expect(scene.microsoft.subscriptions(EMAIL)).toHaveLength(1)
  })

  it('is refused when a webhook does not return the token before the timeout', async () => {
    receiver.validate = encodeURIComponent
    expect(await refusalOf(subscribe())).toBe('400 ValidationError')
    scene.microsoft.behaviour.validationTimeoutMs = 1
    expect(await refusalOf(subscribe())).toBe('400 ValidationError')
    expect(await refusalOf(subscribe({ notificationUrl: 'http://product.example/' }))).toBe(
      '400 InvalidRequest',
    )
    expect(scene.microsoft.subscriptions()).toEqual([])
  })

  it('lasts a week at most and 45 minutes at least', async () => {
    expect(await refusalOf(subscribe({ expirationDateTime: inMinutes(10_081) }))).toBe('400 ExtensionError')
    expect(await subscribe({ expirationDateTime: inMinutes(10) })).toMatchObject({
      expirationDateTime: inMinutes(45),
    })
  })

  it('can be renewed until it has expired', async () => {
    const { id } = await subscribe()
    const path = `/subscriptions/${id}`
    scene.clock.advance(2 * DAY)
    const graph = connect(scene.microsoft)
    const renewed = await graph.api(path).patch({ expirationDateTime: inMinutes(4000) })
    expect(renewed.expirationDateTime).toBe(inMinutes(4000))
    await graph.api(path).delete()
    const again = graph.api(path).patch({ expirationDateTime: inMinutes(4000) })
    expect(await refusalOf(again)).toBe('404 ResourceNotFound')
  })

  it('expires by itself', async () => {
    const { id } = await subscribe({ expirationDateTime: inMinutes(50) })
    scene.clock.advance(51 * MINUTE)
    expect(await refusalOf(scene.graph.api(`/subscriptions/${id}`).get())).toBe('404 ResourceNotFound')
    createEvent()
    await scene.microsoft.push.settled()
    expect(receiver.posts).toEqual([])
  })
})

describe('a change', () => {
  it('sends a notification with the id of the event and the client state of the subscription', async () => {
    const subscription = await subscribe()
    const id = createEvent()
    await scene.microsoft.push.settled()
    expect(received()).toMatchObject([
      {
        subscriptionId: subscription.id,
        clientState: 'state-1',
        changeType: 'created',
        tenantId: scene.agent.tenantId,
        resource: `Users/${scene.agent.userId}/Events/${id}`,
        resourceData: { id, '@odata.etag': expect.any(String) },
      },
    ])
    scene.agent.moveEvent(id, { start: '2030-03-05T09:00:00Z' })
    await scene.microsoft.push.settled()
    scene.agent.deleteEvent(id)
    await scene.microsoft.push.settled()
    expect(types()).toEqual(['created', 'updated', 'deleted'])
  })

  it('made by the client itself also sends a notification', async () => {
    await subscribe()
    const time = (dateTime: string) => ({ dateTime, timeZone: 'UTC' })
    const body = { start: time('2030-03-04T09:00:00'), end: time('2030-03-04T10:00:00') }
    await scene.graph.api('/me/events').post(body)
    await scene.microsoft.push.settled()
    expect(types()).toEqual(['created'])
  })

  it('shares a POST with simultaneous ones', async () => {
    await subscribe()
    await subscribe()
    createEvent()
    createEvent()
    await scene.microsoft.push.settled()
    expect(receiver.posts).toHaveLength(1)
    expect(received()).toHaveLength(4)
  })

  it('may have a lost, duplicated, late or reordered notification', async () => {
    const { push } = scene.microsoft
    await subscribe()
    push.drop(1)
    createEvent()
    await push.settled()
    expect(received()).toEqual([])
    push.duplicate(3, 1)
    const id = createEvent()
    await push.settled()
    expect(types()).toEqual(['created', 'created', 'created'])
    push.hold()
    scene.agent.editEvent(id, { subject: 'Other' })
    scene.agent.deleteEvent(id)
    await push.settled()
    expect(received()).toHaveLength(3)
    await push.release('REVERSED')
    expect(types().slice(3)).toEqual(['deleted', 'updated'])
  })

  it('has its notification retried for four hours when it was refused', async () => {
    const { push } = scene.microsoft
    await subscribe()
    receiver.status = 500
    createEvent()
    await push.settled()
    expect(push.retrying()).toBe(1)
    receiver.status = 202
    scene.clock.advance(10_000)
    await eventually(() => expect(push.deliveries.map(({ answer }) => answer)).toEqual([500, 202]))
    expect(push.retrying()).toBe(0)
  })

  it('has its notification retried when the answer times out', async () => {
    const { push, behaviour } = scene.microsoft
    await subscribe()
    behaviour.notificationTimeoutMs = 20
    receiver.status = undefined
    createEvent()
    await push.settled()
    receiver.status = 202
    behaviour.notificationTimeoutMs = 3000
    await push.retry()
    expect(push.deliveries.map(({ answer }) => answer)).toEqual(['TOO_SLOW', 202])
  })
})

describe('a subscription', () => {
  const lifecycle = () => {
    const sent = receiver.posts.filter(({ path }) => path === '/lifecycle').flatMap(({ value }) => value)
    return sent.map(({ lifecycleEvent, clientState }) => `${lifecycleEvent} ${clientState}`)
  }

  it('is removed with a lifecycle event when the password is reset', async () => {
    await subscribe()
    scene.agent.resetPassword()
    await scene.microsoft.push.settled()
    expect(lifecycle()).toEqual(['subscriptionRemoved state-1'])
    expect(scene.microsoft.subscriptions()).toEqual([])
  })

  it('pauses when it is not reauthorized within an hour', async () => {
    const { id } = await subscribe()
    scene.agent.lifecycle('reauthorizationRequired')
    scene.clock.advance(HOUR)
    createEvent()
    await scene.microsoft.push.settled()
    expect(lifecycle()).toEqual(['reauthorizationRequired state-1'])
    expect(types().filter(Boolean)).toEqual([])
    const token = scene.microsoft.tokensFor(EMAIL, ['Calendars.ReadWrite']).accessToken
    const path = `${scene.microsoft.origin}/v1.0/subscriptions/${id}/reauthorize`
    const answer = await fetch(path, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(204)
    createEvent()
    await scene.microsoft.push.settled()
    expect(types().filter(Boolean)).toEqual(['created'])
  })

  it('reports missed notifications with a lifecycle event', async () => {
    await subscribe()
    scene.agent.lifecycle('missed')
    await scene.microsoft.push.settled()
    expect(lifecycle()).toEqual(['missed state-1'])
  })
})
