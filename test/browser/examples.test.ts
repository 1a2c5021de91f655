// The demo as a new user tries it: its page, its links, its mails, and every example in GraphiQL's tabs.
import type { Browser, Page, Request, Response } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { launchBrowser, type Visit, visit } from '../kit/browser.ts'
import {
  killServerProcesses,
  type ServerProcess,
  startServerProcess,
  waitUntilSignedIn,
} from '../kit/server-process.ts'

const EXAMPLES = 13
/** Tabs that are subscriptions, or that need a running one. */
const LIVE_EXAMPLES = 4

let server: ServerProcess
let browser: Browser
let guest: Visit

beforeAll(async () => {
  ;[server, browser] = await Promise.all([
    startServerProcess({ DATA_DIR: 'memory', DEMO_ACTIVITY: 'on' }),
    launchBrowser(),
  ])
})
afterAll(async () => {
  await browser.close()
  await killServerProcesses()
})
beforeEach(async () => {
  guest = await visit(browser, server.url)
})

it('every example of the demo page succeeds when they are run in order', async () => {
  const page = await guest.open(`${server.url}/demo`)
  const buttons = page.getByRole('button', { name: 'Run' })
  expect(await buttons.count()).toBe(EXAMPLES)
  for (const button of await buttons.all()) {
    const [response] = await Promise.all([page.waitForResponse(isAnswer), button.click()])
    expect(await response.json()).toEqual({ data: expect.anything() })
  }
  expect(guest.faults).toEqual([])
})

it('the mails that the demo wrote can be read', async () => {
  const page = await guest.open(`${server.url}/demo`)
  const mails = page.locator('#mails ~ ul a')
  const reload = () => page.reload().then(() => expect(mails.count()).resolves.toBeGreaterThan(0))
  await vi.waitFor(reload, { timeout: 30_000, interval: 200 })
  const subject = await mails.first().innerText()
  await mails.first().click()
  await page.getByRole('heading', { name: subject }).waitFor()
  const mail = page.frameLocator('iframe')
  await mail.getByText('Hello').waitFor()
  expect(await mail.locator('html').evaluate(() => self.origin)).toBe('null')
  expect(guest.faults).toEqual([])
})

it('every identity has a link to GraphiQL with its authorization header', async () => {
  const { identities } = await server.readDemo()
  const demo = await guest.open(`${server.url}/demo`)
  const links = await demo.getByRole('link', { name: /^Open GraphiQL/ }).all()
  const hrefs = await Promise.all(links.map((link) => link.getAttribute('href')))
  const headers = hrefs.map((href) => new URLSearchParams(href?.split('#')[1]).get('headers') ?? '')
  expect(headers.map((each) => JSON.parse(each))).toEqual(
    identities.map(({ token }) => ({ Authorization: `Bearer ${token}` })),
  )
  const page = await guest.open(`${server.url}${hrefs.at(-1)}`)
  expect(await run(page)).toMatchObject({ data: { viewer: { name: identities.at(-1)?.name } } })
  expect(guest.faults).toEqual([])
})

it('every tab of GraphiQL without subscriptions succeeds when they are opened and run in order', async () => {
  const page = await openGraphiql()
  const tabs = page.locator('.graphiql-tab-button')
  await tabs.nth(EXAMPLES - 1).waitFor()
  expect(await tabs.count()).toBe(EXAMPLES + LIVE_EXAMPLES)
  for (const tab of (await tabs.all()).slice(0, EXAMPLES)) {
    const name = await tab.textContent()
    await tab.click()
    await page.locator('.graphiql-tab-active', { hasText: name ?? '' }).waitFor()
    expect({ name, answer: await run(page) }).toEqual({ name, answer: { data: expect.anything() } })
  }
  expect(guest.faults).toEqual([])
})

