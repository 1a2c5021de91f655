// The right to use an agent's calendar: what ends it and what does not, how it is renewed and given back.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openCalendar } from '../../src/services/calendars/connection/calendar-access.ts'
import { createTestAgent, type Staff } from '../kit/actors.ts'
import {
  at,
  bookWith,
  calendarOf,
  countOf,
  outsideOf,
  passMinutes,
  ROUTES,
  readMeeting,
  startAfresh,
  startsWith,
  synchronise,
} from '../kit/calendar-looks.ts'
import {
  addAccount,
  type CalendarApp,
  connectAccount,
  createConnectedAgent,
  PROVIDERS,
  type Provider,
  startCalendarApp,
} from '../kit/calendars.ts'
import { DAY, HOUR } from '../kit/clock.ts'
import { mutate } from '../kit/mutate.ts'

let app: CalendarApp
let visitor: string

beforeAll(async () => {
  app = await startCalendarApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  visitor = await startAfresh(app)
})

const disconnect = ({ token }: Staff) =>
  mutate(app, {
    mutation: 'disconnectCalendar',
    input: {},
    token,
    select: '... on CalendarConnection { status }',
  })

const connectionOf = ({ agentId }: Staff) =>
  app.app.services.database.calendarConnection.findUniqueOrThrow({
    where: { agentId },
    include: { credential: true },
  })

/** The refresh token that is kept. */
async function refreshTokenOf(agent: Staff): Promise<string> {
  const { id, credential } = await connectionOf(agent)
  return app.app.services.secrets.open(credential?.refreshToken ?? new Uint8Array(), id)
}

/** So many parts of the program that want to use the calendar, each by itself. */
async function useAtOnce(agent: Staff, times: number): Promise<string[]> {
  const connection = await connectionOf(agent)
  const uses = Array.from({ length: times }, () => openCalendar(app.app.services, connection).token())
  return Promise.all(uses)
}

const alwaysAt = (provider: Provider) => ({
  fail: (route: 'token' | 'anything', fault: Parameters<CalendarApp['google']['faults']['add']>[1]) =>
    outsideOf(app, provider).faults.add(ROUTES[provider][route], fault, { times: Number.POSITIVE_INFINITY }),
})

