// The demo as a new user tries it: its page, its links, its mails, and every example in GraphiQL's tabs.
import type { Browser, Locator, Page, Request, Response, WebSocket } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { connectBrowser, type Visit, visit } from '../kit/browser.ts'
import { eventually } from '../kit/eventually.ts'
import {
  killServerProcesses,
  type ServerProcess,
  startServerProcess,
  waitUntilSignedIn,
} from '../kit/server-process.ts'

const EXAMPLES = 24
/** Tabs that are subscriptions, or that need a running one. */
const LIVE_EXAMPLES = 4

let server: ServerProcess
let browser: Browser
let guest: Visit

beforeAll(async () => {
  ;[server, browser] = await Promise.all([
    startServerProcess({ DATA_DIR: 'memory', DEMO_ACTIVITY: 'on' }),
    connectBrowser(),
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
    expect(await (await press(page, button)).json()).toEqual({ data: expect.anything() })
  }
  expect(guest.faults).toEqual([])
})

it('an example that is run too early says which one to run first', async () => {
  const page = await guest.open(`${server.url}/demo`)
  const early = async (name: string) => {
    const example = page.getByRole('article', { name })
    await example.getByRole('button').click()
    return example.getByRole('status').innerText()
  }
  const first = (title: string) => expect.stringContaining(`Run “${title}” first`)
  expect(await early('3. Start a visit')).toEqual(first('1. Who am I?'))
  expect(await early('4. Free slots')).toEqual(first('3. Start a visit'))
  const graphiql = await openGraphiql()
  await openTab(graphiql, 'AcceptAndAnswer')
  await eventually(async () => {
    await executeButton(graphiql).click({ timeout: 500 })
    await results(graphiql).filter({ hasText: 'Run “WaitingChats” first' }).waitFor({ timeout: 500 })
  })
  expect(guest.faults).toEqual([])
})

it('the mails that the demo wrote can be read', async () => {
  const page = await guest.open(`${server.url}/demo`)
  const mails = page.locator('#mails ~ ul a')
  const reload = () => page.reload().then(() => expect(mails.count()).resolves.toBeGreaterThan(0))
  await eventually(reload)
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
  const events = await subscribe(live)
  const demo = await guest.open(`${server.url}/demo`)
  for (const button of (await demo.getByRole('button', { name: 'Run' }).all()).slice(0, 6)) {
    await press(demo, button)
  }
  await arrives(events, 'MeetingChanged')
  await arrives(events, 'BOOKED')
  await showsLatest(live, events)
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
  await arrives(events, 'MessageSent')
  await showsLatest(console, events)
  expect(guest.faults).toEqual([])
})

/** Runs an example of the demo page.
 * @returns the server's response, once it is shown; later examples take values from it */
async function press(page: Page, button: Locator): Promise<Response> {
  const [response] = await Promise.all([page.waitForResponse(isAnswer), button.click()])
  // The button is enabled again.
  await button.click({ trial: true })
  return response
}

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
 * @returns the messages of the socket; later ones are added. The page shows only the latest, and another may follow at
 * once */
async function subscribe(page: Page): Promise<string[]> {
  const messages: string[] = []
  const sockets: WebSocket[] = []
  page.on('websocket', (socket) => {
    sockets.push(socket)
    socket.on('framereceived', ({ payload }) => messages.push(payload.toString()))
  })
  await pressUntil(page, () => sockets.length > 0)
  await arrives(messages, 'CaughtUp')
  return messages
}

/** Waits for a message of a socket. */
const arrives = (messages: string[], text: string) =>
  eventually(() => expect(messages.join()).toContain(text))

/** Waits until the page shows the latest event. */
async function showsLatest(page: Page, messages: string[]): Promise<void> {
  const shows = async () => {
    const [at] = messages.at(-1)?.match(/(?<="at":")[^"]+/) ?? []
    expect(at).toBeDefined()
    expect(await results(page).innerText()).toContain(at)
  }
  await eventually(shows)
}

/** Runs the operation of the open tab.
 * @returns the server's answer, once it is shown; later examples take values from it */
async function run(page: Page): Promise<unknown> {
  const requests: Request[] = []
  const note = (request: Request) => void (isOperation(request) && requests.push(request))
  page.on('request', note)
  await pressUntil(page, () => requests.length > 0)
  page.off('request', note)
  const response = await requests[0]?.response()
  const answer = await response?.json()
  await results(page).filter({ hasText: '"data"' }).waitFor()
  return answer
}

/** Presses GraphiQL's execute button until it has an effect, which it does not have shortly after a change of tabs. Each
 * press is waited for, because one that is given up may still come, and run the operation twice. */
async function pressUntil(page: Page, hasEffect: () => boolean): Promise<void> {
  const attempt = async () => {
    // The button stops what a press began that had its effect late.
    if (!hasEffect() && (await executeButton(page).isVisible())) await executeButton(page).click()
    // What the press begins, it begins at once.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    expect(hasEffect()).toBe(true)
  }
  await eventually(attempt)
}

const executeButton = (page: Page) => page.getByRole('button', { name: /^Execute query/ })

const isAnswer = (response: Response): boolean => isOperation(response.request())

/** Whether it is an operation of the user. GraphiQL itself reads the schema. */
const isOperation = (request: Request): boolean =>
  new URL(request.url()).pathname === '/graphql' && !request.postData()?.includes('IntrospectionQuery')
