// A calendar is connected only in the browser in which its agent started, and only once that agent has confirmed it.
import { describe, expect, it } from 'vitest'
import { endExpiredAttempts } from '../../src/services/calendars/connection/revoke-grant.ts'
import { createTestAgent } from '../kit/actors.ts'
import { calendarOf, emulatorOf } from '../kit/calendar-looks.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import {
  addAccount,
  connectAccount,
  consent,
  cookiesOf,
  createConnectedAgent,
  decide,
  followRedirect,
  openCallback,
  PROVIDERS,
  type Provider,
  startConnection,
} from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { anAgent } from '../kit/scene.ts'

const { app, acme, ada, database } = useCalendarScene({ ada: anAgent })

const OTHER_BROWSER = { cookies: 'switchboard-calendar-0123456789abcdef=made-up; theme=dark' }
const ELSEWHERE = 'This attempt was started in another browser'
const OVER = 'This attempt has expired, was already used'

/** The agent is at the provider's page. */
async function begin(provider: Provider, returnUrl?: string) {
  const account = addAccount(app, provider).email
  const { authorizationUrl } = await startConnection(app, provider, { token: ada.token, returnUrl })
  const url = String(authorizationUrl)
  return { account, url, back: consent(app, { authorizationUrl: url, account }) }
}

const isConnected = async () => (await calendarOf(app, ada)) !== null

