// An agent connects a calendar in a browser, starting on the demo page and returning to it. The program runs in its own
// process: the providers send webhooks for their changes, and the program writes booked meetings to them.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findBarriers, overflow } from '../kit/accessibility.ts'
import { data } from '../kit/app.ts'
import { connectBrowser, type Visit, visit } from '../kit/browser.ts'
import { CLIENT, checkContracts, type Provided } from '../kit/calendars.ts'
import { DAY } from '../kit/clock.ts'
import { freePort } from '../kit/free-port.ts'
import { emulatorOf, emulatorsOf, environmentOf, startEmulators } from '../kit/providers/kits.ts'
import {
  type Demo,
  killServerProcesses,
  type MeetingResult,
  mutateMeeting,
  type ServerProcess,
  startServerProcess,
  startVisits,
} from '../kit/server-process.ts'

let providers: Provided
let server: ServerProcess
let browser: Browser
let demo: Demo

beforeAll(async () => {
  const clock = { now: () => new Date() }
  providers = await startEmulators({ clock, ...CLIENT })
  const port = await freePort()
  const registration = { ...CLIENT, publicUrl: `http://127.0.0.1:${port}` }
  const environment = {
    DATA_DIR: 'memory',
    PORT: String(port),
    ...environmentOf((provider) => emulatorOf(providers, provider).origin, registration),
  }
  ;[server, browser] = await Promise.all([startServerProcess(environment), connectBrowser()])
  demo = await server.readDemo()
})
afterAll(async () => {
  await browser.close()
  await killServerProcesses()
  for (const emulator of emulatorsOf(providers)) await emulator.close()
})

