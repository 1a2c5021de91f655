// A newcomer's way through the demo: its page, its links, and every example in GraphiQL's tabs.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { launchBrowser, type Visit, visit } from '../kit/browser.ts'
import { killServerProcesses, type ServerProcess, startServerProcess } from '../kit/server-process.ts'

const EXAMPLES = 12

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

it('every example of the demo page answers, pressed one after the other', async () => {
  const page = await guest.open(`${server.url}/demo`)
  const buttons = page.getByRole('button', { name: 'Run' })
  expect(await buttons.count()).toBe(EXAMPLES)
  for (const button of await buttons.all()) {
    const [response] = await Promise.all([page.waitForResponse(isAnswer), button.click()])
    expect(await response.json()).toEqual({ data: expect.anything() })
  }
  expect(guest.faults).toEqual([])
})

it('every identity has a link into GraphiQL with its header filled in', async () => {
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

it('every tab of GraphiQL but the live one answers, opened with the mouse and run in their order', async () => {
  const demo = await guest.open(`${server.url}/demo`)
  const href = await demo
    .getByRole('link', { name: /^Open GraphiQL/ })
    .first()
    .getAttribute('href')
  const page = await guest.open(`${server.url}${href}`)
  const tabs = page.locator('.graphiql-tab-button')
  await tabs.nth(EXAMPLES - 1).waitFor()
  expect(await tabs.count()).toBe(EXAMPLES + 1)
  for (const tab of (await tabs.all()).slice(0, EXAMPLES)) {
    const name = await tab.textContent()
    await tab.click()
    await page.locator('.graphiql-tab-active', { hasText: name ?? '' }).waitFor()
    expect({ name, answer: await run(page) }).toEqual({ name, answer: { data: expect.anything() } })
  }
  expect(guest.faults).toEqual([])
})

/** Presses the button of GraphiQL until a request goes out: for a moment after a change of tabs it does not know yet
 * which operation is meant.
 * @returns what the server answers, once it is shown: later examples are filled from it */
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