describe.each(PROVIDERS)('connecting a calendar of %s', (provider) => {
  it('is refused in another browser, with its own account too, and goes on in the right one', async () => {
    const { account, url, back } = await begin(provider)
    const stranger = addAccount(app, provider).email
    const strangers = consent(app, { authorizationUrl: url, account: stranger })
    for (const address of [back, strangers]) {
      for (const cookies of ['', OTHER_BROWSER.cookies]) {
        expect(await openCallback(app, address, { cookies })).toContain(ELSEWHERE)
      }
    }
    expect(await isConnected()).toBe(false)
    expect(await followRedirect(app, back)).toContain('is connected')
    expect(await calendarOf(app, ada)).toMatchObject({ accountEmail: account })
  })

  it('is refused with the cookie of another attempt of the browser', async () => {
    const mine = await begin(provider)
    const before = cookiesOf(app)
    const other = await begin(provider)
    expect(await openCallback(app, other.back, { cookies: before })).toContain(ELSEWHERE)
    expect(await followRedirect(app, mine.back)).toContain('is connected')
  })

  it('asks to confirm, with the names of the agent and the account, and changes nothing before', async () => {
    const { account, back } = await begin(provider)
    const page = await openCallback(app, back)
    for (const text of [account, ada.name, ada.email, 'Connect this calendar?']) expect(page).toContain(text)
    expect(await isConnected()).toBe(false)
    expect(await openCallback(app, back)).toBe(page)
    expect(await decide(app, { address: back, page, decision: 'connect' })).toContain('is connected')
    expect(await calendarOf(app, ada)).toMatchObject({ accountEmail: account, state: 'CONNECTED' })
  })

  it('is confirmed once: a second press shows the same, and the link is over', async () => {
    const { back } = await begin(provider)
    const page = await openCallback(app, back)
    const press = { address: back, page, decision: 'connect' } as const
    const pages = await Promise.all([decide(app, press), decide(app, press)])
    pages.push(await decide(app, press))
    for (const each of pages) expect(each).toContain('Your calendar is connected')
    expect(await openCallback(app, back)).toContain(OVER)
    expect(await database.calendarConnection.count({ where: { agentId: ada.agentId } })).toBe(1)
  })

  it('cannot be confirmed from another browser, nor with a state alone', async () => {
    const { back } = await begin(provider)
    const page = await openCallback(app, back)
    const press = { address: back, page, decision: 'connect' } as const
    expect(await decide(app, { ...press, ...OTHER_BROWSER })).toContain(ELSEWHERE)
    expect(await decide(app, { ...press, page: page.replace(/value="[^"]{43}"/, 'value="x"') })).toContain(
      OVER,
    )
    expect(await isConnected()).toBe(false)
  })

  it('ends when the agent declines, which takes the access back, or does not confirm in time', async () => {
    const declined = await begin(provider)
    const page = await openCallback(app, declined.back)
    const press = { address: declined.back, page, decision: 'decline' } as const
    expect(await decide(app, press)).toContain('You did not confirm it.')
    expect(await decide(app, { ...press, decision: 'connect' })).toContain(OVER)
    const { log } = emulatorOf(app, provider)
    if (provider === 'GOOGLE') expect(log.count('POST /revoke')).toBe(1)
    const late = await begin(provider)
    const asked = await openCallback(app, late.back)
    app.clock.advance(11 * MINUTE)
    expect(await decide(app, { address: late.back, page: asked, decision: 'connect' })).toContain(OVER)
    expect(await isConnected()).toBe(false)
  })

  it('takes the access back when it is not confirmed in time, once the provider is there again', async () => {
    await database.calendarAuthorization.deleteMany()
    const { back } = await begin(provider)
    await openCallback(app, back)
    const { log, faults } = emulatorOf(app, provider)
    const asked = () => log.count('POST /revoke')
    const tries = async () => {
      const before = asked()
      await endExpiredAttempts(app.app.services)
      return asked() - before
    }
    expect(await tries()).toBe(0)
    app.clock.advance(11 * MINUTE)
    faults.add('POST /revoke', { kind: 'answer', status: 503 })
    const isRevocable = provider === 'GOOGLE'
    expect(await tries()).toBe(isRevocable ? 1 : 0)
    expect(await tries()).toBe(isRevocable ? 1 : 0)
    expect(await tries()).toBe(0)
    expect(await database.calendarAuthorization.count({ where: { agentId: ada.agentId } })).toBe(0)
  })

  it('leaves the access of an account that a later attempt has connected', async () => {
    await database.calendarAuthorization.deleteMany()
    const account = addAccount(app, provider).email
    const attempt = async () => {
      const { authorizationUrl } = await startConnection(app, provider, { token: ada.token })
      return consent(app, { authorizationUrl: String(authorizationUrl), account })
    }
    await openCallback(app, await attempt())
    app.clock.advance(9 * MINUTE)
    const back = await attempt()
    const page = await openCallback(app, back)
    app.clock.advance(2 * MINUTE)
    const { log } = emulatorOf(app, provider)
    const revoked = log.count('POST /revoke')
    await endExpiredAttempts(app.app.services)
    expect(await decide(app, { address: back, page, decision: 'connect' })).toContain('is connected')
    await endExpiredAttempts(app.app.services)
    expect(log.count('POST /revoke')).toBe(revoked)
  })

  it('that is declined leaves the access of a connected account', async () => {
    const { agent, account } = await createConnectedAgent(app, provider, 'Beth Moore')
    const { authorizationUrl } = await startConnection(app, provider, agent)
    const back = consent(app, { authorizationUrl: String(authorizationUrl), account: account.email })
    const { log } = emulatorOf(app, provider)
    const revoked = log.count('POST /revoke')
    const page = await openCallback(app, back)
    await decide(app, { address: back, page, decision: 'decline' })
    expect(log.count('POST /revoke')).toBe(revoked)
    expect(await calendarOf(app, agent)).toMatchObject({ state: 'CONNECTED' })
  })

  it('returns to pages of this server and of the workspace’s origins only', async () => {
    const own = ['http://switchboard.test/settings', 'https://www.acme.test/settings?tab=calendar']
    for (const returnUrl of own) {
      const { back } = await begin(provider, returnUrl)
      expect(await followRedirect(app, back)).toContain(`<a href="${returnUrl}">Go back</a>`)
    }
    for (const returnUrl of [
      'https://evil.example/',
      'https://www.acme.test.evil.example/',
      'http://www.acme.test/',
    ]) {
      expect(await startConnection(app, provider, { token: ada.token, returnUrl })).toMatchObject({
        __typename: 'InvalidInputError',
        issues: [{ path: ['input', 'returnUrl'], code: 'NOT_ALLOWED' }],
      })
    }
  })
})

describe('the page and the cookie', () => {
  it('are for the browser alone, and nothing of them can be used elsewhere', async () => {
    const response = await app.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.token}` },
      body: JSON.stringify({
        query: 'mutation { startCalendarConnection(input: { provider: GOOGLE }) { __typename } }',
      }),
    })
    const [cookie = '', ...others] = response.headers.getSetCookie()
    expect(others).toEqual([])
    expect(cookie).toMatch(
      /^switchboard-calendar-[0-9a-f]{16}=[\w-]{43}; Path=\/; Max-Age=1200; HttpOnly; SameSite=Lax$/,
    )
    const { back } = await begin('GOOGLE')
    const { pathname, search } = new URL(back)
    const page = await app.fetch(pathname + search, { headers: { cookie: cookiesOf(app) } })
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'.*form-action 'self'/)
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.headers.get('x-frame-options')).toBe('DENY')
  })

  it('has its values escaped', async () => {
    const where = { id: ada.agentId }
    await database.agent.update({ where, data: { name: '<img src=x onerror=alert(1)>' } })
    const { back } = await begin('GOOGLE')
    expect(await openCallback(app, back)).toContain('&lt;img src=x onerror=alert(1)&gt;')
  })
})

it('a colleague’s account is refused after the confirmation too', async () => {
  const agent = await createTestAgent(app, acme, 'Beth Moore')
  const { email } = addAccount(app, 'GOOGLE')
  await database.agent.update({ where: { id: agent.agentId }, data: { email } })
  expect(await connectAccount(app, { provider: 'GOOGLE', agent: ada, account: email })).toContain(
    'the account of another agent, Beth Moore',
  )
})
