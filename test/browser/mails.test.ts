// Mails as a mail program in a browser shows them.
import type { Browser } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { composeMeetingMail } from '../../src/services/booking/mails/meeting-mail.ts'
import { findBarriers, overflow } from '../kit/accessibility.ts'
import { connectBrowser, visitAs } from '../kit/browser.ts'
import { cancelledFacts, changedFacts, meetingFacts } from '../services/notifications/meeting-facts.ts'

const MAILS = [
  meetingFacts(),
  meetingFacts({ conferenceUrl: null, body: `A long word: ${'x'.repeat(200)}` }),
  changedFacts(),
  changedFacts({ recipient: 'AGENT' }),
  cancelledFacts(),
  cancelledFacts({ kind: 'WITHDRAWAL' }),
].map(composeMeetingMail)

let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
  return () => browser.close()
})

/** A mail is shown inside of another page, which has the landmarks. */
const except = ['region', 'landmark-one-main']

it.each([
  ['on a phone in the dark', 390, 'dark'],
  ['at a desk in the light', 1280, 'light'],
] as const)('mails about meetings are legible and fit the window %s', async (_name, width, colorScheme) => {
  const { context, faults } = await visitAs(browser, { colorScheme, viewport: { width, height: 800 } })
  const page = await context.newPage()
  for (const { subject, html } of MAILS) {
    await page.setContent(html)
    const found = { subject, overflow: await overflow(page), barriers: await findBarriers(page, { except }) }
    expect(found).toEqual({ subject, overflow: 0, barriers: [] })
  }
  expect(faults).toEqual([])
})
