// Connects Google and Outlook calendars at emulators like agents do, through the API and the pages.
import type { App } from '../../src/app.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { applyRemoteChange } from '../../src/services/booking/meetings/apply-remote-change.ts'
import { CALENDAR_REGISTRATIONS, type CalendarRegistrations } from '../../src/services/calendars/providers.ts'
import { runCalendarWork } from '../../src/services/calendars/worker/calendar-worker.ts'
import { createTestAgent, createTestWorkspace, type Staff, type TestWorkspace } from './actors.ts'
import { START, startApp, type TestApp, type TestAppOptions } from './app.ts'
import { createTestClock } from './clock.ts'
import type { Result } from './mutate.ts'
import {
  type Account,
  emulatorOf,
  emulatorsOf,
  environmentOf,
  KITS,
  PROVIDERS,
  type Provided,
  startEmulators,
} from './providers/kits.ts'
import type { Provider } from './providers/provider-kit.ts'
import { startOnPort } from './server.ts'

export { type Account, PROVIDERS, type Provided, type Provider }

export const CLIENT = { clientId: 'switchboard', clientSecret: 'a secret of the client' }

export interface CalendarApp extends TestApp, Provided {
  workspace: TestWorkspace
}

export interface CalendarAppOptions extends TestAppOptions {
  /** What agents are asked to grant. Left out: as in production. */
  permissions?: 'least' | 'full'
}

/** Starts the application and the emulators of all providers on one test clock. */
export const startCalendarApp = (options: CalendarAppOptions = {}): Promise<CalendarApp> =>
  startWithProviders(startApp, options)

/** The same, listening on a port, so that the emulators can call its webhooks. */
export const startCalendarServer = (options: CalendarAppOptions = {}): Promise<CalendarApp> =>
  startWithProviders(startOnPort, options)

async function startWithProviders(
  start: (options: TestAppOptions) => Promise<TestApp>,
  { permissions, ...options }: CalendarAppOptions,
): Promise<CalendarApp> {
  const clock = createTestClock(START)
  const provided = await startEmulators({ clock, ...CLIENT })
  const settings: Record<string, string> = permissions ? { CALENDAR_PERMISSIONS: permissions } : {}
  const calendars = registeredAt((provider) => emulatorOf(provided, provider).origin, settings)
  const app = await start({ clock, calendars, ...options })
  const workspace = await createTestWorkspace(app)
  return {
    ...app,
    ...provided,
    workspace,
    stop: async () => {
      await app.stop()
      for (const emulator of emulatorsOf(provided)) await emulator.close()
    },
  }
}

/** The configuration of OAuth clients at all providers. */
export function registeredAt(
  originOf: (provider: Provider) => string,
  settings: Record<string, string> = {},
): CalendarRegistrations {
  const client = { ...CLIENT, publicUrl: 'http://switchboard.test' }
  const environment = { ...environmentOf(originOf, client), ...settings }
  return readConfig({ environment, calendars: CALENDAR_REGISTRATIONS }).calendars
}

let accounts = 0

/** Adds an account that no agent has connected yet.
 * @returns its owner's actions there */
export function addAccount(
  app: Provided,
  provider: Provider,
  { timeZone = 'UTC' }: { timeZone?: string } = {},
): Account {
  const email = `agent${++accounts}@calendars.example`
  return KITS[provider].addAccount(emulatorOf(app, provider), { email, name: 'Ada Lovelace', timeZone })
}

const START_CONNECTION = `mutation ($input: StartCalendarConnectionInput!) { result: startCalendarConnection(input: $input) {
  __typename ... on CalendarAuthorization { authorizationUrl } ... on Error { message }
  ... on InvalidInputError { issues { path code } } } }`

/** The cookies of the one browser that all agents of an application use. */
const jars = new WeakMap<App, Map<string, string>>()

/** Starts the OAuth flow in the browser.
 * @returns the mutation's answer */
export async function startConnection(
  app: TestApp,
  provider: Provider,
  { token, returnUrl }: Pick<Staff, 'token'> & { returnUrl?: string },
): Promise<Result> {
  const response = await app.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: START_CONNECTION, variables: { input: { provider, returnUrl } } }),
  })
  const jar = jars.get(app.app) ?? new Map<string, string>()
  jars.set(app.app, jar)
  for (const cookie of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    jar.set(name, value)
  }
  return ((await response.json()) as { data: { result: Result } }).data.result
}

