// A visitor from Germany opens the link in the mail about a meeting, on a phone or on a desk.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { START } from '../kit/app.ts'
import { book, createVisitor, mutateMeeting, type Result } from '../kit/booking.ts'
import { connectBrowser, type Visit, visitAs } from '../kit/browser.ts'
import { DAY } from '../kit/clock.ts'
import { eventually } from '../kit/eventually.ts'
import {
  check,
  choose,
  cutOff,
  DESK,
  letBeCutOff,
  linkIn,
  news,
  onFirst,
  onMove,
  PHONE,
  press,
  timesOn,
  title,
} from '../kit/meeting-page.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { at, NINE } from '../kit/times.ts'

const EMAIL = 'grace@navy.example'
const { app, acme, ada, visitor } = useScene(
  { ada: bookable(), visitor: aVisitor },
  { start: () => startOnPort({ jobs: true }) },
)
let browser: Browser
let guest: Visit
let meeting: Result

beforeAll(async () => {
  browser = await connectBrowser()
  return () => browser.close()
})
beforeEach(async () => {
  meeting = await bookAda(NINE)
})

/** Books Ada, by default for Grace. */
async function bookAda(startsAt: string, { token = visitor.token, email = EMAIL } = {}): Promise<Result> {
  const person = { email, firstName: 'Grace', lastName: 'Hopper' }
  const input = { target: { agentId: ada.id }, startsAt, person, agenda: 'Prices for a team of twenty' }
  return book(app, { token, input })
}

/** Another visitor is quicker. */
async function bookAsAnother(startsAt: string): Promise<void> {
  const token = await createVisitor(app, acme)
  expect(await bookAda(startsAt, { token, email: 'eve@example.com' })).toMatchObject({ startsAt })
}

/** Opens a link, by default that in the mail. */
async function open(options: BrowserContextOptions, link?: string): Promise<Page> {
  guest = await visitAs(browser, options, app.server.url)
  await guest.context.clock.setFixedTime(START)
  await letBeCutOff(guest.context)
  return guest.open(link ?? (await linkIn(app.mails)))
}

const read = (): Promise<Result> =>
  eventually(async () => {
    const query = `query ($id: ID!) { node(id: $id) { ... on Meeting { status startsAt history { kind reason } } } }`
    const answer = await app.execute<{ node: Result }>(query, {
      variables: { id: meeting.id },
      token: visitor.token,
    })
    return answer.data?.node as Result
  })

