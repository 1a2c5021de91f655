// The demo as a new user tries it: its page, its links, and every example in GraphiQL's tabs.
import type { Browser, Page } from 'playwright-core'
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
  ;[server, browser] = await Promise.all([startServerProcess({ DATA_DIR: 'memory' }), launchBrowser()])
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

it('every identity has a link to GraphiQL with its authorization header', async () => {
  const { identities } = await server.readDemo()
  const demo = await guest.open(`${server.url}/demo`)
  const links = await demo.getByRole('link', { name: /^Open GraphiQL/ }).all()
  expect(links).toHaveLength(identities.length)
  for (const [index, link] of links.entries()) {
    const page = await guest.open(
      (await link.getAttribute('href').then((href) => `${server.url}${href}`)) ?? '',
    )
    expect(await run(page)).toMatchObject({ data: { viewer: { name: identities[index]?.name } } })
    await page.close()
  }
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

it('a chat requested in one window of GraphiQL appears in another one, and is answered there', async () => {
  const console = await openGraphiql()
  await openTab(console, 'AgentConsole')
  const results = console.locator('.result-window')
  await expect
    .poll(
      async () => {
        const text = await results.innerText()
        if (!text.includes('CaughtUp')) await console.locator('.graphiql-execute-button').click()
        return text
      },
      { timeout: 30_000, interval: 2000 },
    )
    .toContain('CaughtUp')
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
  await results.filter({ hasText: 'MessageSent' }).waitFor()
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

/** Presses GraphiQL's execute button until it sends a request, which it does not do shortly after a change of tabs.
 * @returns the server's answer, once it is shown; later examples take values from it */
async function run(page: Page): Promise<unknown> {
  const press = async () => {
    const answer = page.waitForResponse(isAnswer, { timeout: 3000 })
    await Promise.all([answer, page.locator('.graphiql-execute-button').click()])
    return (await answer).json()
  }
  const answer = await vi.waitFor(press, { timeout: 30_000 })
  await page.locator('.result-window', { hasText: '"data"' }).waitFor()
  return answer
}

function isAnswer(response: { request(): { method(): string; postData(): string | null } }): boolean {
  const { method, postData } = {
    method: response.request().method(),
    postData: response.request().postData(),
  }
  return method === 'POST' && !postData?.includes('IntrospectionQuery')
}
