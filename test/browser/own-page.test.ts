// The page of the README, pasted as it stands there and served from another origin than the API.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { connectBrowser, visit } from '../kit/browser.ts'
import { killServerProcesses, type ServerProcess, startServerProcess } from '../kit/server-process.ts'
import { serveWebsite } from '../kit/website.ts'

const ORIGIN_OF_README = 'http://127.0.0.1:4000'

let server: ServerProcess
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServerProcess({ DATA_DIR: 'memory' }), connectBrowser()])
})
afterAll(async () => {
  await browser.close()
  await killServerProcesses()
})

it('the page of the README books a meeting, and times that others take disappear', async () => {
  const website = await serveWebsite(await pastedPage())
  const guest = await visit(browser, website, server.url)
  const page = await guest.open(`${website}/index.html`)
  const times = page.getByLabel('A time').locator('option')
  await times.first().waitFor({ state: 'attached' })

  const taken = await takeTime()
  await page.locator(`option[value="${taken}"]`).waitFor({ state: 'detached' })

  const startsAt = await times.first().getAttribute('value')
  await page.getByLabel('Your e-mail address').fill('grace@example.com')
  await page.getByRole('button', { name: 'Book' }).click()
  await page
    .getByRole('status')
    .filter({ hasText: /^You meet \w+ \w+ on / })
    .waitFor()
  const meetings = '{ meetings(first: 1, orderBy: BOOKED_AT_DESC) { nodes { startsAt person { email } } } }'
  const token = (await server.readDemo()).identities[0]?.token ?? ''
  expect(await server.execute(meetings, { token })).toEqual({
    data: { meetings: { nodes: [{ startsAt, person: { email: 'grace@example.com' } }] } },
  })
  expect(guest.faults).toEqual([])
})

it('the page of the README asks for the confirmation of a booking where the workspace wants it', async () => {
  const confirmBy = (confirmation: string) =>
    updateWorkspace(`meetingSettings: { confirmation: ${confirmation} }`)
  await confirmBy('EMAIL')
  onTestFinished(() => confirmBy('NONE'))
  const website = await serveWebsite(await pastedPage())
  const guest = await visit(browser, website, server.url)
  const page = await guest.open(`${website}/index.html`)
  await page.getByLabel('A time').locator('option').first().waitFor({ state: 'attached' })
  await page.getByLabel('Your e-mail address').fill('hedy@example.com')
  await page.getByRole('button', { name: 'Book' }).click()
  await page
    .getByRole('status')
    .filter({ hasText: /^We have sent a mail to hedy@example\.com\. Please confirm there until / })
    .waitFor()
  expect(guest.faults).toEqual([])
})

it('the page of the README says why it cannot begin, and goes no further', async () => {
  const website = await serveWebsite(await pastedPage({ publicKey: 'pk_unknown' }))
  const guest = await visit(browser, website, server.url)
  const page = await guest.open(`${website}/index.html`)
  const status = page.getByRole('status').filter({ hasText: 'The public key was not found.' })
  await status.waitFor()
  expect(guest.faults).toEqual([expect.stringContaining('The public key was not found.')])
})

async function updateWorkspace(fields: string): Promise<void> {
  const token = (await server.readDemo()).identities[0]?.token ?? ''
  const update = `mutation { updateWorkspace(input: { ${fields} }) { __typename } }`
  expect(await server.execute(update, { token })).toEqual({
    data: { updateWorkspace: { __typename: 'Workspace' } },
  })
}

/** @returns a folder with the page, which calls the server of this test */
async function pastedPage({ publicKey = 'pk_demo' } = {}): Promise<string> {
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
  const [, page = ''] = /```html\n(.*?)```/s.exec(readme) ?? []
  expect(page).toContain(ORIGIN_OF_README)
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-page-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const adapted = page.replaceAll(ORIGIN_OF_README, server.url).replace('pk_demo', publicKey)
  await writeFile(join(folder, 'index.html'), adapted)
  return folder
}

/** Another visitor books a time for which only one agent is free.
 * @returns its start */
async function takeTime(): Promise<string> {
  const { data: visited } = await server.execute<{ startVisit: { token: string } }>(
    'mutation { startVisit(input: { publicKey: "pk_demo" }) { ... on Visit { token } } }',
  )
  const token = visited?.startVisit.token ?? ''
  const from = new Date()
  const to = new Date(from.getTime() + 7 * 24 * 60 * 60 * 1000)
  const { data } = await server.execute<{
    slots: { days: { slots: { startsAt: string; agentCount: number }[] }[] }
  }>(
    `query ($from: DateTime!, $to: DateTime!) {
      slots(target: { roundRobin: true }, from: $from, to: $to, timeZone: "UTC") { days { slots { startsAt agentCount } } }
    }`,
    { variables: { from, to }, token },
  )
  const slots = data?.slots.days.flatMap((day) => day.slots) ?? []
  // Not the first one, which the page books.
  const startsAt = slots.slice(1).find(({ agentCount }) => agentCount === 1)?.startsAt ?? ''
  const free = { target: { roundRobin: true }, startsAt }
  const input = { slot: { free }, timeZone: 'UTC', person: { email: 'ada@example.com' } }
  const booking = await server.execute(
    'mutation ($input: BookMeetingInput!) { bookMeeting(input: $input) { __typename } }',
    { variables: { input }, token },
  )
  expect(booking).toEqual({ data: { bookMeeting: { __typename: 'Meeting' } } })
  return startsAt
}
