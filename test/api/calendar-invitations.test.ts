// Exactly one invitation for each revision of a meeting reaches the visitor: from the agent's calendar, or with our mail.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Staff } from '../kit/actors.ts'
import { mutateMeeting } from '../kit/booking.ts'
import { bookWith, startAfresh } from '../kit/calendar-looks.ts'
import { eventually, mailsByCalendar, mailsByUs, uidIn } from '../kit/calendar-mails.ts'
import {
  type Account,
  type CalendarApp,
  createConnectedAgent,
  PROVIDERS,
  startCalendarApp,
  work,
} from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { outsideOf } from '../kit/providers/kits.ts'

const TEN = '2026-03-03T10:00:00.000Z'
const FOUR = '2026-03-03T16:00:00.000Z'

let app: CalendarApp
let visitor: string

beforeAll(async () => {
  app = await startCalendarApp({ jobs: true })
})
afterAll(() => app.stop())
beforeEach(async () => {
  visitor = await startAfresh(app)
})

const bookTen = (agent: Staff) => bookWith(app, { agent, visitor, startsAt: TEN })

const ours = () => mailsByUs(app)
const theirs = (account: Account) => mailsByCalendar(app, account)

describe.each(PROVIDERS)('a meeting in a calendar of %s', (provider) => {
  it('F8: is invited to by the calendar, and our mail carries no second invitation', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookTen(agent)
    app.clock.advance(MINUTE)
    await eventually(() => expect(ours()).toHaveLength(1))
    expect(ours()[0]?.calendar).toBeNull()
    expect(theirs(account)).toEqual(['INVITATION'])
    const move = { meetingId: id, startsAt: FOUR }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', input: move, token: visitor })
    await eventually(() => expect(ours()).toHaveLength(2))
    expect(ours()[1]?.calendar).toBeNull()
    expect(theirs(account)).toEqual(['INVITATION', 'UPDATE'])
    await mutateMeeting(app, { mutation: 'cancelMeeting', input: { meetingId: id }, token: visitor })
    await eventually(() => expect(theirs(account)).toHaveLength(3))
    await eventually(() => expect(ours()).toHaveLength(3))
    expect(ours()[2]?.calendar).toBeNull()
  })

  it('F31: our mail waits for the link to the conference', async () => {
    if (provider === 'GOOGLE') app.google.behaviour.conferences.pendingReads = 2
    const { agent } = await createConnectedAgent(app, provider)
    const { id: globalId } = await bookTen(agent)
    const id = idOf(globalId)
    // A conference is made in the provider's own time.
    const read = async () => {
      app.clock.advance(1000)
      await work(app)
      const { conferenceUrl } = await app.app.services.database.meeting.findUniqueOrThrow({ where: { id } })
      return conferenceUrl
    }
    await expect.poll(read, { timeout: 20_000, interval: 50 }).toMatch(/^https:/)
    await eventually(() => expect(ours()).toHaveLength(1))
    expect(ours()[0]?.text).toContain('Join: https://')
  })

  it('F32: is invited to by us when the account may invite nobody at present', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    if (!('invitationsLeft' in account)) return
    account.invitationsLeft = 0
    await bookTen(agent)
    app.clock.advance(MINUTE)
    await eventually(() => expect(ours()).toHaveLength(1))
    expect(account.events()).toHaveLength(1)
    expect(ours()[0]?.calendar?.content).toContain(`UID:${account.events()[0]?.iCalUID}`)
    expect(theirs(account)).toEqual([])
  })

  it('is told to the visitor after two minutes, even if the calendar cannot be written to', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const outside = outsideOf(app, provider)
    const route = provider === 'GOOGLE' ? 'POST /calendar/v3/calendars/*/events' : 'POST /v1.0/me/events'
    outside.faults.add(route, { kind: 'answer', status: 503 }, { times: Number.POSITIVE_INFINITY })
    const { id } = await bookTen(agent)
    app.clock.advance(3 * MINUTE)
    await eventually(() => expect(ours()).toHaveLength(1))
    expect(ours()[0]?.calendar).toBeNull()
    await expect.poll(() => firstFailedAt(agent), { timeout: 20_000 }).not.toBeNull()
    // In vain for a day: then the invitation is ours.
    app.clock.set('2026-03-03T08:30:00Z')
    await eventually(() => expect(ours()).toHaveLength(2))
    expect(ours()[1]?.calendar?.method).toBe('REQUEST')
    expect(ours()[1]?.messageId).not.toBe(ours()[0]?.messageId)
    // And so are those that follow, although the calendar takes the meeting again.
    outside.faults.clear()
    const move = { meetingId: id, startsAt: FOUR }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', input: move, token: visitor })
    await eventually(() => expect(account.events()).toHaveLength(1))
    await eventually(() => expect(ours()).toHaveLength(3))
    const [, first, second] = ours().map(({ calendar }) => calendar)
    expect(second?.method).toBe('REQUEST')
    expect(uidIn(second?.content)).toBe(uidIn(first?.content))
    expect(theirs(account)).toEqual([])
  })
})

/** Since when it is tried in vain to write the agent's meeting. */
async function firstFailedAt({ agentId }: Staff): Promise<Date | null> {
  const entry = await app.app.services.database.calendarEntry.findFirstOrThrow({ where: { agentId } })
  return entry.firstFailedAt
}

const idOf = (globalId: string) => Buffer.from(globalId, 'base64').toString().replace(/^\w+:/, '')
