// Where providers tell of changes, and what comes there from anybody else.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { channelsOf, type Message, messageOf, microsoftMessage, send } from '../kit/calendar-channels.ts'
import { countOf, startAfresh } from '../kit/calendar-looks.ts'
import {
  type CalendarApp,
  createConnectedAgent,
  PROVIDERS,
  type Provider,
  runDueCalendarWork,
  startCalendarServer,
} from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { countStatements } from '../kit/count-statements.ts'
import { emulatorOf } from '../kit/providers/kits.ts'

const SECOND = 1000
const OTHER = { GOOGLE: 'MICROSOFT', MICROSOFT: 'GOOGLE' } as const

let app: CalendarApp

beforeAll(async () => {
  app = await startCalendarServer()
})
afterAll(() => app.stop())
beforeEach(async () => {
  await startAfresh(app)
})

/** A calendar of which the provider tells us, and its channel. */
async function createWatched(provider: Provider) {
  const { account } = await createConnectedAgent(app, provider)
  app.clock.advance(13 * MINUTE)
  await runDueCalendarWork(app)
  const { email } = account
  const [channel] = channelsOf(app, { provider, email })
  if (channel === undefined) throw new Error('There is no channel.')
  await emulatorOf(app, provider).push.settled()
  const readings = () => countOf(app, { provider, route: 'readings', email })
  return { account, channel, readings }
}

/** What the application does in the next seconds. */
async function passSeconds(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    app.clock.advance(SECOND)
    await runDueCalendarWork(app)
  }
}

/** All that somebody outside can see of an answer. */
async function seen(answer: Promise<Response>) {
  const response = await answer
  const headers = Object.fromEntries(response.headers)
  return { status: response.status, body: await response.text(), headers: { ...headers, date: '' } }
}

const without = (message: Message, header: string): Message => {
  const { [header]: _, ...headers } = message.headers ?? {}
  return { ...message, headers }
}

type Forgery = [string, (channel: { id: string; secret: string }) => Message]

const FORGED: Record<Provider, Forgery[]> = {
  GOOGLE: [
    ['without a channel', (channel) => without(messageOf('GOOGLE', channel), 'x-goog-channel-id')],
    ['without a secret', (channel) => without(messageOf('GOOGLE', channel), 'x-goog-channel-token')],
    ['without a state', (channel) => without(messageOf('GOOGLE', channel), 'x-goog-resource-state')],
    ['without anything', () => ({})],
    ...['sync', 'add', 'remove', 'update', 'change', 'trash', 'EXISTS', ''].map(
      (state): Forgery => [
        `F28: of the state ${state || 'of nothing'}`,
        (channel) => {
          const message = messageOf('GOOGLE', channel)
          return { ...message, headers: { ...message.headers, 'x-goog-resource-state': state } }
        },
      ],
    ),
  ],
  MICROSOFT: [
    ['without a secret', ({ id }) => microsoftMessage([{ subscriptionId: id }])],
    ['with a secret of null', ({ id }) => microsoftMessage([{ subscriptionId: id, clientState: null }])],
    [
      'with a list for a secret',
      ({ id, secret }) => microsoftMessage([{ subscriptionId: id, clientState: [secret] }]),
    ],
    ['of more changes than one message has', (channel) => microsoftMessage(Array(1001).fill(channel))],
    ['that is no list', ({ id, secret }) => microsoftMessage({ subscriptionId: id, clientState: secret })],
    ['that is empty', () => ({})],
    ['that is no JSON', () => ({ body: '{"value":[{' })],
    ['that is JSON of another kind', () => ({ body: '"value"' })],
    ['that is nested without end', () => ({ body: `{"value":${'['.repeat(100_000)}` })],
    [
      'that names what no text can hold',
      () => microsoftMessage([{ subscriptionId: '\u0000', clientState: '\u0000' }]),
    ],
    [
      'that names half a character',
      () => microsoftMessage([{ subscriptionId: '\ud800', clientState: '\ud800' }]),
    ],
    [
      'that says the subscription is removed',
      ({ id }) =>
        microsoftMessage([{ subscriptionId: id, clientState: 'x', lifecycleEvent: 'subscriptionRemoved' }]),
    ],
  ],
}

