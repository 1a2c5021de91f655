import { describe, expect, it } from 'vitest'
import type { Staff } from '../kit/actors.ts'
import { mutateMeeting } from '../kit/booking.ts'
import {
  bookWith,
  calendarOf,
  countOf,
  emulatorOf,
  passMinutes,
  readMeeting,
  startsWith,
  synchronise,
} from '../kit/calendar-looks.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import {
  addEvent,
  checkContracts,
  connectAccount,
  createConnectedAgent,
  PROVIDERS,
  runDueCalendarWork,
} from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { aVisitor } from '../kit/scene.ts'
import { at, TUESDAY } from '../kit/times.ts'

const { app, visitor } = useCalendarScene({ visitor: aVisitor })

const startsOf = (agent: Staff) => startsWith(app, { agent, visitor: visitor.token })
const bookTen = (agent: Staff) => bookWith(app, { agent, visitor: visitor.token, startsAt: at('10:00') })

describe.each(PROVIDERS)('a calendar of %s', (provider) => {
  it('keeps its busy times free of slots', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    expect(await startsOf(agent)).toContain(at('10:00'))
    addEvent(account, { provider, start: at('10:00'), end: at('11:00') })
    await synchronise(app)
    const starts = await startsOf(agent)
    expect(starts).toContain(at('09:30'))
    expect(starts).not.toContain(at('10:00'))
    expect(starts).not.toContain(at('10:30'))
    expect(starts).toContain(at('11:00'))
  })

  it('is read again before a booking: a time that was taken a moment ago is refused', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    addEvent(account, { provider, start: at('10:00'), end: at('11:00') })
    const refused = await bookTen(agent)
    expect(refused).toMatchObject({ __typename: 'SlotUnavailableError', reason: 'TAKEN' })
    expect(await startsOf(agent)).toContain(at('10:00'))
    await runDueCalendarWork(app)
    expect(await startsOf(agent)).not.toContain(at('10:00'))
  })

  it('shows what is booked, with the visitor invited and a link to the conference', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookTen(agent)
    expect(await readMeeting(app, id)).toMatchObject({ calendarSync: 'PENDING', conferenceUrl: null })
    await runDueCalendarWork(app)
    expect(account.events()).toHaveLength(1)
    // Google takes its time to create a conference.
    app.clock.advance(MINUTE)
    await runDueCalendarWork(app)
    expect(await readMeeting(app, id)).toMatchObject({
      calendarSync: 'WRITTEN',
      conferenceUrl: expect.stringMatching(/^https:/),
    })
    const mails = [...app.google.mails, ...app.microsoft.mails].filter(({ from }) => from === account.email)
    expect(mails).toMatchObject([{ kind: 'INVITATION', to: 'grace@navy.example' }])
  })

  it('shows that a meeting is moved and cancelled, and does not change it in return', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookTen(agent)
    await runDueCalendarWork(app)
    const move = { meetingId: id, startsAt: at('14:00') }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', input: move, token: visitor.token })
    await runDueCalendarWork(app)
    expect(account.eventsWithin(at('14:00'), at('14:30'))).toHaveLength(1)
    expect(account.eventsWithin(at('10:00'), at('10:30'))).toHaveLength(0)
    await synchronise(app)
    expect(await readMeeting(app, id)).toMatchObject({
      history: [{ kind: 'BOOKED' }, { kind: 'RESCHEDULED' }],
    })
    await mutateMeeting(app, { mutation: 'cancelMeeting', input: { meetingId: id }, token: visitor.token })
    await runDueCalendarWork(app)
    expect(account.eventsWithin(TUESDAY.from, TUESDAY.to)).toHaveLength(0)
  })

  it('moves the meeting when the agent moves it there', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookTen(agent)
    await runDueCalendarWork(app)
    const [event] = account.events()
    account.moveEvent(String(event?.id), { start: at('15:00'), end: at('15:30') })
    await synchronise(app)
    expect(await readMeeting(app, id)).toMatchObject({
      status: 'RESCHEDULED',
      startsAt: at('15:00'),
      endsAt: at('15:30'),
      history: [
        { kind: 'BOOKED' },
        {
          kind: 'CALENDAR_CHANGED',
          actor: "The agent's calendar",
          actorKind: 'CALENDAR',
          actorAgent: { id: agent.id },
          reasonCode: 'EVENT_MOVED',
        },
      ],
    })
    const starts = await startsOf(agent)
    expect(starts).toContain(at('10:00'))
    expect(starts).not.toContain(at('15:00'))
  })

  it('cancels the meeting when the agent deletes it there', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookTen(agent)
    await runDueCalendarWork(app)
    const [event] = account.events()
    account.deleteEvent(String(event?.id))
    await synchronise(app)
    expect(await readMeeting(app, id)).toMatchObject({
      status: 'CANCELLED',
      history: [{ kind: 'BOOKED' }, { kind: 'CALENDAR_CHANGED', reasonCode: 'EVENT_DELETED' }],
    })
    expect(await startsOf(agent)).toContain(at('10:00'))
  })

  it('is not written because of a change made there, which is applied once', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookTen(agent)
    await runDueCalendarWork(app)
    await synchronise(app)
    const [event] = account.events()
    account.moveEvent(String(event?.id), { start: at('15:00'), end: at('15:30') })
    const written = countOf(app, { provider, route: 'writes' })
    await synchronise(app)
    await synchronise(app)
    expect(countOf(app, { provider, route: 'writes' })).toBe(written)
    expect((await readMeeting(app, id)).history).toHaveLength(2)
  })

  it('is not used while its permission is revoked, loses nothing, and continues once it is connected again', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookTen(agent)
    account.revokeAccess()
    account.expireAccessTokens()
    await runDueCalendarWork(app)
    expect((await calendarOf(app, agent))?.state).toBe('NEEDS_REAUTHENTICATION')
    expect(await startsOf(agent)).toEqual([])
    expect(await readMeeting(app, id)).toMatchObject({ status: 'SCHEDULED', calendarSync: 'PENDING' })
    expect(await connectAccount(app, { provider, agent, account: account.email })).toContain('is connected')
    await runDueCalendarWork(app)
    await runDueCalendarWork(app)
    expect(account.events()).toHaveLength(1)
    expect(await readMeeting(app, id)).toMatchObject({ calendarSync: 'WRITTEN' })
    expect(await startsOf(agent)).toContain(at('11:00'))
  })

  it('counts as busy when it cannot be read for half an hour', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    const other = await createConnectedAgent(
      app,
      provider === 'GOOGLE' ? 'MICROSOFT' : 'GOOGLE',
      'Beth Moore',
    )
    const route = provider === 'GOOGLE' ? 'GET /calendar/v3/**' : 'GET /v1.0/**'
    emulatorOf(app, provider).faults.add(
      route,
      { kind: 'answer', status: 503 },
      { times: Number.POSITIVE_INFINITY },
    )
    await passMinutes(app, 35)
    expect((await calendarOf(app, agent))?.state).toBe('CONNECTED')
    expect(await startsOf(agent)).toEqual([])
    expect(await startsOf(other.agent)).toContain(at('10:00'))
  })
})

it('sends the providers only requests that they describe', () => {
  expect(app.google.log.count('* /calendar/v3/**')).toBeGreaterThan(0)
  expect(app.microsoft.log.count('* /v1.0/**')).toBeGreaterThan(0)
  expect(checkContracts(app)).toEqual([])
})