it('a subscription in one tab gets the events of mutations in another tab', async () => {
  const live = await openGraphiql()
  await openTab(live, 'LiveEvents')
  await subscribe(live)
  const demo = await guest.open(`${server.url}/demo`)
  for (const button of (await demo.getByRole('button', { name: 'Run' }).all()).slice(0, 6)) {
    await Promise.all([demo.waitForResponse(isAnswer), button.click()])
  }
  await results(live).filter({ hasText: 'MeetingChanged' }).waitFor()
  await results(live).filter({ hasText: 'BOOKED' }).waitFor()
  expect(guest.faults).toEqual([])
})

it('a chat requested in one window of GraphiQL appears in another one, and is answered there', async () => {
  const console = await openGraphiql()
  await openTab(console, 'AgentConsole')
  const events = await subscribe(console)
  const { identities } = await server.readDemo()
  await waitUntilSignedIn(server, identities[0]?.token ?? '')

  const page = await openGraphiql()
  const answers = new Map<string, unknown>()
  for (const name of ['WhoAmI', 'StartVisit', 'RequestLiveChat', 'WaitingChats', 'AcceptAndAnswer']) {
    await openTab(page, name)
    answers.set(name, await run(page))
  }
  expect(answers.get('RequestLiveChat')).toMatchObject({ data: { requestLiveChat: { state: 'OFFERED' } } })
  expect(answers.get('AcceptAndAnswer')).toMatchObject({
    data: { acceptChat: { state: 'ACTIVE' }, sendMessage: { author: 'AGENT' } },
  })
  // The page shows only the latest event, which the agent's new load follows at once.
  await vi.waitFor(() => expect(events.join()).toContain('MessageSent'), { timeout: 30_000 })
  expect(guest.faults).toEqual([])
})

/** Opens GraphiQL with the first identity of the demo. */
async function openGraphiql(): Promise<Page> {
  const demo = await guest.open(`${server.url}/demo`)
  const link = demo.getByRole('link', { name: /^Open GraphiQL/ }).first()
  const page = await guest.open(`${server.url}${await link.getAttribute('href')}`)
  await demo.close()
  return page
}

/** @param name the name of the tab's operation */
async function openTab(page: Page, name: string): Promise<void> {
  await page.locator('.graphiql-tab-button', { hasText: name }).click()
  await page.locator('.graphiql-tab-active', { hasText: name }).waitFor()
}

const results = (page: Page) => page.locator('.result-window')

/** Runs the subscription of the open tab over a WebSocket, until it is caught up.
 * @returns the messages of the socket; later ones are added */
async function subscribe(page: Page): Promise<string[]> {
  const socket = page.waitForEvent('websocket')
  const stop = page.getByRole('button', { name: /^Stop query/ })
  const attempt = async () => {
    if (!(await stop.isVisible())) await executeButton(page).click({ timeout: 500 })
    await stop.waitFor({ timeout: 500 })
  }
  await vi.waitFor(attempt, { timeout: 30_000 })
  const messages: string[] = []
  ;(await socket).on('framereceived', ({ payload }) => messages.push(payload.toString()))
  await results(page).filter({ hasText: 'CaughtUp' }).waitFor()
  return messages
}

/** Runs the operation of the open tab.
 * @returns the server's answer, once it is shown; later examples take values from it */
async function run(page: Page): Promise<unknown> {
  const response = await (await press(page)).response()
  const answer = await response?.json()
  await results(page).filter({ hasText: '"data"' }).waitFor()
  return answer
}

/** Presses GraphiQL's execute button until it sends a request, which it does not do shortly after a change of tabs. While
 * an operation runs, the same button stops it, and is left alone. */
function press(page: Page): Promise<Request> {
  const attempt = async () => {
    const sent = page.waitForRequest(isOperation, { timeout: 500 })
    const [request] = await Promise.all([sent, executeButton(page).click({ timeout: 500 })])
    return request
  }
  return vi.waitFor(attempt, { timeout: 30_000 })
}

const executeButton = (page: Page) => page.getByRole('button', { name: /^Execute query/ })

const isAnswer = (response: Response): boolean => isOperation(response.request())

/** Whether it is an operation of the user. GraphiQL itself reads the schema. */
const isOperation = (request: Request): boolean =>
  new URL(request.url()).pathname === '/graphql' && !request.postData()?.includes('IntrospectionQuery')
