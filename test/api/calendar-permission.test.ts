// The permission to use an agent's calendar: what ends it and what does not, how it is renewed and revoked.
import { describe, expect, it } from 'vitest'
import { openCalendar } from '../../src/services/calendars/connection/calendar-access.ts'
import { createTestAgent, type Staff } from '../kit/actors.ts'
import {
  bookWith,
  calendarOf,
  countOf,
  emulatorOf,
  passMinutes,
  ROUTES,
  readMeeting,
  startsWith,
  synchronise,
} from '../kit/calendar-looks.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import {
  addAccount,
  type CalendarApp,
  connectAccount,
  createConnectedAgent,
  PROVIDERS,
  type Provider,
} from '../kit/calendars.ts'
import { DAY, HOUR } from '../kit/clock.ts'
import { aVisitor } from '../kit/scene.ts'
import { at } from '../kit/times.ts'

const { app, acme, admin, visitor, database, mutate } = useCalendarScene({ visitor: aVisitor })

const disconnect = ({ token }: Staff) =>
  mutate({
    mutation: 'disconnectCalendar',
    input: {},
    token,
    select: '... on Calendar { state }',
  })

const connectionOf = ({ agentId }: Staff) =>
  database.calendarConnection.findUniqueOrThrow({
    where: { agentId },
    include: { credential: true },
  })

/** The refresh token that is kept. */
async function refreshTokenOf(agent: Staff): Promise<string> {
  const { id, credential } = await connectionOf(agent)
  return app.app.services.secrets.open(credential?.refreshToken ?? new Uint8Array(), id)
}

/** Uses the calendar from so many parts of the program at once, each with its own access. */
async function useAtOnce(agent: Staff, times: number): Promise<string[]> {
  const connection = await connectionOf(agent)
  const uses = Array.from({ length: times }, () => openCalendar(app.app.services, connection).token())
  return Promise.all(uses)
}

const alwaysAt = (provider: Provider) => ({
  fail: (route: 'token' | 'anything', fault: Parameters<CalendarApp['google']['faults']['add']>[1]) =>
    emulatorOf(app, provider).faults.add(ROUTES[provider][route], fault, { times: Number.POSITIVE_INFINITY }),
})

