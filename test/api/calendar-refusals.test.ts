// Attempts to connect a calendar that must fail: the provider's answer is wrong, incomplete or missing. Nothing is left
// half connected.
import { describe, expect, it } from 'vitest'
import { createTestAgent, type Staff } from '../kit/actors.ts'
import { calendarOf, emulatorOf, ROUTES, synchronise } from '../kit/calendar-looks.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import {
  addAccount,
  connectAccount,
  consent,
  createConnectedAgent,
  followRedirect,
  PROVIDERS,
  type Provider,
  startConnection,
} from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { holdDeadlines } from '../kit/deadlines.ts'
import { eventually } from '../kit/eventually.ts'

const { app, acme, admin, database, mutate } = useCalendarScene({})

let agents = 0

/** An agent at the provider's page, and the address that the browser is sent back to. */
async function begin(provider: Provider, decision: { deny?: boolean; untick?: string[] } = {}) {
  const agent = await createTestAgent(app, acme, `Agent ${++agents}`)
  const account = addAccount(app, provider).email
  const { authorizationUrl } = await startConnection(app, provider, agent)
  const url = String(authorizationUrl)
  return { agent, account, url, back: consent(app, { authorizationUrl: url, account, ...decision }) }
}

function changed(address: string, parameters: Record<string, string | null>): string {
  const url = new URL(address)
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return url.href
}

async function expectNothing({ id, token }: Staff): Promise<void> {
  const where = { workspaceId: acme.workspaceId }
  expect(await calendarOf(app, { id, token } as Staff)).toBeNull()
  expect([
    await database.calendarConnection.count({ where }),
    await database.calendarCredential.count({ where }),
    await database.calendarBusy.count({ where }),
    await database.calendarChannel.count({ where }),
    await database.routingPlace.count({ where: { ...where, kind: 'MEETING' } }),
  ]).toEqual([0, 0, 0, 0, 0])
}

const OVER = 'This attempt has expired, was already used, or did not start here.'
const OTHER = { GOOGLE: 'MICROSOFT', MICROSOFT: 'GOOGLE' } as const
const OFFLINE = { GOOGLE: [], MICROSOFT: ['offline_access'] }
const NEEDED: Record<Provider, [string, string][]> = {
  GOOGLE: [['https://www.googleapis.com/auth/calendar.events', 'View the events of the calendar']],
  MICROSOFT: [
    ['Calendars.ReadWrite', 'See, change and delete the events of your calendars'],
    ['MailboxSettings.Read', 'Read the time zone of the mailbox'],
  ],
}

