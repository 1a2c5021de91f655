// A real Chromium, without a window: one for all test files (browser-setup.ts).
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { inject, onTestFinished } from 'vitest'

/** Connects to the Chromium of this run. Closing the connection closes the visits of the test file. */
export const connectBrowser = (): Promise<Browser> => chromium.connect(inject('browserEndpoint'))

export interface Visit {
  context: BrowserContext
  /** Opens another tab of the same browser. */
  open(url: string): Promise<Page>
  /** What went wrong: errors of the pages, and requests to any other host. */
  faults: string[]
}

/** A visit with a fresh profile; it ends with the test.
 * @param origins the only hosts that may be asked */
export function visit(browser: Browser, ...origins: string[]): Promise<Visit> {
  return visitAs(browser, {}, ...origins)
}

/** A visit with the language, time zone, window and so on of a certain visitor. */
export async function visitAs(
  browser: Browser,
  options: BrowserContextOptions,
  ...origins: string[]
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1500, height: 1000 }, ...options })
  onTestFinished(() => context.close())
  const faults: string[] = []
  const hosts = origins.map((origin) => URL.parse(origin)?.host)
  const isOwn = (url: string) => /^(data|blob):/.test(url) || hosts.includes(URL.parse(url)?.host)
  context.on('request', (request) => {
    if (!isOwn(request.url())) faults.push(`request to ${request.url()}`)
  })
  context.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  context.on('weberror', (error) => void faults.push(error.error().message))
  const open = async (url: string) => {
    const page = await context.newPage()
    await page.goto(url)
    return page
  }
  return { context, open, faults }
}