describe.each(PROVIDERS)('the permission to use a calendar of %s', (provider) => {
  it.each([
    ['503', { kind: 'answer', status: 503 }],
    ['a page', { kind: 'html', status: 400 }],
    ['a cut connection', { kind: 'drop' }],
    ['temporarily_unavailable', { kind: 'answer', status: 400, body: { error: 'temporarily_unavailable' } }],
    [
      'invalid_grant in the text only',
      { kind: 'answer', status: 400, body: { error_description: 'invalid_grant' } },
    ],
  ] as const)('does not end when the provider answers its renewal with %s', async (_, fault) => {
    const { agent } = await createConnectedAgent(app, provider)
    app.clock.advance(HOUR)
    alwaysAt(provider).fail('token', fault)
    await passMinutes(app, 3)
    expect(await calendarOf(app, agent)).toMatchObject({ state: 'CONNECTED', stateReason: null })
    // Reported once, and retried with back-off.
    expect(app.faults).toHaveLength(1)
    emulatorOf(app, provider).resetBehaviour()
    await passMinutes(app, 15)
    expect(await startsWith(app, { agent, visitor: visitor.token })).toContain(at('10:00'))
  })

  it('does not end when this installation’s secret is invalid, which is reported to the operator once, not for each calendar', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    await createConnectedAgent(app, provider, 'Beth Moore')
    const { id } = await bookWith(app, { agent, visitor: visitor.token, startsAt: at('14:00') })
    app.clock.advance(HOUR)
    emulatorOf(app, provider).oauth.invalidClient = true
    await passMinutes(app, 20)
    expect(await calendarOf(app, agent)).toMatchObject({ state: 'CONNECTED' })
    expect(app.faults).toMatchObject([{ kind: 'MISCONFIGURED' }])
    expect(countOf(app, { provider, route: 'token' })).toBeGreaterThan(0)
    const colleague = await createTestAgent(app, acme, 'Cleo Hall')
    const { email } = addAccount(app, provider)
    const page = await connectAccount(app, { provider, agent: colleague, account: email })
    expect(page).toContain('is not set up correctly')
    expect(app.faults).toHaveLength(1)
    app.clock.advance(DAY)
    await passMinutes(app, 20)
    expect(app.faults).toHaveLength(2)
    emulatorOf(app, provider).oauth.invalidClient = false
    await passMinutes(app, 20)
    expect(await readMeeting(app, id)).toMatchObject({ status: 'SCHEDULED', calendarSync: 'WRITTEN' })
  })

  it('can be revoked when the provider refuses everything', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    account.revokeAccess()
    account.expireAccessTokens()
    expect(await disconnect(agent)).toMatchObject({ state: 'DISCONNECTED' })
    expect(await connectionOf(agent)).toMatchObject({ credential: null })
  })

  it('can be revoked when the provider does not answer', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    emulatorOf(app, provider).faults.add('* /**', { kind: 'drop' }, { times: Number.POSITIVE_INFINITY })
    expect(await disconnect(agent)).toMatchObject({ state: 'DISCONNECTED' })
    expect(await connectionOf(agent)).toMatchObject({ credential: null })
    expect(await startsWith(app, { agent, visitor: visitor.token })).toEqual([])
  })

  it('is renewed once, however many callers need it at the same time', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    app.microsoft.behaviour.oldRefreshTokens = 'REFUSED'
    for (let round = 1; round <= 3; round += 1) {
      const before = await refreshTokenOf(agent)
      app.clock.advance(HOUR)
      const asked = countOf(app, { provider, route: 'token' })
      const tokens = await useAtOnce(agent, 50)
      expect(countOf(app, { provider, route: 'token' }) - asked).toBe(1)
      expect(new Set(tokens).size).toBe(1)
      // Microsoft issues another refresh token with each renewal.
      expect((await refreshTokenOf(agent)) === before).toBe(provider === 'GOOGLE')
    }
    await synchronise(app)
    expect(await calendarOf(app, agent)).toMatchObject({ state: 'CONNECTED', accountEmail: account.email })
  })

  it('is not overwritten by a renewal that was under way when the agent granted it again', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    app.clock.advance(HOUR)
    const answered = Promise.withResolvers<void>()
    emulatorOf(app, provider).faults.add(ROUTES[provider].token, { kind: 'delay', until: answered.promise })
    const using = useAtOnce(agent, 1)
    await expect.poll(() => emulatorOf(app, provider).log.inFlight()).toBe(1)
    expect(await connectAccount(app, { provider, agent, account: account.email })).toContain('is connected')
    const given = await refreshTokenOf(agent)
    answered.resolve()
    await using
    expect(await refreshTokenOf(agent)).toBe(given)
  })

  it('ends when the calendar no longer exists, and no more requests are made for it', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    account.deleteCalendar()
    await synchronise(app)
    const lost = await calendarOf(app, agent)
    expect(lost).toMatchObject({ state: 'NEEDS_REAUTHENTICATION' })
    expect(lost).toMatchObject({ stateReasonCode: 'CALENDAR_GONE' })
    expect(lost?.stateReason).toContain('no longer exists')
    const asked = countOf(app, { provider, route: 'anything', email: account.email })
    await passMinutes(app, 30)
    expect(countOf(app, { provider, route: 'anything', email: account.email })).toBe(asked)
    expect(await startsWith(app, { agent, visitor: visitor.token })).toEqual([])
  })

  it('is revoked at the provider when the agent is removed', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const stops = countOf(app, { provider, route: 'stops' })
    const revocations = app.google.log.count('POST /revoke')
    const { token } = admin
    const removal = { mutation: 'removeAgent', input: { agentId: agent.id }, token }
    expect(await mutate({ ...removal, select: '... on Agent { id }' })).toMatchObject({ id: agent.id })
    // There was no channel to stop.
    expect(countOf(app, { provider, route: 'stops' })).toBe(stops)
    expect(app.google.log.count('POST /revoke') - revocations).toBe(provider === 'GOOGLE' ? 1 : 0)
    const asked = countOf(app, { provider, route: 'anything', email: account.email })
    await passMinutes(app, 15)
    expect(countOf(app, { provider, route: 'anything', email: account.email })).toBe(asked)
  })

  it('is revoked at the provider also when the access token has expired', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const revoked = () =>
      app.google.log.of('POST /revoke').filter(({ answer }) => answer?.status === 200).length
    const before = revoked()
    await synchronise(app)
    account.expireAccessTokens()
    await disconnect(agent)
    // Microsoft has no revocation.
    expect(revoked() - before).toBe(provider === 'GOOGLE' ? 1 : 0)
  })
})
