// What an agent does with our events in the calendar that nobody would expect: what comes of it here.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { GoogleAccount } from '../emulators/google/accounts.ts'
import type { MicrosoftAccount } from '../emulators/microsoft/user-actions.ts'
import type { Staff } from '../kit/actors.ts'
import { mutateMeeting } from '../kit/booking.ts'
import { at, bookWith, readMeeting, startAfresh, startsWith, synchronise } from '../kit/calendar-looks.ts'
import {
  type Account,
  type CalendarApp,
  createConnectedAgent,
  PROVIDERS,
  type Provider,
  startCalendarApp,
  work,
} from '../kit/calendars.ts'

let app: CalendarApp
let visitor: string

beforeAll(async () => {
  app = await startCalendarApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  visitor = await startAfresh(app)
})

/** A meeting that stands in the agent's calendar.
 * @returns its id, and that of its event */
async function bookWritten(agent: Staff, account: Account, time: string) {
  const known = account.events().map(({ id }) => id)
  const { id } = await bookWith(app, { agent, visitor, startsAt: at(time) })
  await work(app)
  const event = account.events().find((one) => !known.includes(one.id))
  return { id, eventId: String(event?.id) }
}

const startsOf = (agent: Staff, day?: { from: string; to: string }) =>
  startsWith(app, { agent, visitor, ...day })

/** Takes back that it was deleted, or declined. */
function putBack(provider: Provider, account: Account, eventId: string): void {
  if (provider === 'GOOGLE') (account as GoogleAccount).editEvent(eventId, { status: 'confirmed' })
  else (account as MicrosoftAccount).respond(eventId, 'accepted')
}

describe.each(PROVIDERS)('an event of ours in a calendar of %s', (provider) => {
  it('that is moved onto another one has a time of its own again when the visitor moves it', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const moved = await bookWritten(agent, account, '10:00')
    await bookWritten(agent, account, '13:00')
    account.moveEvent(moved.eventId, { start: at('13:00'), end: at('14:00') })
    await synchronise(app)
    // The part of it that is not the other one's is busy at once.
    await work(app)
    expect(await startsOf(agent)).not.toContain(at('13:30'))
    const move = { meetingId: moved.id, startsAt: at('15:00') }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', input: move, token: visitor })
    expect(await startsOf(agent)).not.toContain(at('15:00'))
    const second = await bookWith(app, { agent, visitor, startsAt: at('15:00') })
    expect(second.__typename).toBe('SlotUnavailableError')
  })

  it('that is made to last no time stays where it was, and keeps no other from being followed', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const first = await bookWritten(agent, account, '10:00')
    const second = await bookWritten(agent, account, '13:00')
    account.moveEvent(first.eventId, { start: at('11:00'), end: at('11:00') })
    account.moveEvent(second.eventId, { start: at('14:00'), end: at('14:30') })
    await synchronise(app)
    expect(await readMeeting(app, first.id)).toMatchObject({ status: 'SCHEDULED', startsAt: at('10:00') })
    expect(await readMeeting(app, second.id)).toMatchObject({ status: 'RESCHEDULED', startsAt: at('14:00') })
  })

  it('that is moved into the past by mistake, and back, takes its meeting along', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id, eventId } = await bookWritten(agent, account, '10:00')
    account.moveEvent(eventId, { start: '2026-03-02T06:00:00Z', end: '2026-03-02T06:30:00Z' })
    await synchronise(app)
    expect(await readMeeting(app, id)).toMatchObject({ startsAt: '2026-03-02T06:00:00.000Z' })
    account.moveEvent(eventId, { start: at('11:00'), end: at('11:30') })
    await synchronise(app)
    expect(await readMeeting(app, id)).toMatchObject({ startsAt: at('11:00'), endsAt: at('11:30') })
    expect(await startsOf(agent)).not.toContain(at('11:00'))
  })

  it('that is stretched over days keeps all of them free of slots', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id, eventId } = await bookWritten(agent, account, '10:00')
    const end = '2026-03-06T12:00:00.000Z'
    account.moveEvent(eventId, { start: at('10:00'), end })
    await synchronise(app)
    await work(app)
    expect(await readMeeting(app, id)).toMatchObject({ startsAt: at('10:00'), endsAt: end })
    expect(await startsOf(agent, { from: '2026-03-05T00:00:00Z', to: '2026-03-06T00:00:00Z' })).toEqual([])
    expect(await startsOf(agent, { from: '2026-03-06T00:00:00Z', to: '2026-03-07T00:00:00Z' })).toContain(end)
  })

  it('that the agent puts back after its meeting was cancelled takes its time like any other', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id, eventId } = await bookWritten(agent, account, '10:00')
    if (provider === 'GOOGLE') account.deleteEvent(eventId)
    else (account as MicrosoftAccount).respond(eventId, 'declined')
    await synchronise(app)
    expect(await readMeeting(app, id)).toMatchObject({ status: 'CANCELLED' })
    expect(await startsOf(agent)).toContain(at('10:00'))
    putBack(provider, account, eventId)
    await synchronise(app)
    expect(await startsOf(agent)).not.toContain(at('10:00'))
    expect(await readMeeting(app, id)).toMatchObject({ status: 'CANCELLED' })
  })
})
