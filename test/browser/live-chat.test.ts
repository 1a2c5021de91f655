// A visitor and an agent, each in a separate browser, chat on pages of another origin than the API.
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectBrowser, visit } from '../kit/browser.ts'
import {
  type Demo,
  killServerProcesses,
  type ServerProcess,
  startServerProcess,
  waitUntilSignedIn,
} from '../kit/server-process.ts'
import { serveWebsite } from '../kit/website.ts'

let server: ServerProcess
let browser: Browser
let demo: Demo

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServerProcess({ DATA_DIR: 'memory' }), connectBrowser()])
  demo = await server.readDemo()
})
afterAll(async () => {
  await browser.close()
  await killServerProcesses()
})

it('a visitor requests a chat, the agent accepts, they write, the visitor books, and the agent ends it', async () => {
  const website = await serveWebsite(join(import.meta.dirname, 'website'))
  await allowOrigin(website)
  const lena = demo.identities[1] as Demo['identities'][number]
  const visitor = await visit(browser, website, server.url)
  const agent = await visit(browser, website, server.url)
  const desk = await agent.open(addressOf(website, { page: 'agent.html', token: lena.token }))
  await waitUntilSignedIn(server, lena.token)

  const guest = await visitor.open(
    addressOf(website, { page: 'visitor.html', publicKey: demo.workspace.publicKey }),
  )
  await send(guest, { label: 'What is it about?', text: 'Does it come in blue?', button: 'Chat with us' })
  await item(desk, { list: 'Offers', text: 'Does it come in blue?' })
    .getByRole('button', { name: 'Accept' })
    .click()
  await shows(guest, { State: 'ACTIVE', Agent: lena.name })
  await item(desk, { list: 'Messages', text: 'VISITOR: Does it come in blue?' }).waitFor()

  await say(desk, 'It does.')
  await item(guest, { list: 'Messages', text: 'AGENT: It does.' }).waitFor()
  await say(guest, 'And for a team of twenty?')
  await item(desk, { list: 'Messages', text: 'VISITOR: And for a team of twenty?' }).waitFor()

  await desk.getByRole('button', { name: 'Share my calendar' }).click()
  const slot = guest.getByRole('list', { name: 'Free times' }).getByRole('listitem').first()
  const startsAt = (await slot.innerText()).split(' ')[0]
  await slot.getByRole('button', { name: 'Book' }).click()
  for (const page of [guest, desk]) {
    await item(page, { list: 'Meetings', text: `Meeting at ${startsAt} (LIVE_CHAT)` }).waitFor()
  }
  await shows(desk, { Person: 'grace@example.com' })

  await guest.reload()
  await shows(guest, { State: 'ACTIVE', Agent: lena.name })
  await say(desk, 'See you then.')
  await item(guest, { list: 'Messages', text: 'AGENT: See you then.' }).waitFor()
  const said = [
    'VISITOR: Does it come in blue?',
    'AGENT: It does.',
    'VISITOR: And for a team of twenty?',
    'AGENT: Please pick a time for a meeting.',
    'AGENT: See you then.',
  ]
  for (const page of [guest, desk]) await expect.poll(() => itemsOf(page, 'Messages')).toEqual(said)

  await desk.getByRole('button', { name: 'End the chat' }).click()
  const names: Record<string, string> = { VISITOR: 'Grace', AGENT: lena.name }
  const transcript = said.map((line) => line.replace(/^\w+/, (author) => names[author] ?? ''))
  for (const page of [guest, desk]) {
    await shows(page, { State: 'ENDED' })
    await expect.poll(() => transcriptOf(page)).toEqual(transcript)
  }
  expect([...visitor.faults, ...agent.faults]).toEqual([])
})

/** Allows pages of the website to call the API. */
async function allowOrigin(origin: string): Promise<void> {
  const query = `mutation ($input: UpdateWorkspaceInput!) {
    result: updateWorkspace(input: $input) { __typename ... on Error { message } }
  }`
  const token = demo.identities[0]?.token ?? ''
  const answer = await server.execute(query, { variables: { input: { allowedOrigins: [origin] } }, token })
  expect(answer).toEqual({ data: { result: { __typename: 'Workspace' } } })
}

function addressOf(
  website: string,
  { page, ...options }: { page: string; [option: string]: string },
): string {
  return `${website}/${page}?${new URLSearchParams({ api: `${server.url}/graphql`, ...options })}`
}

async function send(page: Page, { label, text, button }: { label: string; text: string; button: string }) {
  await page.getByLabel(label, { exact: true }).fill(text)
  await page.getByRole('button', { name: button }).click()
}

const say = (page: Page, text: string) => send(page, { label: 'Message', text, button: 'Send' })

const item = (page: Page, { list, text }: { list: string; text: string }) =>
  page.getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: text })

const itemsOf = (page: Page, list: string) =>
  page.getByRole('list', { name: list }).getByRole('listitem').allInnerTexts()

/** Waits until the fields of the page have these texts. */
async function shows(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, text] of Object.entries(fields)) {
    await expect.poll(() => page.getByLabel(label, { exact: true }).innerText()).toBe(text)
  }
}

/** The authors and texts in the transcript. */
async function transcriptOf(page: Page): Promise<string[]> {
  const text = await page.getByLabel('Transcript').innerText()
  return [...text.matchAll(/^\[[^\]]+Z\] (.+):\n(.+)$/gm)].map(([, name, line]) => `${name}: ${line}`)
}