it('an agent connects Google Calendar, which blocks slots, gets booked meetings and can move them', async () => {
  const { google } = providers
  const lena = agentOf(1)
  const account = google.addAccount({
    email: 'lena@work.example',
    name: lena.name,
    timeZone: 'Europe/Berlin',
  })
  const guest = await visit(browser, server.url, google.origin)
  await connect(guest, { agent: lena, title: 'Google', button: 'Allow', account: account.email })
  await expect.poll(() => google.push.channels.size).toBe(1)

  const token = await newVisitor()
  const [taken = NONE, wanted = NONE, ...others] = await slotsOf(lena, token)
  account.createEvent({ summary: 'A secret appointment', start: taken.startsAt, end: taken.endsAt })
  const starts = () => slotsOf(lena, token).then((slots) => slots.map(({ startsAt }) => startsAt))
  await expect.poll(starts).not.toContain(taken.startsAt)
  expect(await starts()).toContain(wanted.startsAt)

  const { id } = await book(lena, { token, startsAt: wanted.startsAt })
  const event = () => account.eventsWithin(wanted.startsAt, wanted.endsAt)[0]
  await expect.poll(() => event()?.hangoutLink).toMatch(/^https:\/\/meet\.google\.com\//)
  await expect
    .poll(() => read(id))
    .toMatchObject({
      calendarSync: 'WRITTEN',
      conferenceUrl: event()?.hangoutLink,
    })

  const later = others.at(-1) ?? NONE
  account.moveEvent(String(event()?.id), { start: later.startsAt, end: later.endsAt })
  await expect
    .poll(() => read(id))
    .toMatchObject({
      status: 'RESCHEDULED',
      startsAt: later.startsAt,
      history: [{ kind: 'BOOKED' }, { kind: 'CALENDAR_CHANGED' }],
    })
  expect(guest.faults).toEqual([])
})

it('an agent connects Outlook, which gets booked meetings with a Teams link', async () => {
  const { microsoft } = providers
  const marcus = agentOf(2)
  const email = 'marcus@work.example'
  const account = microsoft.addAccount({ email, name: marcus.name, timeZone: 'Eastern Standard Time' })
  const guest = await visit(browser, server.url, microsoft.origin)
  await connect(guest, { agent: marcus, title: 'Outlook', button: 'Accept', account: account.email })

  const token = await newVisitor()
  const [wanted = NONE] = await slotsOf(marcus, token)
  const { id } = await book(marcus, { token, startsAt: wanted.startsAt })
  await expect
    .poll(() => read(id))
    .toMatchObject({
      calendarSync: 'WRITTEN',
      conferenceUrl: expect.stringMatching(/^https:\/\/teams\.microsoft\.com\//),
    })
  const { conferenceUrl } = await read(id)
  expect(account.eventsWithin(wanted.startsAt, wanted.endsAt)).toMatchObject([
    { event: { joinUrl: conferenceUrl } },
  ])
  expect(guest.faults).toEqual([])
})

it('the exchanges with both providers conform to their descriptions', () => {
  expect(providers.google.log.count('* /calendar/v3/**')).toBeGreaterThan(0)
  expect(providers.microsoft.log.count('* /v1.0/**')).toBeGreaterThan(0)
  expect(checkContracts(providers)).toEqual([])
})

type Identity = Demo['identities'][number]

const agentOf = (index: number): Identity => demo.identities[index] as Identity

/** Runs the examples as the agent, consents on the provider's page, and returns to the demo page.
 * @returns the demo page */
async function connect(
  guest: Visit,
  { agent, title, button, account }: { agent: Identity; title: string; button: string; account: string },
): Promise<Page> {
  const page = await guest.open(`${server.url}/demo`)
  await page.getByLabel('Run staff examples as').selectOption(agent.name)
  expect(await press(page, 'Disconnect the calendar')).toMatchObject({
    disconnectCalendar: { state: 'DISCONNECTED' },
  })
  await press(page, `Connect a calendar of ${title}`)
  await page.getByRole('link', { name: 'Open the page' }).click()
  await page.getByLabel(account).check()
  await page.getByRole('button', { name: button }).click()
  await page.getByRole('heading', { name: 'Connect this calendar?' }).waitFor()
  expect(await findBarriers(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await overflow(page)).toBe(0)
  await page.setViewportSize({ width: 1280, height: 800 })
  expect(await overflow(page)).toBe(0)
  await page.getByRole('button', { name: 'Connect the calendar' }).click()
  await page.getByRole('heading', { name: 'Your calendar is connected' }).waitFor()
  await page.getByRole('link', { name: 'Go back' }).click()
  await page.waitForURL(`${server.url}/demo`)
  await page.getByLabel('Run staff examples as').selectOption(agent.name)
  expect(await press(page, 'Your calendar')).toMatchObject({
    viewer: { name: agent.name, calendar: { accountEmail: account, state: 'CONNECTED' } },
  })
  return page
}

/** Runs an example of the demo page. @returns its answer */
async function press(page: Page, name: string): Promise<Record<string, object>> {
  const button = page.getByRole('article', { name }).getByRole('button', { name: 'Run' })
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/graphql')),
    button.click(),
  ])
  // The button is enabled again once the answer is shown; later examples take values from it.
  await button.click({ trial: true })
  return (await answer.json()).data
}

async function newVisitor(): Promise<string> {
  const [token = ''] = await startVisits(server, 1)
  return token
}

interface Slot {
  startsAt: string
  endsAt: string
}
const NONE: Slot = { startsAt: '', endsAt: '' }

const SLOTS = `query ($agentId: ID!, $from: DateTime!, $to: DateTime!) {
  slots(target: { agentId: $agentId }, from: $from, to: $to, timeZone: "UTC") {
    days { slots { startsAt endsAt } }
  }
}`

async function slotsOf({ agentId }: Identity, token: string): Promise<Slot[]> {
  const from = new Date()
  const variables = { agentId, from, to: new Date(from.getTime() + 14 * DAY) }
  const { slots } = await data<{ slots: { days: { slots: Slot[] }[] } }>(
    server.execute(SLOTS, { variables, token }),
  )
  return slots.days.flatMap((day) => day.slots)
}

async function book(
  { agentId }: Identity,
  { token, startsAt }: { token: string; startsAt: string },
): Promise<MeetingResult> {
  const input = { target: { agentId }, startsAt, timeZone: 'UTC' }
  const meeting = await mutateMeeting(server, { mutation: 'bookMeeting', token, input })
  expect(meeting.__typename).toBe('Meeting')
  return meeting
}

const MEETING = `query ($id: ID!) { node(id: $id) { ... on Meeting {
  status startsAt calendarSync conferenceUrl history { kind }
} } }`

/** The meeting as the administrator sees it. */
async function read(id: string): Promise<Record<string, unknown>> {
  const token = agentOf(0).token
  const { node } = await data<{ node: Record<string, unknown> }>(
    server.execute(MEETING, { variables: { id }, token }),
  )
  return node
}
