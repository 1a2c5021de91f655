// Connecting a calendar does not assume OAuth: here a provider takes the name and the password of an account.
import { expect, it, onTestFinished } from 'vitest'
import { CalendarFault } from '../../src/services/calendars/provider/calendar-fault.ts'
import type { RegisteredProvider } from '../../src/services/calendars/provider/definition.ts'
import type { CalendarApi, CalendarConnector } from '../../src/services/ports/calendar-provider.ts'
import { createTestAgent, createTestWorkspace } from '../kit/actors.ts'
import { data, startApp, type TestApp } from '../kit/app.ts'
import { followRedirect, runDueCalendarWork, startConnection } from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { mutate } from '../kit/mutate.ts'

const PASSWORD = 'correct horse'
const HOUR_SECONDS = 3600

/** With what requests came, and what else the provider was asked. */
interface Seen {
  tokens: string[]
  asked: string[]
}

function passwordProvider({ tokens, asked }: Seen): RegisteredProvider {
  const toAccess = (password: string) => ({
    accessToken: `basic ${password}`,
    refreshToken: password,
    expiresInSeconds: HOUR_SECONDS,
  })
  const connector: CalendarConnector = {
    begin: ({ state, callbackUrl, accountHint }) =>
      `https://calendars.example/form?${new URLSearchParams({ state, callbackUrl, user: accountHint ?? '' })}`,
    complete: async ({ parameters }) => {
      const [user = '', password = ''] = ['user', 'password'].map((name) => parameters.get(name) ?? '')
      if (password !== PASSWORD) throw new CalendarFault('REFUSED', 'The password is wrong.')
      return { ...toAccess(password), scopes: [], account: { subject: user, email: user } }
    },
    renew: async (password) => {
      asked.push('renew')
      return toAccess(password)
    },
    revoke: async () => void asked.push('revoke'),
  }
  const api: CalendarApi = {
    read: async (access) => {
      tokens.push(await access.token())
      return { busy: [], own: [], timeZone: 'UTC' }
    },
    findEvent: async () => null,
    writeEvent: async () => {
      throw new CalendarFault('REFUSED', 'Nothing is written in this test.')
    },
    removeEvent: async () => {},
    openChannel: async () => null,
    closeChannel: async () => {},
  }
  return { api, connector }
}

async function startWithPasswords() {
  const seen: Seen = { tokens: [], asked: [] }
  const app = await startApp({ calendars: { GOOGLE: passwordProvider(seen) } })
  onTestFinished(() => app.stop())
  const workspace = await createTestWorkspace(app)
  return { ...seen, app, agent: await createTestAgent(app, workspace) }
}

/** Fills in the form.
 * @returns the page that the agent sees then */
async function enter(app: TestApp, page: string, password: string): Promise<string> {
  const { searchParams } = new URL(page)
  const fields = { state: searchParams.get('state') ?? '', user: 'ada@calendars.example', password }
  return followRedirect(app, `${searchParams.get('callbackUrl')}?${new URLSearchParams(fields)}`)
}

const CALENDAR =
  '{ viewer { ... on Agent { calendar { state accountEmail grantedPermissions { scope } } } } }'

it('a calendar is connected, renewed and disconnected with a password', async () => {
  const { app, agent, tokens, asked } = await startWithPasswords()
  const { authorizationUrl } = await startConnection(app, 'GOOGLE', agent)
  expect(await enter(app, String(authorizationUrl), PASSWORD)).toContain('Your calendar is connected')
  const { viewer } = await data<{ viewer: object }>(app.execute(CALENDAR, { token: agent.token }))
  expect(viewer).toEqual({
    calendar: { state: 'CONNECTED', accountEmail: 'ada@calendars.example', grantedPermissions: [] },
  })
  await runDueCalendarWork(app)
  expect([asked, new Set(tokens)]).toEqual([[], new Set([`basic ${PASSWORD}`])])
  app.clock.advance(61 * MINUTE)
  await runDueCalendarWork(app)
  expect(asked).toEqual(['renew'])
  const { token } = agent
  await mutate(app, { mutation: 'disconnectCalendar', input: {}, token, select: '__typename' })
  expect(asked).toEqual(['renew', 'revoke'])
  expect(app.faults).toEqual([])
})

it('the agent reads why a password is refused', async () => {
  const { app, agent, tokens } = await startWithPasswords()
  const { authorizationUrl } = await startConnection(app, 'GOOGLE', agent)
  const page = await enter(app, String(authorizationUrl), 'wrong')
  expect(page).toContain('The password is wrong.')
  expect(page).toContain('Your calendar is not connected')
  expect(tokens).toEqual([])
})