describe.each(PROVIDERS)('the right to use a calendar of %s', (provider) => {
  it.each([
    ['503', { kind: 'answer', status: 503 }],
    ['a page', { kind: 'html', status: 400 }],
    ['a cut connection', { kind: 'drop' }],
    ['temporarily_unavailable', { kind: 'answer', status: 400, body: { error: 'temporarily_unavailable' } }],
    [
      'invalid_grant in the text only',
      { kind: 'answer', status: 400, body: { error_description: 'invalid_grant' } },
    ],
  ] as const)('F2: has not ended when the provider answers its renewal with %s', async (_, fault) => {
    const { agent } = await createConnectedAgent(app, provider)
    app.clock.advance(HOUR)
    alwaysAt(provider).fail('token', fault)
    await passMinutes(app, 3)
    expect(await calendarOf(app, agent)).toMatchObject({ status: 'CONNECTED', statusReason: null })
    // Told of once, and tried again at growing intervals.
    expect(app.faults).toHaveLength(1)
    outsideOf(app, provider).resetBehaviour()
    await passMinutes(app, 15)
    expect(await startsWith(app, { agent, visitor })).toContain(at('10:00'))
  })

  it('F2: has not ended when this installation’s secret has: the operator is told once, not for each calendar', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    await createConnectedAgent(app, provider, 'Beth Moore')
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('14:00') })
    app.clock.advance(HOUR)
    outsideOf(app, provider).oauth.invalidClient = true
    await passMinutes(app, 20)
    expect(await calendarOf(app, agent)).toMatchObject({ status: 'CONNECTED' })
    expect(app.faults).toMatchObject([{ kind: 'MISCONFIGURED' }])
    expect(countOf(app, { provider, route: 'token' })).toBeGreaterThan(0)
    const colleague = await createTestAgent(app, app.workspace, 'Cleo Hall')
    const { email } = addAccount(app, provider)
    const page = await connectAccount(app, { provider, agent: colleague, account: email })
    expect(page).toContain('is not set up correctly')
    expect(app.faults).toHaveLength(1)
    app.clock.advance(DAY)
    await passMinutes(app, 20)
    expect(app.faults).toHaveLength(2)
    outsideOf(app, provider).oauth.invalidClient = false
    await passMinutes(app, 20)
    expect(await readMeeting(app, id)).toMatchObject({ status: 'SCHEDULED', calendarSync: 'WRITTEN' })
  })

  it('F3: can be given up when the provider refuses everything', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    account.revokeAccess()
    account.expireAccessTokens()
    expect(await disconnect(agent)).toMatchObject({ status: 'DISCONNECTED' })
    expect(await connectionOf(agent)).toMatchObject({ credential: null })
  })

  it('F3: can be given up when nobody answers', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    outsideOf(app, provider).faults.add('* /**', { kind: 'drop' }, { times: Number.POSITIVE_INFINITY })
    expect(await disconnect(agent)).toMatchObject({ status: 'DISCONNECTED' })
    expect(await connectionOf(agent)).toMatchObject({ credential: null })
    expect(await startsWith(app, { agent, visitor })).toEqual([])
  })

  it('F4: is renewed once, however many need it at the same time', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    app.microsoft.behaviour.oldRefreshTokens = 'REFUSED'
    for (let round = 1; round <= 3; round += 1) {
      const before = await refreshTokenOf(agent)
      app.clock.advance(HOUR)
      const asked = countOf(app, { provider, route: 'token' })
      const tokens = await useAtOnce(agent, 50)
      expect(countOf(app, { provider, route: 'token' }) - asked).toBe(1)
      expect(new Set(tokens).size).toBe(1)
      // Microsoft gives another one with each renewal.
      expect((await refreshTokenOf(agent)) === before).toBe(provider === 'GOOGLE')
    }
    await synchronise(app)
    expect(await calendarOf(app, agent)).toMatchObject({ status: 'CONNECTED', accountEmail: account.email })
  })

  it('F4: is not overwritten by a renewal that was under way when the agent gave it anew', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    app.clock.advance(HOUR)
    const answered = Promise.withResolvers<void>()
    outsideOf(app, provider).faults.add(ROUTES[provider].token, { kind: 'delay', until: answered.promise })
    const using = useAtOnce(agent, 1)
    await expect.poll(() => outsideOf(app, provider).log.inFlight()).toBe(1)
    expect(await connectAccount(app, { provider, agent, account: account.email })).toContain('is connected')
    const given = await refreshTokenOf(agent)
    answered.resolve()
    await using
    expect(await refreshTokenOf(agent)).toBe(given)
  })

  it('F24: has ended when the calendar is not there any more, and nothing is asked of it again', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    account.deleteCalendar()
    await synchronise(app)
    const lost = await calendarOf(app, agent)
    expect(lost).toMatchObject({ status: 'NEEDS_REAUTHENTICATION' })
    expect(lost?.statusReason).toContain('no longer exists')
    const asked = countOf(app, { provider, route: 'anything', email: account.email })
    await passMinutes(app, 30)
    expect(countOf(app, { provider, route: 'anything', email: account.email })).toBe(asked)
    expect(await startsWith(app, { agent, visitor })).toEqual([])
  })

  it('is given back at the provider when the agent is removed', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const stops = countOf(app, { provider, route: 'stops' })
    const revocations = app.google.log.count('POST /revoke')
    const { token } = app.workspace.admin
    const removal = { mutation: 'removeAgent', input: { agentId: agent.id }, token }
    expect(await mutate(app, { ...removal, select: '... on Agent { id }' })).toMatchObject({ id: agent.id })
    // There was no channel: nobody would have heard of changes here.
    expect(countOf(app, { provider, route: 'stops' })).toBe(stops)
    expect(app.google.log.count('POST /revoke') - revocations).toBe(provider === 'GOOGLE' ? 1 : 0)
    const asked = countOf(app, { provider, route: 'anything', email: account.email })
    await passMinutes(app, 15)
    expect(countOf(app, { provider, route: 'anything', email: account.email })).toBe(asked)
  })

  it('is given back at the provider also when the access token has run out', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const revoked = () =>
      app.google.log.of('POST /revoke').filter(({ answer }) => answer?.status === 200).length
    const before = revoked()
    await synchronise(app)
    account.expireAccessTokens()
    await disconnect(agent)
    // Microsoft takes nothing back.
    expect(revoked() - before).toBe(provider === 'GOOGLE' ? 1 : 0)
  })
})
