// The page of docs/dialogues.md, as it stands there, on the website that the demo's dialogues are for.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { findBarriers, overflow } from '../kit/accessibility.ts'
import { connectBrowser, type Visit, visitAs } from '../kit/browser.ts'
import { mutate } from '../kit/mutate.ts'
import {
  type Demo,
  killServerProcesses,
  type ServerProcess,
  startServerProcess,
  waitUntilSignedIn,
} from '../kit/server-process.ts'
import { createSocketClient, subscribe } from '../kit/socket-client.ts'

const ORIGIN_OF_DOCS = 'http://127.0.0.1:4000'
const WEBSITE = 'http://localhost:8080'
const PHONE = { width: 390, height: 844 }

let server: ServerProcess
let browser: Browser
let demo: Demo
let guest: Visit

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServerProcess({ DATA_DIR: 'memory' }), connectBrowser()])
  demo = await server.readDemo()
})
afterAll(async () => {
  await browser.close()
  await killServerProcesses()
})
beforeEach(async () => {
  // What Chromium thinks to be on the internet must not call this machine.
  const permissions = ['local-network-access']
  guest = await visitAs(browser, { viewport: PHONE, permissions }, WEBSITE, server.url)
  const page = await pageOfDocs()
  // Nothing listens there.
  await guest.context.route(`${WEBSITE}/**`, (route) =>
    route.fulfill({ contentType: 'text/html', body: page }),
  )
})

it('the page of the documentation walks through a dialogue to a meeting, past an answer that is refused', async () => {
  const page = await guest.open(`${WEBSITE}/`)
  await press(page, 'A tour')
  const file = page.getByRole('link', { name: 'The whole API' })
  expect(await file.getAttribute('href')).toBe(`${server.url}/schema.graphql`)
  await type(page, 'lots')
  await page.getByRole('status').filter({ hasText: 'whole number' }).waitFor()
  await type(page, '250')
  await said(page, 'What is your e-mail address?')
  await type(page, 'ada@example.com')
  const times = page.getByLabel('A time').locator('option')
  await times.first().waitFor({ state: 'attached' })
  expect(await findBarriers(page)).toEqual([])
  expect(await overflow(page)).toBe(0)

  const startsAt = await times.first().getAttribute('value')
  await press(page, 'Book')
  await said(page, 'Thank you, and have a nice day!')
  const query =
    '{ meetings(first: 1, orderBy: BOOKED_AT_DESC) { nodes { startsAt source person { email } } } }'
  expect(await server.execute(query, { token: tokenOf(0) })).toEqual({
    data: { meetings: { nodes: [{ startsAt, source: 'DIALOGUE', person: { email: 'ada@example.com' } }] } },
  })
  expect(guest.faults).toEqual([])
})

it('two tabs with the page of the documentation show the same dialogue', async () => {
  const one = await guest.open(`${WEBSITE}/`)
  await button(one, 'Prices').waitFor()
  const other = await guest.open(`${WEBSITE}/`)
  await button(other, 'Prices').waitFor()
  await press(one, 'Prices')
  await said(one, 'What is your e-mail address?')
  // Too late: the first answer counts.
  await press(other, 'A tour')
  await said(other, 'What is your e-mail address?')
  expect(await linesOf(other)).toEqual(await linesOf(one))

  await type(other, 'ada@example.com')
  for (const page of [one, other]) await said(page, 'When shall we meet?')
  expect(await linesOf(one)).toEqual(await linesOf(other))
  expect(guest.faults).toEqual([])
})

it('the page of the documentation waits for a trigger, goes on at another address, and leads to an agent', async () => {
  const lena = tokenOf(1)
  subscribe(createSocketClient(server.url, lena), { query: 'subscription { agentEvents { __typename } }' })
  await waitUntilSignedIn(server, lena)
  const visit = await mutate(server, {
    mutation: 'startVisit',
    input: {
      publicKey: demo.workspace.publicKey,
      person: { email: 'grace@example.com', firstName: 'Grace' },
    },
    select: '... on Visit { token }',
  })
  await guest.context.addInitScript(
    `if (location.origin === '${WEBSITE}') localStorage.token ??= '${visit.token}'`,
  )
  const page = await guest.open(`${WEBSITE}/`)
  expect(await page.getByRole('log').isVisible()).toBe(false)
  await said(page, 'Welcome back, Grace!')
  const resolved = page.waitForRequest((request) => request.postData()?.includes('resolveDialogue') === true)
  await page.evaluate(() => history.pushState(null, '', '/pricing'))
  expect((await resolved).postDataJSON().variables.input).toEqual({ pageUrl: `${WEBSITE}/pricing` })

  await press(page, 'Talk to somebody now')
  await page.getByRole('status').filter({ hasText: 'We are calling an agent.' }).waitFor()
  const conversationId = await accept(lena)
  await say(lena, { conversationId, text: 'Hello Grace, this is Lena.' })
  await said(page, 'Hello Grace, this is Lena.')
  await type(page, 'Do you ship engines to Mars?')
  await said(page, 'Do you ship engines to Mars?')
  await page.reload()
  await said(page, 'Do you ship engines to Mars?')
  expect(await linesOf(page)).toEqual([
    'Welcome back, Grace!',
    'How can we help?',
    'Talk to somebody now',
    'One moment, please: I am calling an agent.',
    'Hello Grace, this is Lena.',
    'Do you ship engines to Mars?',
  ])
  expect(guest.faults).toEqual([])
})

/** The page, which calls the server of this test. */
async function pageOfDocs(): Promise<string> {
  const docs = await readFile(join(import.meta.dirname, '../../docs/dialogues.md'), 'utf8')
  const [, page = ''] = /```html\n(.*?)```/s.exec(docs) ?? []
  expect(page).toContain(ORIGIN_OF_DOCS)
  return page.replaceAll(ORIGIN_OF_DOCS, server.url)
}

const tokenOf = (identity: number) => demo.identities[identity]?.token ?? ''

const button = (page: Page, name: string) => page.getByRole('button', { name })
const press = (page: Page, name: string) => button(page, name).click()

/** Sends what the visitor types. */
async function type(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox').fill(text)
  await press(page, 'Send')
}

/** Waits until a text is in the log. */
const said = (page: Page, text: string) => page.getByRole('log').getByText(text, { exact: true }).waitFor()

const linesOf = (page: Page) => page.getByRole('log').locator('p').allInnerTexts()

/** The agent accepts the pending offer.
 * @returns the conversation's id */
async function accept(token: string): Promise<string> {
  const query = '{ viewer { ... on Agent { pendingOffers { id } } } }'
  const { data } = await server.execute<{ viewer: { pendingOffers: { id: string }[] } }>(query, { token })
  const offerId = data?.viewer.pendingOffers[0]?.id
  const select = '... on Conversation { id }'
  const { id } = await mutate(server, { mutation: 'acceptChat', token, input: { offerId }, select })
  return id
}

async function say(token: string, message: { conversationId: string; text: string }): Promise<void> {
  const input = { ...message, clientKey: message.text }
  const sent = await mutate(server, {
    mutation: 'sendMessage',
    token,
    input,
    select: '... on Message { id }',
  })
  expect(sent.__typename).toBe('Message')
}
