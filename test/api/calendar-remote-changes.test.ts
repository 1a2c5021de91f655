// Unusual remote changes: what an agent does to our events in the calendar, and the effect here.
import { describe, expect, it } from 'vitest'
import type { GoogleAccount } from '../emulators/google/accounts.ts'
import type { MicrosoftAccount } from '../emulators/microsoft/user-actions.ts'
import type { Staff } from '../kit/actors.ts'
import { mutateMeeting, slots } from '../kit/booking.ts'
import { bookWith, readMeeting, startsWith, synchronise } from '../kit/calendar-looks.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import {
  type Account,
  createConnectedAgent,
  PROVIDERS,
  type Provider,
  runDueCalendarWork,
} from '../kit/calendars.ts'
import { aVisitor } from '../kit/scene.ts'
import { at, TUESDAY } from '../kit/times.ts'

const { app, visitor } = useCalendarScene({ visitor: aVisitor })

/** A meeting that stands in the agent's calendar.
 * @returns its id, and that of its event */
async function bookWritten(agent: Staff, account: Account, time: string) {
  const known = account.events().map(({ id }) => id)
  const { id } = await bookWith(app, { agent, visitor: visitor.token, startsAt: at(time) })
  await runDueCalendarWork(app)
  const event = account.events().find((one) => !known.includes(one.id))
  return { id, eventId: String(event?.id) }
}

const startsOf = (agent: Staff, day?: { from: string; to: string }) =>
  startsWith(app, { agent, visitor: visitor.token, ...day })

/** Restores an event that was deleted or declined. */
function restore(provider: Provider, account: Account, eventId: string): void {
  if (provider === 'GOOGLE') (account as GoogleAccount).editEvent(eventId, { status: 'confirmed' })
  else (account as MicrosoftAccount).respond(eventId, 'accepted')
}

/** Books two meetings, and has the agent move the first one onto the second. */
async function bookAndMoveOntoAnother(agent: Staff, account: Account) {
  const moved = await bookWritten(agent, account, '10:00')
  await bookWritten(agent, account, '13:00')
  account.moveEvent(moved.eventId, { start: at('13:00'), end: at('14:00') })
  await synchronise(app)
  // The part that does not overlap the other event is busy at once.
  await runDueCalendarWork(app)
  return moved
}

describe.each(PROVIDERS)('an event of ours in a calendar of %s', (provider) => {
  it('that is moved onto another one gets its own time again when the visitor reschedules it', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const moved = await bookAndMoveOntoAnother(agent, account)
    expect(await startsOf(agent)).not.toContain(at('13:30'))
    const move = { meetingId: moved.id, startsAt: at('15:00') }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', input: move, token: visitor.token })
    expect(await startsOf(agent)).not.toContain(at('15:00'))
    const second = await bookWith(app, { agent, visitor: visitor.token, startsAt: at('15:00') })
    expect(second.__typename).toBe('SlotUnavailableError')
  })

  it('that is moved onto another one is not in the way of its own meeting when that is moved again', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const moved = await bookAndMoveOntoAnother(agent, account)
    const listed = await slots(app, { token: visitor.token, movingMeetingId: moved.id, ...TUESDAY })
    const starts = listed.days.flatMap((day) => day.slots.map(({ startsAt }) => startsAt))
    expect(starts).toContain(at('13:30'))
    expect(starts).not.toContain(at('13:00'))
    const input = { meetingId: moved.id, startsAt: at('13:30') }
    expect(
      await mutateMeeting(app, { mutation: 'rescheduleMeeting', input, token: visitor.token }),
    ).toMatchObject({ __typename: 'Meeting', startsAt: at('13:30') })
  })

  it('that is shortened to nothing stays where it was, and changes of other events are still applied', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const first = await bookWritten(agent, account, '10:00')
    const second = await bookWritten(agent, account, '13:00')
    account.moveEvent(first.eventId, { start: at('11:00'), end: at('11:00') })
    account.moveEvent(second.eventId, { start: at('14:00'), end: at('14:30') })
    await synchronise(app)
    expect(await readMeeting(app, first.id)).toMatchObject({ status: 'SCHEDULED', startsAt: at('10:00') })
    expect(await readMeeting(app, second.id)).toMatchObject({ status: 'RESCHEDULED', startsAt: at('14:00') })
  })

  it('that is moved into the past and back moves its meeting each time', async () => {
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

  it('that is extended over days blocks the slots of all of them', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id, eventId } = await bookWritten(agent, account, '10:00')
    const end = '2026-03-06T12:00:00.000Z'
    account.moveEvent(eventId, { start: at('10:00'), end })
    await synchronise(app)
    await runDueCalendarWork(app)
    expect(await readMeeting(app, id)).toMatchObject({ startsAt: at('10:00'), endsAt: end })
    expect(await startsOf(agent, { from: '2026-03-05T00:00:00Z', to: '2026-03-06T00:00:00Z' })).toEqual([])
    expect(await startsOf(agent, { from: '2026-03-06T00:00:00Z', to: '2026-03-07T00:00:00Z' })).toContain(end)
  })

  it('that the agent restores after its meeting was cancelled blocks its time like any other event', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id, eventId } = await bookWritten(agent, account, '10:00')
    if (provider === 'GOOGLE') account.deleteEvent(eventId)
    else (account as MicrosoftAccount).respond(eventId, 'declined')
    await synchronise(app)
    expect(await readMeeting(app, id)).toMatchObject({ status: 'CANCELLED' })
    expect(await startsOf(agent)).toContain(at('10:00'))
    restore(provider, account, eventId)
    await synchronise(app)
    expect(await startsOf(agent)).not.toContain(at('10:00'))
    expect(await readMeeting(app, id)).toMatchObject({ status: 'CANCELLED' })
  })
})
