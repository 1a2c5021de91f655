// Providers tell of changes over a port, and the application has them go on doing so.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MicrosoftAccount } from '../emulators/microsoft/user-actions.ts'
import type { Staff } from '../kit/actors.ts'
import { channelsOf } from '../kit/calendar-channels.ts'
import {
  at,
  calendarOf,
  countOf,
  emulatorOf,
  failFor,
  passMinutes,
  ROUTES,
  startAfresh,
  startsWith,
} from '../kit/calendar-looks.ts'
import {
  addEvent,
  type CalendarApp,
  createConnectedAgent,
  PROVIDERS,
  type Provider,
  runDueCalendarWork,
  startCalendarServer,
} from '../kit/calendars.ts'
import { DAY, HOUR, MINUTE } from '../kit/clock.ts'
import { mutate } from '../kit/mutate.ts'

const SECOND = 1000

let app: CalendarApp
let visitor: string

beforeAll(async () => {
  app = await startCalendarServer()
})
afterAll(() => app.stop())
beforeEach(async () => {
  visitor = await startAfresh(app)
})

/** A calendar of which the provider tells us. */
async function createWatched(provider: Provider) {
  const connected = await createConnectedAgent(app, provider)
  const { email } = connected.account
  app.clock.advance(13 * MINUTE)
  await runDueCalendarWork(app)
  expect(channelsOf(app, { provider, email })).toHaveLength(1)
  await emulatorOf(app, provider).push.settled()
  return {
    ...connected,
    channels: () => channelsOf(app, { provider, email }),
    readings: () => countOf(app, { provider, route: 'readings', email }),
  }
}

/** So many looks, a second apart, once all that was sent has come. */
async function look(provider: Provider, times: number): Promise<void> {
  await emulatorOf(app, provider).push.settled()
  for (let time = 0; time < times; time += 1) {
    app.clock.advance(SECOND)
    await runDueCalendarWork(app)
  }
}

const knownChannels = ({ agentId }: Staff) =>
  app.app.services.database.calendarChannel.findMany({ where: { connection: { agentId } } })

const half = (start: string, end: string) => ({ start: at(start), end: at(end) })

describe.each(PROVIDERS)('a change in a calendar of %s', (provider) => {
  it('is known within two looks', async () => {
    const { agent, account } = await createWatched(provider)
    addEvent(account, { provider, ...half('10:00', '10:30') })
    await look(provider, 2)
    expect(await startsWith(app, { agent, visitor })).not.toContain(at('10:00'))
  })

  it('F26: that is told fifty times is read twice at most', async () => {
    const { agent, account, readings } = await createWatched(provider)
    const before = readings()
    emulatorOf(app, provider).push.duplicate(50, 1)
    addEvent(account, { provider, ...half('10:00', '10:30') })
    await look(provider, 5)
    expect(await startsWith(app, { agent, visitor })).not.toContain(at('10:00'))
    expect(readings() - before).toBeGreaterThanOrEqual(1)
    expect(readings() - before).toBeLessThanOrEqual(2)
  })

  it('F26: is known when it is told late and the wrong way round', async () => {
    const { agent, account } = await createWatched(provider)
    const { push } = emulatorOf(app, provider)
    push.hold()
    const event = addEvent(account, { provider, ...half('10:00', '10:30') })
    account.moveEvent(event, half('11:00', '11:30'))
    account.deleteEvent(event)
    addEvent(account, { provider, ...half('12:00', '12:30') })
    await push.release('REVERSED')
    await look(provider, 2)
    const starts = await startsWith(app, { agent, visitor })
    expect(starts).toEqual(expect.arrayContaining([at('10:00'), at('11:00')]))
    expect(starts).not.toContain(at('12:00'))
  })

  it('F26: is known after the next regular reading when nobody tells of it', async () => {
    const { agent, account } = await createWatched(provider)
    emulatorOf(app, provider).push.drop()
    addEvent(account, { provider, ...half('10:00', '10:30') })
    await look(provider, 5)
    expect(await startsWith(app, { agent, visitor })).toContain(at('10:00'))
    await passMinutes(app, 12)
    expect(await startsWith(app, { agent, visitor })).not.toContain(at('10:00'))
  })
})

