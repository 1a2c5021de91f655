import { describe, expect, it } from 'vitest'
import { createTestAgent } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import {
  addAccount,
  connectAccount,
  consent,
  createConnectedAgent,
  followRedirect,
  PROVIDERS,
  type Provider,
  runDueCalendarWork,
  startConnection,
} from '../kit/calendars.ts'
import { emulatorOf } from '../kit/providers/kits.ts'

const { app, acme, database } = useCalendarScene({})

const GRANTED: Record<Provider, string[]> = {
  GOOGLE: [
    'access_type=offline',
    'https://www.googleapis.com/auth/calendar.events',
    'https://www.googleapis.com/auth/userinfo.email',
    'openid',
  ],
  MICROSOFT: ['Calendars.ReadWrite', 'MailboxSettings.Read', 'email', 'offline_access', 'openid', 'profile'],
}

const CALENDAR = `query ($id: ID!) { node(id: $id) { ... on Agent { calendar {
  provider accountEmail state stateReason lastSyncedAt grantedPermissions { scope description }
} } } }`

async function readCalendar({ id, token }: { id: string; token: string }) {
  const answer = await data<{ node: { calendar: Record<string, unknown> | null } }>(
    app.execute(CALENDAR, { variables: { id }, token }),
  )
  return answer.node.calendar
}

describe.each(PROVIDERS)('connecting a calendar of %s', (provider) => {
  it('is complete once the agent has allowed it', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    expect(await readCalendar(agent)).toMatchObject({
      provider,
      accountEmail: account.email,
      state: 'CONNECTED',
      stateReason: null,
      lastSyncedAt: '2026-03-02T08:00:00.000Z',
    })
  })

  it('names everything that the agent granted, with access while the agent is away', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    const granted = (await readCalendar(agent))?.grantedPermissions as {
      scope: string
      description: string
    }[]
    expect(granted.map(({ scope }) => scope).sort()).toEqual(GRANTED[provider])
    expect(granted.map(({ description }) => description)).not.toContain('Not used.')
    expect(granted.at(-1)?.description).toBe('Use the calendar while you are away.')
  })

  it('subscribes to changes at the provider at once', async () => {
    const { account } = await createConnectedAgent(app, provider)
    await runDueCalendarWork(app)
    const { log } = emulatorOf(app, provider)
    const asked = log.of(/^POST .*\/(events\/watch|subscriptions)$/)
    expect(asked.filter((request) => request.account === account.email)).toHaveLength(1)
  })

  it('fails when the agent denies it, and leaves nothing behind', async () => {
    const agent = await createTestAgent(app, acme)
    const account = addAccount(app, provider)
    const { authorizationUrl } = await startConnection(app, provider, agent)
    const address = consent(app, {
      authorizationUrl: String(authorizationUrl),
      account: account.email,
      deny: true,
    })
    expect(await followRedirect(app, address)).toContain('Access to the calendar was not allowed.')
    expect(await readCalendar(agent)).toBeNull()
  })

  it('accepts the provider’s answer once only', async () => {
    const agent = await createTestAgent(app, acme)
    const account = addAccount(app, provider)
    const { authorizationUrl } = await startConnection(app, provider, agent)
    const address = consent(app, { authorizationUrl: String(authorizationUrl), account: account.email })
    expect(await followRedirect(app, address)).toContain('is connected')
    expect(await followRedirect(app, address)).toContain('This attempt has expired')
    expect(await readCalendar(agent)).toMatchObject({ state: 'CONNECTED' })
  })

  it('refuses an account that is the calendar of another agent', async () => {
    const { account } = await createConnectedAgent(app, provider)
    const other = await createTestAgent(app, acme, 'Beth Moore')
    const page = await connectAccount(app, { provider, agent: other, account: account.email })
    expect(page).toContain('already connected to another agent')
    expect(await readCalendar(other)).toBeNull()
  })

  it('refuses the account of a colleague, to whom the agent may have sent the address', async () => {
    const agent = await createTestAgent(app, acme)
    const colleague = await createTestAgent(app, acme, 'Beth Moore')
    const { email } = addAccount(app, provider)
    await database.agent.update({ where: { id: colleague.agentId }, data: { email } })
    const page = await connectAccount(app, { provider, agent, account: email })
    expect(page).toContain('the account of another agent, Beth Moore')
    expect(await readCalendar(agent)).toBeNull()
    expect(await connectAccount(app, { provider, agent: colleague, account: email })).toContain(
      'is connected',
    )
  })
})