/** Answers the provider's consent screen.
 * @returns the address that the browser is sent back to */
export function consent(
  app: Provided,
  decision: { authorizationUrl: string; account: string; deny?: boolean; untick?: string[] },
): string {
  const isAt = (provider: Provider) =>
    decision.authorizationUrl.startsWith(`${emulatorOf(app, provider).origin}/`)
  const provider = PROVIDERS.find(isAt)
  if (provider === undefined) throw new Error(`${decision.authorizationUrl} is at none of the providers.`)
  return KITS[provider].consent(emulatorOf(app, provider), { deny: false, ...decision })
}

/** Follows the provider's redirect back to the application, in the browser in which the agents started, and confirms.
 * @returns the text of the last page */
export async function followRedirect(app: TestApp, address: string): Promise<string> {
  const page = await openCallback(app, address)
  return page.includes('<form') ? decide(app, { address, page, decision: 'connect' }) : page
}

/** @param options.cookies left out: those of the browser in which the agents started
 * @returns the text of the page that the provider sends agents to */
export async function openCallback(
  app: TestApp,
  address: string,
  { cookies = cookiesOf(app) } = {},
): Promise<string> {
  const { pathname, search } = new URL(address)
  return (await app.fetch(pathname + search, { headers: { cookie: cookies } })).text()
}

/** Presses a button of the page that asks to confirm.
 * @returns the text of the next page */
export async function decide(
  app: TestApp,
  options: { address: string; page: string; decision: 'connect' | 'decline'; cookies?: string },
): Promise<string> {
  const { address, page, decision, cookies = cookiesOf(app) } = options
  const [, action = ''] = /action="([^"]+)"/.exec(page) ?? []
  const [, state = ''] = /name="state" value="([^"]+)"/.exec(page) ?? []
  const response = await app.fetch(new URL(action, address).pathname, {
    method: 'POST',
    headers: { cookie: cookies, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ state, decision }).toString(),
  })
  return response.text()
}

export const cookiesOf = ({ app }: TestApp): string =>
  [...(jars.get(app) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')

/** Connects a calendar, with all steps of the OAuth flow.
 * @returns the page that the agent sees at the end */
export async function connectAccount(
  app: CalendarApp,
  { provider, agent, account }: { provider: Provider; agent: Staff; account: string },
): Promise<string> {
  const { authorizationUrl, message } = await startConnection(app, provider, agent)
  if (authorizationUrl === undefined) throw new Error(`The connection could not be started: ${message}`)
  return followRedirect(app, consent(app, { authorizationUrl: String(authorizationUrl), account }))
}

/** An agent with the hours of `createBookableAgent` and a calendar outside. */
export async function createConnectedAgent(app: CalendarApp, provider: Provider, name?: string) {
  const agent = await createTestAgent(app, app.workspace, name)
  const weekly = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, start: 540, end: 1020 }))
  await app.app.services.database.meetingAvailability.update({
    where: { agentId: agent.agentId },
    data: { timeZone: 'UTC', weekly, minimumNoticeMinutes: 0 },
  })
  const account = addAccount(app, provider)
  const page = await connectAccount(app, { provider, agent, account: account.email })
  if (!page.includes('is connected')) throw new Error(page)
  return { agent, account }
}

/** An event's iCalendar UID, which the providers spell differently. */
export const uidOf = (event: object | undefined): string | undefined => {
  const { iCalUID, iCalUId } = event as { iCalUID?: string; iCalUId?: string }
  return iCalUID ?? iCalUId
}

/** Does the calendar work that is due, once. */
export const runDueCalendarWork = (app: TestApp): Promise<void> =>
  runCalendarWork({ ...app.app.services, applyRemoteChange })

/** Adds an event that Switchboard did not create. */
export function addEvent(
  account: Account,
  { provider, ...times }: { provider: Provider; start: string; end: string },
): string {
  return KITS[provider].addEvent(account, { title: 'A secret appointment', ...times })
}

/** Validates every request and response so far against the providers' API descriptions, except those with an injected fault.
 * @returns one sentence for each violation */
export const checkContracts = (app: Provided): string[] =>
  PROVIDERS.flatMap((provider) => {
    const { log } = emulatorOf(app, provider)
    return KITS[provider].checkContract(log.all.filter(({ fault }) => fault === undefined))
  })