describe.each(PROVIDERS)('a message of %s', (provider) => {
  it('has the calendar read, once for all that come at the same time', async () => {
    const { channel, readings } = await createWatched(provider)
    const before = readings()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => send(app, provider, messageOf(provider, channel))),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    await passSeconds(5)
    expect(readings()).toBe(before + 1)
  })

  it('is looked up together with others that come at the same time', async () => {
    const flood = Array.from({ length: 300 }, (_, index) => ({ id: `forged-${index}`, secret: 'x' }))
    const path = `/calendars/${provider.toLowerCase()}/changes`
    const statements = await countStatements(() =>
      // Past the port, which lets them in one after the other.
      Promise.all(
        flood.map((channel) => app.fetch(path, { method: 'POST', ...messageOf(provider, channel) })),
      ),
    )
    expect(statements).toBeLessThan(flood.length / 10)
  })

  it('does no harm when it is sent again later', async () => {
    const { channel, readings } = await createWatched(provider)
    const before = readings()
    for (let time = 1; time <= 3; time += 1) {
      await send(app, provider, messageOf(provider, channel))
      await passSeconds(2)
      expect(readings()).toBe(before + time)
    }
  })

  it.each<Forgery>([
    ['with another secret', ({ id }) => messageOf(provider, { id, secret: 'x'.repeat(43) })],
    ['with an empty secret', ({ id }) => messageOf(provider, { id, secret: '' })],
    ['with a very long secret', ({ id }) => messageOf(provider, { id, secret: 'x'.repeat(5000) })],
    [
      'of a channel that there is not',
      ({ secret }) => messageOf(provider, { id: '019c0000-0000-7000-8000-000000000000', secret }),
    ],
    ['of a channel without a name', ({ secret }) => messageOf(provider, { id: '', secret })],
    [
      'of a channel with an impossible name',
      ({ secret }) => messageOf(provider, { id: `' OR '1'='1`, secret }),
    ],
    [
      'of a channel with a very long name',
      ({ secret }) => messageOf(provider, { id: 'a'.repeat(3000), secret }),
    ],
    ...FORGED[provider],
  ])('F29: does nothing %s, and is answered like any other', async (_, forge) => {
    const { channel, readings } = await createWatched(provider)
    const before = readings()
    const answer = await seen(send(app, provider, forge(channel)))
    await passSeconds(5)
    expect(readings()).toBe(before)
    expect(answer).toEqual(await seen(send(app, provider, messageOf(provider, channel))))
    expect(app.faults).toEqual([])
  })

  it('F29: does nothing at the address of the other provider', async () => {
    const { channel, readings } = await createWatched(provider)
    const before = readings()
    const { status } = await send(app, OTHER[provider], messageOf(OTHER[provider], channel))
    await passSeconds(5)
    expect([status, readings()]).toEqual([202, before])
  })

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('does nothing when it is sent with %s', async (method) => {
    const { channel, readings } = await createWatched(provider)
    const before = readings()
    const { headers = {} } = messageOf(provider, channel)
    const response = await send(app, provider, { method, headers, query: '?validationToken=echo' })
    expect(response.status).toBe(404)
    expect(await response.text()).not.toContain('echo')
    await passSeconds(5)
    expect(readings()).toBe(before)
  })
})

describe('a message of more than 256 kB', () => {
  it('is refused unread by Microsoft’s address', async () => {
    const { channel, readings } = await createWatched('MICROSOFT')
    const before = readings()
    const { body = '', ...message } = messageOf('MICROSOFT', channel)
    const response = await send(app, 'MICROSOFT', { ...message, body: body + ' '.repeat(256 * 1024) })
    expect(response.status).toBe(413)
    await passSeconds(5)
    expect(readings()).toBe(before)
  })

  it('F28: counts by its headers at Google’s, whose messages have no body', async () => {
    const { channel, readings } = await createWatched('GOOGLE')
    const before = readings()
    const message = { ...messageOf('GOOGLE', channel), body: 'x'.repeat(300 * 1024) }
    expect((await send(app, 'GOOGLE', message)).status).toBe(202)
    await passSeconds(2)
    expect(readings()).toBe(before + 1)
  })
})

describe('Microsoft’s question whether anybody is there', () => {
  const ask = (token: string) =>
    send(app, 'MICROSOFT', { query: `?validationToken=${encodeURIComponent(token)}` })

  it.each(['Validation: Testing client', '<script>alert(1)</script>', '<!doctype html>\u00e9\u2028', ''])(
    'is answered with its own text, and as nothing but text: %j',
    async (token) => {
      const response = await ask(token)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(await response.text()).toBe(token)
    },
  )

  it('is refused when it is long', async () => {
    const response = await ask('x'.repeat(10_000))
    expect([response.status, await response.text()]).toEqual([400, ''])
  })

  it('is no question at Google’s address', async () => {
    const response = await send(app, 'GOOGLE', { query: '?validationToken=echo' })
    expect([response.status, await response.text()]).toEqual([202, ''])
  })
})
