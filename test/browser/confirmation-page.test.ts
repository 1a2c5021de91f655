// A visitor follows the link in a mail to confirm a booking.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { confirmationUrl } from '../../src/services/booking/confirmation/meeting-request.ts'
import { findBarriers, overflow } from '../kit/accessibility.ts'
import { book, createVisitor } from '../kit/booking.ts'
import { connectBrowser, visitAs } from '../kit/browser.ts'
import { MINUTE } from '../kit/clock.ts'
import { DESK, PHONE, press, title } from '../kit/meeting-page.ts'
import { bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { NINE } from '../kit/times.ts'

const { app, acme, admin, ada, database, mutate } = useScene({ ada: bookable() }, { start: startOnPort })
let browser: Browser
let link: string

beforeAll(async () => {
  browser = await connectBrowser()
  return () => browser.close()
})
beforeEach(async () => {
  const input = { meetingSettings: { confirmation: 'EMAIL' } }
  await mutate({ mutation: 'updateWorkspace', token: admin.token, input, select: '' })
  const booking = { target: { agentId: ada.id }, startsAt: NINE }
  await book(app, { token: await createVisitor(app, acme), input: booking })
  const where = { workspaceId: acme.workspaceId }
  const { pathname, search } = new URL(
    confirmationUrl(app.app.services, await database.meetingRequest.findFirstOrThrow({ where })),
  )
  link = `${app.server.url}${pathname}${search}`
})

async function open(options: object): Promise<{ page: Page; context: BrowserContext; faults: unknown[] }> {
  const { context, faults } = await visitAs(browser, options, app.server.url)
  const page = await context.newPage()
  await page.goto(link)
  return { page, context, faults }
}

const expectNoBarriers = async (page: Page) =>
  expect({ barriers: await findBarriers(page), overflow: await overflow(page) }).toEqual({
    barriers: [],
    overflow: 0,
  })

it.each([
  ['on a phone in the dark', { ...PHONE, colorScheme: 'dark' }],
  ['at a desk', DESK],
])('confirms the booking with a button, %s', async (_where, options) => {
  const { page, faults } = await open(options)
  await title(page, 'Confirm your meeting?')
  await expectNoBarriers(page)
  await press(page, 'Confirm the meeting')
  await title(page, 'Your meeting is booked')
  await expectNoBarriers(page)
  await page.getByRole('link', { name: 'Change or cancel the meeting' }).click()
  await title(page, 'Your meeting')
  expect(faults).toEqual([])
})

it('offers other times when the time was taken meanwhile', async () => {
  app.clock.advance(16 * MINUTE)
  await book(app, { token: admin.token, input: { target: { agentId: ada.id }, startsAt: NINE } })
  const { page } = await open(PHONE)
  await press(page, 'Confirm the meeting')
  await title(page, 'This time is no longer free')
  await expectNoBarriers(page)
  await page.getByRole('button', { name: /10:30–11:00/ }).click()
  await title(page, 'Your meeting is booked')
})
