// Changes of a meeting are not lost when they come while its agent's calendar is being written.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../emulators/faults.ts'
import type { Route } from '../emulators/request-log.ts'
import { mutateMeeting } from '../kit/booking.ts'
import { bookWith, emulatorOf, passMinutes, readMeeting, synchronise } from '../kit/calendar-looks.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import {
  addAccount,
  addEvent,
  connectAccount,
  createConnectedAgent,
  PROVIDERS,
  type Provider,
  runDueCalendarWork,
} from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { aVisitor } from '../kit/scene.ts'
import { at } from '../kit/times.ts'

/** The request before an event is changed, and the one that changes it. */
const EVENT = {
  GOOGLE: { looks: /^GET \/calendar\/v3\/calendars\/[^/]+\/events\/./, changes: /^PATCH \// },
  MICROSOFT: { looks: 'GET /v1.0/me/events', changes: /^PATCH \/v1\.0\/me\/events/ },
} satisfies Record<Provider, Record<string, Route>>

const { app, admin, visitor, database, mutate } = useCalendarScene({ visitor: aVisitor })

const change = async (mutation: string, input: object) => {
  const { __typename } = await mutateMeeting(app, { mutation, input, token: admin.token })
  expect(__typename).toBe('Meeting')
}

/** Runs the calendar work, and does something while a request of the route waits at the provider. */
async function workMeanwhile(
  { provider, route }: { provider: Provider; route: Route },
  happen: () => Promise<void>,
): Promise<void> {
  const arrived = Promise.withResolvers<void>()
  const over = Promise.withResolvers<void>()
  const fault: Fault = { kind: 'delay', until: over.promise }
  const when = () => {
    arrived.resolve()
    return true
  }
  emulatorOf(app, provider).faults.add(route, fault, { when })
  const working = runDueCalendarWork(app)
  await arrived.promise
  await happen().finally(over.resolve)
  await working
}

describe.each(PROVIDERS)('a calendar of %s', (provider) => {
  it('shows a meeting that is assigned to its agent again while it is being removed', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const other = await createConnectedAgent(app, provider, 'Beth Moore')
    const { id } = await bookWith(app, { agent, visitor: visitor.token, startsAt: at('10:00') })
    await runDueCalendarWork(app)
    await change('reassignMeeting', { meetingId: id, agentId: other.agent.id })
    const removal = { provider, route: /^(DELETE|POST) .+\/events\/[^/]+(\/cancel)?$/ }
    await workMeanwhile(removal, () => change('reassignMeeting', { meetingId: id, agentId: agent.id }))
    await passMinutes(app, 2)
    expect(account.events()).toHaveLength(1)
    expect(other.account.events()).toEqual([])
    expect(await readMeeting(app, id)).toMatchObject({ calendarSync: 'WRITTEN' })
  })

  it('that replaces another while a meeting is being written there gets the meeting too', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(app, { agent, visitor: visitor.token, startsAt: at('10:00') })
    const second = addAccount(app, provider)
    await workMeanwhile({ provider, route: /^POST .+\/events$/ }, async () => {
      await mutate({ mutation: 'disconnectCalendar', input: {}, token: agent.token, select: '' })
      app.clock.advance(1000)
      const page = await connectAccount(app, { provider, agent, account: second.email })
      expect(page).toContain('is connected')
    })
    app.clock.advance(MINUTE)
    await passMinutes(app, 15)
    expect(second.events()).toHaveLength(1)
    expect(await readMeeting(app, id)).toMatchObject({ status: 'SCHEDULED', calendarSync: 'WRITTEN' })
  })

  it('shows the last of two reschedulings when the second one arrives while the first is refused', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(app, { agent, visitor: visitor.token, startsAt: at('10:00') })
    await runDueCalendarWork(app)
    await change('rescheduleMeeting', { meetingId: id, startsAt: at('14:00') })
    emulatorOf(app, provider).faults.add(EVENT[provider].changes, { kind: 'answer', status: 400 })
    await workMeanwhile({ provider, route: EVENT[provider].looks }, async () => {
      app.clock.advance(MINUTE)
      await change('rescheduleMeeting', { meetingId: id, startsAt: at('15:00') })
    })
    expect(await readMeeting(app, id)).toMatchObject({ calendarSync: 'PENDING' })
    await runDueCalendarWork(app)
    expect(await readMeeting(app, id)).toMatchObject({ calendarSync: 'WRITTEN' })
    expect(account.eventsWithin(at('15:00'), at('15:30'))).toHaveLength(1)
  })

  it('keeps no event of a cancelled meeting whose event was created a second time without an answer', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(app, { agent, visitor: visitor.token, startsAt: at('10:00') })
    await runDueCalendarWork(app)
    account.deleteEvent(String(account.events()[0]?.id))
    await change('rescheduleMeeting', { meetingId: id, startsAt: at('14:00') })
    const { faults } = emulatorOf(app, provider)
    faults.add(/^POST .+\/events$/, { kind: 'drop-after-commit' }, { times: 2 })
    await runDueCalendarWork(app)
    faults.clear()
    expect(account.events()).toHaveLength(1)
    await change('cancelMeeting', { meetingId: id })
    await passMinutes(app, 1)
    expect(account.events()).toEqual([])
  })
})

describe('a meeting that its agent deletes in a Google calendar while its link is being created', () => {
  beforeEach(() => {
    app.google.behaviour.conferences.pendingReads = 50
  })

  it('is cancelled, also when the link is requested before the calendar is read', async () => {
    const { agent, account } = await createConnectedAgent(app, 'GOOGLE')
    const { id } = await bookWith(app, { agent, visitor: visitor.token, startsAt: at('10:00') })
    await runDueCalendarWork(app)
    account.deleteEvent(String(account.events()[0]?.id))
    await synchronise(app)
    expect(await readMeeting(app, id)).toMatchObject({ status: 'CANCELLED' })
    expect(account.events()).toEqual([])
  })

  it('is not created again only to be removed', async () => {
    const { agent, account } = await createConnectedAgent(app, 'GOOGLE')
    const { id } = await bookWith(app, { agent, visitor: visitor.token, startsAt: at('10:00') })
    await runDueCalendarWork(app)
    account.deleteEvent(String(account.events()[0]?.id))
    // An unknown event that the precheck of a booking finds makes the calendar be read at once.
    addEvent(account, { provider: 'GOOGLE', start: at('11:00'), end: at('12:00') })
    await bookWith(app, { agent, visitor: visitor.token, startsAt: at('11:00') })
    await runDueCalendarWork(app)
    expect(await readMeeting(app, id)).toMatchObject({ status: 'CANCELLED' })
    const writes = () => app.google.log.of(/^(POST|PATCH|DELETE) .+\/events(?!\/watch)/).length
    const before = writes()
    await passMinutes(app, 2)
    expect(writes()).toBe(before)
  })
})

it('a credential that cannot be decrypted is retried with back-off, not in every run', async () => {
  const { agent } = await createConnectedAgent(app, 'GOOGLE')
  await bookWith(app, { agent, visitor: visitor.token, startsAt: at('10:00') })
  await database.calendarCredential.updateMany({
    where: { connection: { agentId: agent.agentId } },
    data: { accessToken: Buffer.from('nonsense'), refreshToken: Buffer.from('nonsense') },
  })
  for (let second = 0; second < 30; second += 1) {
    app.clock.advance(1000)
    await runDueCalendarWork(app)
  }
  expect(app.faults.length).toBeGreaterThan(0)
  expect(app.faults.length).toBeLessThan(15)
})
