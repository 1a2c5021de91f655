// A subscription in GraphiQL shows the effects of mutations in another tab of the browser.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser, visit } from '../kit/browser.ts'
import { killServerProcesses, type ServerProcess, startServerProcess } from '../kit/server-process.ts'

let server: ServerProcess
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServerProcess({ DATA_DIR: 'memory' }), launchBrowser()])
})
afterAll(async () => {
  await browser.close()
  await killServerProcesses()
})

it('a subscription in one tab gets the events of mutations in another tab', async () => {
  const { open, faults } = await visit(browser, server.url)
  const demo = await open(`${server.url}/demo`)
  const href = await demo
    .getByRole('link', { name: /^Open GraphiQL/ })
    .first()
    .getAttribute('href')
  const live = await open(`${server.url}${href}`)
  const tab = live.locator('.graphiql-tab-button', { hasText: 'LiveEvents' })
  await tab.click()
  await live.locator('.graphiql-tab-active', { hasText: 'LiveEvents' }).waitFor()
  const answer = live.locator('.result-window')
  await expect
    .poll(
      async () => {
        const text = await answer.innerText()
        if (!text.includes('CaughtUp')) await live.locator('.graphiql-execute-button').click()
        return text
      },
      { timeout: 30_000, interval: 2000 },
    )
    .toContain('CaughtUp')

  for (const button of (await demo.getByRole('button', { name: 'Run' }).all()).slice(0, 6)) {
    await Promise.all([
      demo.waitForResponse((response) => response.url().endsWith('/graphql')),
      button.click(),
    ])
  }
  await answer.filter({ hasText: 'MeetingChanged' }).waitFor()
  await answer.filter({ hasText: 'BOOKED' }).waitFor()
  expect(faults).toEqual([])
})
