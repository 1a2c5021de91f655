// What happens to a meeting here while its agent's calendar is being written is not lost.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../emulators/faults.ts'
import type { Route } from '../emulators/request-log.ts'
import { mutateMeeting } from '../kit/booking.ts'
import {
  at,
  bookWith,
  outsideOf,
  passMinutes,
  readMeeting,
  startAfresh,
  synchronise,
} from '../kit/calendar-looks.ts'
import {
  addAccount,
  addEvent,
  type CalendarApp,
  connectAccount,
  createConnectedAgent,
  PROVIDERS,
  type Provider,
  startCalendarApp,
  work,
} from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { mutate } from '../kit/mutate.ts'

/** Asked before an event is changed; and how it is changed. */
const EVENT = {
  GOOGLE: { looks: /^GET \/calendar\/v3\/calendars\/[^/]+\/events\/./, changes: /^PATCH \// },
  MICROSOFT: { looks: 'GET /v1.0/me/events', changes: /^PATCH \/v1\.0\/me\/events/ },
} satisfies Record<Provider, Record<string, Route>>

let app: CalendarApp
let visitor: string

beforeAll(async () => {
  app = await startCalendarApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  visitor = await startAfresh(app)
})

const change = async (mutation: string, input: object) => {
  const { __typename } = await mutateMeeting(app, { mutation, input, token: app.workspace.admin.token })
  expect(__typename).toBe('Meeting')
}

/** Works, and does something while a request of the route waits at the provider. */
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
  outsideOf(app, provider).faults.add(route, fault, { when })
  const working = work(app)
  await arrived.promise
  await happen().finally(over.resolve)
  await working
}

describe.each(PROVIDERS)('a calendar of %s', (provider) => {
  it('shows a meeting that its agent is given back while it is taken out', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const other = await createConnectedAgent(app, provider, 'Beth Moore')
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    await work(app)
    await change('reassignMeeting', { meetingId: id, agentId: other.agent.id })
    const removal = { provider, route: /^(DELETE|POST) .+\/events\/[^/]+(\/cancel)?$/ }
    await workMeanwhile(removal, () => change('reassignMeeting', { meetingId: id, agentId: agent.id }))
    await passMinutes(app, 2)
    expect(account.events()).toHaveLength(1)
    expect(other.account.events()).toEqual([])
    expect(await readMeeting(app, id)).toMatchObject({ calendarSync: 'WRITTEN' })
  })

  it('F38: that takes the place of another while a meeting is written there has it too', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    const second = addAccount(app, provider)
    await workMeanwhile({ provider, route: /^POST .+\/events$/ }, async () => {
      await mutate(app, { mutation: 'disconnectCalendar', input: {}, token: agent.token, select: '' })
      app.clock.advance(1000)
      const page = await connectAccount(app, { provider, agent, account: second.email })
      expect(page).toContain('is connected')
    })
    app.clock.advance(MINUTE)
    await passMinutes(app, 15)
    expect(second.events()).toHaveLength(1)
    expect(await readMeeting(app, id)).toMatchObject({ status: 'SCHEDULED', calendarSync: 'WRITTEN' })
  })

  it('shows the last of two moves, the first of which was refused when the second came', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    await work(app)
    await change('rescheduleMeeting', { meetingId: id, startsAt: at('14:00') })
    outsideOf(app, provider).faults.add(EVENT[provider].changes, { kind: 'answer', status: 400 })
    await workMeanwhile({ provider, route: EVENT[provider].looks }, async () => {
      app.clock.advance(MINUTE)
      await change('rescheduleMeeting', { meetingId: id, startsAt: at('15:00') })
    })
    expect(await readMeeting(app, id)).toMatchObject({ calendarSync: 'PENDING' })
    await work(app)
    expect(await readMeeting(app, id)).toMatchObject({ calendarSync: 'WRITTEN' })
    expect(account.eventsWithin(at('15:00'), at('15:30'))).toHaveLength(1)
  })

  it('keeps nothing of a meeting whose second event, after the first was deleted, was made without an answer', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    await work(app)
    account.deleteEvent(String(account.events()[0]?.id))
    await change('rescheduleMeeting', { meetingId: id, startsAt: at('14:00') })
    const { faults } = outsideOf(app, provider)
    faults.add(/^POST .+\/events$/, { kind: 'drop-after-commit' }, { times: 2 })
    await work(app)
    faults.clear()
    expect(account.events()).toHaveLength(1)
    await change('cancelMeeting', { meetingId: id })
    await passMinutes(app, 1)
    expect(account.events()).toEqual([])
  })
})

describe('a meeting that its agent deletes in a Google calendar while its link is being made', () => {
  beforeEach(() => {
    app.google.behaviour.conferences.pendingReads = 50
  })

  it('is cancelled, also when the link is looked for before the calendar is read', async () => {
    const { agent, account } = await createConnectedAgent(app, 'GOOGLE')
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    await work(app)
    account.deleteEvent(String(account.events()[0]?.id))
    await synchronise(app)
    expect(await readMeeting(app, id)).toMatchObject({ status: 'CANCELLED' })
    expect(account.events()).toEqual([])
  })

  it('is not made anew in order to be removed', async () => {
    const { agent, account } = await createConnectedAgent(app, 'GOOGLE')
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    await work(app)
    account.deleteEvent(String(account.events()[0]?.id))
    // What is found there when somebody wants to book has the calendar read at once.
    addEvent(account, { provider: 'GOOGLE', start: at('11:00'), end: at('12:00') })
    await bookWith(app, { agent, visitor, startsAt: at('11:00') })
    await work(app)
    expect(await readMeeting(app, id)).toMatchObject({ status: 'CANCELLED' })
    const writes = () => app.google.log.of(/^(POST|PATCH|DELETE) .+\/events(?!\/watch)/).length
    const before = writes()
    await passMinutes(app, 2)
    expect(writes()).toBe(before)
  })
})

it('a permission that cannot be deciphered is tried at growing intervals, not with every look', async () => {
  const { agent } = await createConnectedAgent(app, 'GOOGLE')
  await bookWith(app, { agent, visitor, startsAt: at('10:00') })
  const { database } = app.app.services
  await database.calendarCredential.updateMany({
    where: { connection: { agentId: agent.agentId } },
    data: { accessToken: Buffer.from('nonsense'), refreshToken: Buffer.from('nonsense') },
  })
  for (let second = 0; second < 30; second += 1) {
    app.clock.advance(1000)
    await work(app)
  }
  expect(app.faults.length).toBeGreaterThan(0)
  expect(app.faults.length).toBeLessThan(15)
})
