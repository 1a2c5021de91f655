// What a visitor from Germany does on the page of a meeting's link, and what can happen to its requests.
import type { BrowserContext, BrowserContextOptions, Page, Route } from 'playwright-core'
import { expect } from 'vitest'
import type { Mail } from '../../src/services/ports/mailer.ts'
import { findBarriers, overflow } from './accessibility.ts'
import { eventually } from './eventually.ts'

const GERMAN: BrowserContextOptions = { locale: 'de-DE', timezoneId: 'Europe/Berlin' }
export const DESK = { ...GERMAN, viewport: { width: 1280, height: 900 } }
export const PHONE = { ...GERMAN, viewport: { width: 390, height: 844 } }

/** @returns the address in the mail about the meeting, once there is one */
export const linkIn = (mails: Mail[]): Promise<string> =>
  eventually(() => {
    const [url] = /http\S+meeting#\S+/.exec(mails.map(({ text }) => text).join('\n')) ?? []
    if (url === undefined) throw new Error('There is no mail yet.')
    return url
  })

export const choose = async (page: Page, day: string, time: string) => {
  await page.getByRole('radio', { name: day }).check()
  await page.getByRole('radio', { name: time }).check()
}
export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
export const title = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
export const news = (page: Page) => page.locator('#news').innerText()
export const timesOn = async (page: Page) => page.locator('#time-list').innerText()

/** Handles the next request with an operation. */
export async function onFirst(
  page: Page,
  operation: string,
  handle: (route: Route) => Promise<void>,
): Promise<void> {
  let isFirst = true
  await page.route('**/graphql', async (route) => {
    if (!isFirst || !route.request().postData()?.includes(operation)) return route.continue()
    isFirst = false
    await handle(route)
  })
}

/** Handles the first request that moves the meeting. */
export const onMove = (page: Page, handle: (route: Route) => Promise<void>) =>
  onFirst(page, 'mutation Move', handle)

/** Lets the pages of a browser be cut off. */
export const letBeCutOff = (context: BrowserContext) =>
  context.addInitScript(() => {
    const { prototype } = ReadableStreamDefaultReader
    const { read } = prototype
    prototype.read = async function () {
      const chunk = await read.call(this)
      return 'isCutOff' in self ? new Promise(() => {}) : chunk
    }
  })

/** From now on the page gets no updates of the free times. */
export const cutOff = (page: Page) => page.evaluate(() => void Object.assign(self, { isCutOff: true }))

/** Checks that the page fits the window and has no barriers. */
export async function check(page: Page, state: string): Promise<void> {
  const found = { state, overflow: await overflow(page), barriers: await findBarriers(page) }
  expect(found).toEqual({ state, overflow: 0, barriers: [] })
}