describe.each(PROVIDERS)('the answer of %s', (provider) => {
  it.each([
    ['without a state', { state: null }],
    ['with an empty state', { state: '' }],
    ['with an unknown state', { state: 'x'.repeat(43) }],
    ['with a very long state', { state: 'y'.repeat(5000) }],
    ['with a state of invalid characters', { state: '\u0000\ud800' }],
  ])('is refused %s', async (_, parameters) => {
    const { agent, back } = await begin(provider)
    expect(await followRedirect(app, changed(back, parameters))).toContain(OVER)
    await expectNothing(agent)
  })

  it('is refused after ten minutes', async () => {
    const { agent, back } = await begin(provider)
    app.clock.advance(11 * MINUTE)
    expect(await followRedirect(app, back)).toContain(OVER)
    await expectNothing(agent)
  })

  it('is refused at the other provider’s address, and then at its own too', async () => {
    const { agent, back } = await begin(provider)
    const elsewhere = back.replace(`/${provider.toLowerCase()}/`, `/${OTHER[provider].toLowerCase()}/`)
    expect(elsewhere).not.toBe(back)
    expect(await followRedirect(app, elsewhere)).toContain(OVER)
    expect(await followRedirect(app, back)).toContain(OVER)
    await expectNothing(agent)
  })

  it('is refused with a code for another agent, which needs another verifier', async () => {
    const first = await begin(provider)
    const other = await createTestAgent(app, acme, 'Beth Moore')
    const { authorizationUrl } = await startConnection(app, provider, other)
    const state = new URL(String(authorizationUrl)).searchParams.get('state')
    expect(await followRedirect(app, changed(first.back, { state }))).toContain('does not accept the code')
    await expectNothing(other)
    await expectNothing(first.agent)
  })

  it('is refused with a code that was used before', async () => {
    const { agent, account, url, back } = await begin(provider)
    const used = new URL(back).searchParams.get('code')
    emulatorOf(app, provider).faults.add(ROUTES[provider].readings, { kind: 'answer', status: 503 })
    expect(await followRedirect(app, back)).toContain('Please try again later.')
    const { authorizationUrl } = await startConnection(app, provider, agent)
    const again = consent(app, { authorizationUrl: String(authorizationUrl), account })
    expect(url).not.toBe(authorizationUrl)
    expect(await followRedirect(app, changed(again, { code: used }))).toContain('does not accept the code')
    await expectNothing(agent)
  })

  it('is refused when the provider was given another redirect address', async () => {
    const { agent, account, url } = await begin(provider)
    const elsewhere = changed(url, { redirect_uri: 'https://evil.example/callback' })
    const back = new URL(consent(app, { authorizationUrl: elsewhere, account }))
    expect(
      await followRedirect(
        app,
        `${app.google.origin}/calendars/${provider.toLowerCase()}/callback${back.search}`,
      ),
    ).toContain('is not connected')
    await expectNothing(agent)
  })

  it('says when the administrator of the organisation must allow it first', async () => {
    const { agent, back } = await begin(provider)
    const refusal = changed(back, { code: null, error: 'consent_required', error_description: '<b>x</b>' })
    const page = await followRedirect(app, refusal)
    expect(page).toContain('administrator must allow this application first')
    expect(page).not.toContain('<b>')
    await expectNothing(agent)
  })

  it.each(NEEDED[provider])('names the permission that was not granted: %s', async (scope, sentence) => {
    const { agent, back } = await begin(provider, { untick: [scope] })
    const page = await followRedirect(app, back)
    expect(page).toContain('A permission is missing')
    expect(page).toContain(sentence)
    await expectNothing(agent)
  })

  it('is refused without lasting access, and the existing permission stays', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const where = { workspaceId: acme.workspaceId }
    const before = await database.calendarCredential.findFirstOrThrow({ where })
    app.google.oauth.withholdRefreshToken = true
    const { authorizationUrl } = await startConnection(app, provider, agent)
    const back = consent(app, {
      authorizationUrl: String(authorizationUrl),
      account: account.email,
      untick: OFFLINE[provider],
    })
    expect(await followRedirect(app, back)).toContain('no lasting access')
    expect(await database.calendarCredential.findFirstOrThrow({ where })).toEqual(before)
    await synchronise(app)
    expect(await calendarOf(app, agent)).toMatchObject({ state: 'CONNECTED' })
  })

  it('is refused for another account than the connected one, until that is disconnected', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const other = addAccount(app, provider).email
    const page = await connectAccount(app, { provider, agent, account: other })
    expect(page).toContain(`${account.email}, is connected. Disconnect it first.`)
    expect(await calendarOf(app, agent)).toMatchObject({ accountEmail: account.email, state: 'CONNECTED' })
    const { token } = agent
    await mutate({ mutation: 'disconnectCalendar', input: {}, token, select: '__typename' })
    expect(await connectAccount(app, { provider, agent, account: other })).toContain('is connected')
    expect(await calendarOf(app, agent)).toMatchObject({ accountEmail: other, state: 'CONNECTED' })
  })

  it('is refused for an agent who was removed meanwhile', async () => {
    const { agent, back } = await begin(provider)
    const removal = { mutation: 'removeAgent', input: { agentId: agent.id }, token: admin.token }
    await mutate({ ...removal, select: '__typename' })
    expect(await followRedirect(app, back)).toContain('The agent no longer exists.')
    expect(app.faults).toEqual([])
  })

  it.each([
    ['a page', { kind: 'html', status: 200 }],
    ['nothing', { kind: 'answer', status: 200 }],
    ['a list', { kind: 'answer', status: 200, body: [] }],
    ['half of it', { kind: 'truncate' }],
    ['a cut connection', { kind: 'drop' }],
  ] as const)('is refused for now when the provider answers with %s', async (_, fault) => {
    for (const route of ['token', 'readings'] as const) {
      const { agent, back } = await begin(provider)
      emulatorOf(app, provider).faults.add(ROUTES[provider][route], fault)
      expect(await followRedirect(app, back)).toContain('Please try again later.')
      await expectNothing(agent)
    }
  })

  it('is refused for now when the provider does not answer', async () => {
    const { faults } = emulatorOf(app, provider)
    const deadlines = holdDeadlines()
    for (const route of ['token', 'readings'] as const) {
      const { agent, back } = await begin(provider)
      faults.add(ROUTES[provider][route], { kind: 'hang' })
      const page = followRedirect(app, back)
      await eventually(() => expect(faults.pending()).toBe(0))
      deadlines.pass()
      expect(await page).toContain('Please try again later.')
      await expectNothing(agent)
    }
    expect(Math.max(...deadlines.meant)).toBeLessThanOrEqual(10_000)
  })
})

it('a work account without a mailbox is refused, with the reason', async () => {
  const agent = await createTestAgent(app, acme)
  const account = 'nobox@calendars.example'
  app.microsoft.addAccount({ email: account, name: 'Ada', timeZone: 'UTC', mailbox: false })
  const page = await connectAccount(app, { provider: 'MICROSOFT', agent, account })
  expect(page).toContain('The account has no mailbox that Microsoft 365 can reach.')
  await expectNothing(agent)
})
