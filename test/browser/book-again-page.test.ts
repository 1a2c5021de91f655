// A visitor whose meeting is cancelled opens its link, and books again.
import type { Browser, Page } from 'playwright-core'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { signMeetingLink } from '../../src/services/identity/meeting-link.ts'
import { START } from '../kit/app.ts'
import { book, mutateMeeting, type Result } from '../kit/booking.ts'
import { connectBrowser, type Visit, visitAs } from '../kit/browser.ts'
import { choose, cutOff, DESK, letBeCutOff, press, title } from '../kit/meeting-page.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { at, NINE } from '../kit/times.ts'

const EMAIL = 'grace@navy.example'

const { app, ada, visitor, mutate, database } = useScene(
  { ada: bookable(), beth: bookable(), visitor: aVisitor },
  { start: startOnPort },
)
let browser: Browser
let guest: Visit
/** The token of the link of a cancelled meeting. */
let link: string

beforeAll(async () => {
  browser = await connectBrowser()
  return () => browser.close()
})
beforeEach(async () => {
  const person = { email: EMAIL, firstName: 'Grace' }
  const input = { target: { agentId: ada.id }, startsAt: NINE, person }
  await book(app, { token: visitor.token, input })
  link = await linkOfStanding()
  await cancelWith(link)
})

async function linkOfStanding(): Promise<string> {
  const where = { agentId: ada.agentId, status: 'SCHEDULED' } as const
  const { id } = await database.meeting.findFirstOrThrow({ where })
  return signMeetingLink(app.app.services.signer, { meetingId: id, address: EMAIL })
}

const cancelWith = (manageToken: string): Promise<Result> =>
  mutateMeeting(app, { mutation: 'cancelMeeting', input: { manageToken } })

function bookWith(token: string, startsAt: string): Promise<Result> {
  const input = { target: { agentId: ada.id }, startsAt, timeZone: 'Europe/Berlin' }
  return mutateMeeting(app, { mutation: 'bookMeeting', token, input })
}

async function chooseAgain(): Promise<Page> {
  guest = await visitAs(browser, DESK, app.server.url)
  await guest.context.clock.setFixedTime(START)
  await letBeCutOff(guest.context)
  const page = await guest.open(`${app.server.url}/meeting#${link}`)
  await press(page, 'Book again')
  await choose(page, 'Mittwoch, 4. März', '10:00')
  return page
}

it('the page says that it books another meeting, not that it moves one', async () => {
  const page = await chooseAgain()
  await title(page, 'Book again')
  expect(await page.locator('#confirmation p').innerText()).toMatch(/^Time: Mittwoch, 4. März 2026/)
})

it('the page says that a meeting stands which was booked with a later link, and offers to book none', async () => {
  await bookWith(link, at('11:00'))
  const later = await linkOfStanding()
  await cancelWith(later)
  expect(await bookWith(later, at('12:00'))).toMatchObject({ __typename: 'Meeting' })
  const page = await chooseAgain()
  await press(page, 'Book the meeting')
  await page.getByText('You already have another meeting, so nothing was booked.').waitFor()
  await title(page, 'Your meeting is cancelled')
  expect(await page.getByRole('button').count()).toBe(0)
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('title')
  expect(guest.faults).toEqual([])
})

it('the page shows the meeting that was booked with its own link in another tab', async () => {
  const page = await chooseAgain()
  // Otherwise the page may learn of the meeting before the visitor presses.
  await cutOff(page)
  await bookWith(link, at('11:00'))
  await press(page, 'Book the meeting')
  await page.getByText('The meeting was changed meanwhile.').waitFor()
  await title(page, 'Your meeting')
  await page.getByRole('button', { name: 'Cancel the meeting' }).waitFor()
})

it('the page offers the times of colleagues when the agent takes no meetings any more', async () => {
  await mutate({ mutation: 'disconnectCalendar', input: {}, token: ada.token, select: '' })
  const page = await chooseAgain()
  await page.getByText('the free times of all colleagues').waitFor()
  await press(page, 'Book the meeting')
  await page.getByText('Beth Moore', { exact: true }).waitFor()
})