describe.each(PROVIDERS)('a channel of %s', (provider) => {
  it('F25: is renewed before it ends: a week later changes are still told', async () => {
    const { agent, account, channels } = await createWatched(provider)
    const [first] = channels()
    for (let half = 0; half < 16; half += 1) {
      app.clock.advance(12 * HOUR)
      await runDueCalendarWork(app)
      expect(channels()).toHaveLength(1)
    }
    expect(channels()).not.toContainEqual(first)
    // A Wednesday.
    app.clock.set('2026-03-11T08:00:00Z')
    await passMinutes(app, 1)
    const day = { from: '2026-03-12T00:00:00Z', to: '2026-03-13T00:00:00Z' }
    const [start, end] = ['2026-03-12T10:00:00.000Z', '2026-03-12T10:30:00.000Z']
    expect(await startsWith(app, { agent, visitor, ...day })).toContain(start)
    addEvent(account, { provider, start, end })
    await look(provider, 2)
    expect(await startsWith(app, { agent, visitor, ...day })).not.toContain(start)
    expect(await knownChannels(agent)).toHaveLength(1)
  })

  it('F25: that cannot be renewed ends, and changes are found all the same', async () => {
    const { agent, account, channels } = await createWatched(provider)
    const { faults } = emulatorOf(app, provider)
    faults.add(ROUTES[provider].watches, { kind: 'answer', status: 503 }, { times: Number.POSITIVE_INFINITY })
    for (let day = 0; day < 8; day += 1) {
      app.clock.advance(DAY)
      await runDueCalendarWork(app)
    }
    expect(channels()).toEqual([])
    const [start, end] = ['2026-03-12T10:00:00.000Z', '2026-03-12T10:30:00.000Z']
    addEvent(account, { provider, start, end })
    await passMinutes(app, 12)
    const day = { from: '2026-03-12T00:00:00Z', to: '2026-03-13T00:00:00Z' }
    expect(await startsWith(app, { agent, visitor, ...day })).not.toContain(start)
    expect(await startsWith(app, { agent, visitor, ...day })).toContain(end)
  })

  it('F2: that is refused costs nobody the calendar, which can be read', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const error =
      provider === 'GOOGLE'
        ? { code: 403, errors: [{ reason: 'insufficientPermissions' }] }
        : { code: 'ErrorAccessDenied', message: 'Access is denied.' }
    const { email } = account
    failFor(app, { provider, route: 'watches', email }, { kind: 'answer', status: 403, body: { error } })
    app.clock.advance(13 * MINUTE)
    await runDueCalendarWork(app)
    expect(emulatorOf(app, provider).faults.pending()).toBe(0)
    expect(await calendarOf(app, agent)).toMatchObject({ state: 'CONNECTED' })
    expect(await startsWith(app, { agent, visitor })).toContain(at('10:00'))
  })

  it('F27: is kept while there is no other, and stopped once there is', async () => {
    const { agent, account, channels } = await createWatched(provider)
    const [old] = channels()
    const { log } = emulatorOf(app, provider)
    const asked = { provider, route: 'watches', email: account.email } as const
    const lost = [{ kind: 'answer', status: 500 }, { kind: 'html' }, { kind: 'drop' }] as const
    for (const fault of lost) failFor(app, asked, fault)
    app.clock.advance(2.5 * DAY)
    for (const _ of lost) {
      await runDueCalendarWork(app)
      expect(channels()).toEqual([old])
      expect(await knownChannels(agent)).toHaveLength(1)
      app.clock.advance(13 * MINUTE)
    }
    log.clear()
    await runDueCalendarWork(app)
    expect(channels()).toHaveLength(1)
    expect(channels()).not.toContainEqual(old)
    expect(await knownChannels(agent)).toHaveLength(1)
    const numberOf = (route: 'watches' | 'stops') =>
      log.of(ROUTES[provider][route]).find(({ account: email }) => email === account.email)?.number
    expect(numberOf('watches')).toBeLessThan(numberOf('stops') ?? 0)
  })

  it('F27: that was made although the answer was lost is not believed', async () => {
    const { account, channels, readings } = await createWatched(provider)
    const [old] = channels()
    app.clock.advance(2.5 * DAY)
    failFor(app, { provider, route: 'watches', email: account.email }, { kind: 'drop-after-commit' })
    await runDueCalendarWork(app)
    expect(channels()).toHaveLength(2)
    app.clock.advance(13 * MINUTE)
    await runDueCalendarWork(app)
    expect(channels()).not.toContainEqual(old)
    const before = readings()
    addEvent(account, { provider, ...half('10:00', '10:30') })
    await look(provider, 4)
    expect(readings()).toBe(before + 1)
  })

  it('is stopped with the calendar, and nothing that still comes is heard', async () => {
    const { agent, account, channels, readings } = await createWatched(provider)
    const { push } = emulatorOf(app, provider)
    push.hold()
    addEvent(account, { provider, ...half('10:00', '10:30') })
    const { token } = agent
    await mutate(app, { mutation: 'disconnectCalendar', input: {}, token, select: '__typename' })
    expect(channels()).toEqual([])
    const before = readings()
    await push.release()
    await look(provider, 5)
    expect(readings()).toBe(before)
  })
})

it('F2: a registration of our own that Google does not take is told to the operator once, not for each calendar', async () => {
  for (const name of ['Ada King', 'Beth Moore']) await createConnectedAgent(app, 'GOOGLE', name)
  const error = { code: 401, errors: [{ reason: 'push.webhookUrlUnauthorized' }] }
  const refusal = { kind: 'answer', status: 401, body: { error } } as const
  app.google.faults.add(ROUTES.GOOGLE.watches, refusal, { times: Number.POSITIVE_INFINITY })
  app.clock.advance(13 * MINUTE)
  await runDueCalendarWork(app)
  expect(countOf(app, { provider: 'GOOGLE', route: 'watches' })).toBeGreaterThan(1)
  expect(app.faults).toMatchObject([{ kind: 'MISCONFIGURED' }])
})

describe('what Microsoft tells of a subscription itself', () => {
  const watched = async () => {
    const made = await createWatched('MICROSOFT')
    return { ...made, account: made.account as MicrosoftAccount }
  }

  it('has the calendar read when something was missed', async () => {
    const { account, channels, readings } = await watched()
    const [before, old] = [readings(), channels()]
    account.lifecycle('missed')
    await look('MICROSOFT', 3)
    expect(readings()).toBe(before + 1)
    expect(channels()).toEqual(old)
  })

  it.each(['reauthorizationRequired', 'subscriptionRemoved'] as const)(
    'has the calendar read and another one made: %s',
    async (event) => {
      const { agent, account, channels, readings } = await watched()
      const [before, [old]] = [readings(), channels()]
      account.lifecycle(event)
      await look('MICROSOFT', 3)
      expect(readings()).toBe(before + 1)
      expect(channels()).toHaveLength(1)
      expect(channels()[0]?.id).not.toBe(old?.id)
      addEvent(account, { provider: 'MICROSOFT', ...half('10:00', '10:30') })
      await look('MICROSOFT', 2)
      expect(await startsWith(app, { agent, visitor })).not.toContain(at('10:00'))
    },
  )
})