describe('the page of a meeting’s link', () => {
  it('shows the time in the visitor’s language and zone, and moves the meeting to another one', async () => {
    const page = await open(DESK)
    await page.getByRole('radio', { name: 'Mittwoch, 4. März' }).waitFor()
    expect(await page.locator('#time').innerText()).toBe('Dienstag, 3. März 2026, 10:00–10:30 Uhr')
    expect(await page.getByLabel('Time zone').inputValue()).toBe('Europe/Berlin')
    await choose(page, 'Mittwoch, 4. März', '11:30')
    await page.getByLabel('Message to Ada Lovelace (optional)').fill('My train is late.')
    await press(page, 'Move the meeting')
    await title(page, 'Your meeting is moved')
    expect(await news(page)).toBe(
      'From Dienstag, 3. März 2026 um 10:00 to Mittwoch, 4. März 2026 um 11:30. A mail with the new time is on its way to grace@navy.example.',
    )
    expect(await page.locator('#time').innerText()).toBe('Mittwoch, 4. März 2026, 11:30–12:00 Uhr')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('title')
    expect(await read()).toMatchObject({
      startsAt: '2026-03-04T10:30:00.000Z',
      history: [{ kind: 'BOOKED' }, { kind: 'RESCHEDULED', reason: 'My train is late.' }],
    })
    expect(guest.faults).toEqual([])
  })

  it('is used with the keyboard alone', async () => {
    const page = await open(DESK)
    await page.getByRole('radio', { name: 'Dienstag, 3. März' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByText('Times on Mittwoch, 4. März').waitFor()
    for (const key of ['Tab', 'Space', 'ArrowDown', 'Tab', 'Tab', 'Enter']) await page.keyboard.press(key)
    await title(page, 'Your meeting is moved')
    expect(await read()).toMatchObject({ startsAt: '2026-03-04T09:30:00.000Z' })
  })

  it('says at once that the chosen time was taken, and no longer offers it', async () => {
    const page = await open(DESK)
    await choose(page, 'Dienstag, 3. März', '14:00')
    await bookAsAnother(at('13:00'))
    await page.getByText('Sorry, Dienstag, 3. März 2026 um 14:00 has just been taken.').waitFor()
    expect(await timesOn(page)).not.toContain('14:00')
    expect(await page.getByRole('button', { name: 'Move the meeting' }).isVisible()).toBe(false)
    // What was in the way is free again.
    await page.getByRole('radio', { name: '14:30' }).focus()
    await bookAsAnother(at('13:30'))
    await expect.poll(() => timesOn(page)).not.toContain('14:30')
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toContain('T14:00')
  })

  it('says so when somebody is quicker by a moment, and renews the times', async () => {
    const page = await open(DESK)
    await choose(page, 'Dienstag, 3. März', '15:00')
    await onMove(page, async (route) => {
      await bookAsAnother(at('14:00'))
      await route.continue()
    })
    await press(page, 'Move the meeting')
    await page.getByText('has just been taken').waitFor()
    await expect.poll(() => timesOn(page)).not.toContain('15:00')
    expect(await read()).toMatchObject({ startsAt: NINE })
    await choose(page, 'Dienstag, 3. März', '15:30')
    await press(page, 'Move the meeting')
    await title(page, 'Your meeting is moved')
  })

  it('can be tried again when the answer was lost, and moves the meeting once', async () => {
    const page = await open(DESK)
    await choose(page, 'Dienstag, 3. März', '15:00')
    // Otherwise the page may learn of the new time before it is tried again.
    await cutOff(page)
    await onMove(page, async (route) => {
      await route.fetch()
      await route.abort()
    })
    await press(page, 'Move the meeting')
    await page.getByText('We cannot reach the server.').waitFor()
    await press(page, 'Move the meeting')
    await title(page, 'Your meeting is moved')
    expect((await read()).history).toMatchObject([{ kind: 'BOOKED' }, { kind: 'RESCHEDULED' }])
  })

  it('keeps what was just done when an older answer comes late', async () => {
    const page = await open(DESK)
    await page.getByRole('radio', { name: 'Mittwoch, 4. März' }).waitFor()
    const [asked, moved] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await onFirst(page, 'query VisitorsMeeting', async (route) => {
      const response = await route.fetch()
      asked.resolve()
      await moved.promise
      await route.fulfill({ response })
    })
    await bookAsAnother(at('13:00'))
    await asked.promise
    await choose(page, 'Dienstag, 3. März', '15:00')
    await press(page, 'Move the meeting')
    await title(page, 'Your meeting is moved')
    moved.resolve()
    await bookAsAnother(at('11:00'))
    await expect.poll(() => timesOn(page)).not.toContain('12:00')
    expect(await news(page)).toContain('From Dienstag, 3. März 2026 um 10:00')
  })

  it('cancels with a reason, which the agent reads, and books again', async () => {
    const page = await open(DESK)
    await press(page, 'Cancel the meeting')
    await page.getByLabel('Reason (optional)').fill('We chose another product.')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the meeting' }).click()
    await title(page, 'Your meeting is cancelled')
    expect(await news(page)).toContain('Ada Lovelace has been notified.')
    await eventually(() => {
      const mail = app.mails.find(
        ({ to, subject }) => to.address === ada.email && subject.startsWith('Cancelled'),
      )
      expect(mail?.text).toContain('Reason: We chose another product.')
    })
    await press(page, 'Book again')
    await title(page, 'Book again')
    expect(await news(page)).toBe('')
    await choose(page, 'Donnerstag, 5. März', '10:00')
    expect(await page.locator('#confirmation p').innerText()).toMatch(/^Time: Donnerstag, 5. März 2026/)
    await page.getByLabel('What is it about? (optional)').fill('A second look')
    await press(page, 'Book the meeting')
    await title(page, 'Your meeting is booked')
    expect(await news(page)).toContain('On Donnerstag, 5. März 2026 um 10:00. An invitation is on its way')
    await page.reload()
    await page.getByText('A second look').waitFor()
    expect(guest.faults).toEqual([])
  })

  it('shows all times in another zone that the visitor chooses', async () => {
    const page = await open(DESK)
    await choose(page, 'Mittwoch, 4. März', '10:00')
    await page.getByLabel('Time zone').selectOption('Pacific/Auckland')
    expect(await page.locator('#time').innerText()).toContain('Dienstag, 3. März 2026, 22:00')
    expect(await page.getByRole('radio', { name: 'Mittwoch, 4. März' }).isChecked()).toBe(true)
    expect(await page.getByRole('radio', { name: '22:00' }).isChecked()).toBe(true)
  })

  it('shows what the agent changed while the page is open', async () => {
    const page = await open(DESK)
    await page.getByRole('radio', { name: 'Mittwoch, 4. März' }).waitFor()
    const input = { meetingId: meeting.id, reason: 'I am ill.' }
    await mutateMeeting(app, { mutation: 'cancelMeeting', token: ada.token, input })
    await title(page, 'Your meeting is cancelled')
    expect(await page.locator('#actor').innerText()).toBe('Ada Lovelace')
    expect(await page.locator('#reason').innerText()).toBe('I am ill.')
  })
})

it('says what a link is that shows no meeting, or one that is over', async () => {
  const link = await linkIn(app.mails)
  app.clock.set(new Date(Date.parse(NINE) + DAY).toISOString())
  const page = await open(PHONE, link)
  await title(page, 'Your meeting is over')
  expect(await page.getByRole('button').allInnerTexts()).toEqual(['Book again'])
  app.clock.set(new Date(Date.parse(NINE) + 91 * DAY).toISOString())
  await page.reload()
  await title(page, 'This link has expired')
  await page.goto(`${app.server.url}/meeting#sbm_AAAA`)
  await title(page, 'We do not know this link')
  await page.goto(`${app.server.url}/meeting#`)
  await title(page, 'Open the link from your mail')
  expect(await page.getByRole('button').count()).toBe(0)
})

describe('the page fits the window and has no barriers', () => {
  it('at a desk in the light', async () => {
    const page = await open({ ...DESK, colorScheme: 'light' })
    await choose(page, 'Mittwoch, 4. März', '10:00')
    await check(page, 'a time is chosen')
  })

  it('on a phone in the dark, in every state', async () => {
    const page = await open({ ...PHONE, colorScheme: 'dark' })
    await choose(page, 'Mittwoch, 4. März', '10:00')
    await check(page, 'a time is chosen')
    await press(page, 'Move the meeting')
    await title(page, 'Your meeting is moved')
    await check(page, 'moved')
    await press(page, 'Cancel the meeting')
    await check(page, 'asked to cancel')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the meeting' }).click()
    await title(page, 'Your meeting is cancelled')
    await check(page, 'cancelled')
    await press(page, 'Book again')
    await choose(page, 'Donnerstag, 5. März', '10:00')
    await check(page, 'booking again')
    await page.goto(`${app.server.url}/meeting`)
    await title(page, 'Open the link from your mail')
    await check(page, 'no meeting')
  })
})
