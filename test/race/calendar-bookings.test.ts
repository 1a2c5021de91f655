// Many book agents whose calendars others keep, at the same time: every calendar is looked into before, and still nobody
// is booked twice. Many use one calendar at the same time: its permission is renewed once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openCalendar } from '../../src/services/calendars/connection/calendar-access.ts'
import { book, createVisitor, type Result } from '../kit/booking.ts'
import { at, countOf, startAfresh, synchronise } from '../kit/calendar-looks.ts'
import {
  addEvent,
  type CalendarApp,
  createConnectedAgent,
  PROVIDERS,
  startCalendarApp,
  work,
} from '../kit/calendars.ts'
import { HOUR, MINUTE } from '../kit/clock.ts'
import { scaleDeadlines } from '../kit/deadlines.ts'

const CALLERS = 50

let app: CalendarApp
let visitors: string[]

beforeAll(async () => {
  app = await startCalendarApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  await startAfresh(app)
  // How long a calendar may take to answer is not in question here, and many calls at once take their time.
  scaleDeadlines(20)
  visitors = await Promise.all(Array.from({ length: CALLERS }, () => createVisitor(app, app.workspace)))
})

const everybodyBooks = (target: object) =>
  Promise.all(
    visitors.map((token, number) => {
      const person = { email: `visitor${number}@example.com` }
      return book(app, { token, input: { target, startsAt: at('10:00'), person } })
    }),
  )

function kinds(results: Result[]): Record<string, number> {
  const count: Record<string, number> = {}
  for (const { __typename } of results) count[__typename] = (count[__typename] ?? 0) + 1
  return count
}

describe.each(PROVIDERS)('50 callers at once, with calendars of %s', (provider) => {
  it('F35: book one time of one agent: one wins, and one event is written', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const results = await everybodyBooks({ agentId: agent.id })
    expect(kinds(results)).toEqual({ Meeting: 1, SlotUnavailableError: 49 })
    await work(app)
    expect(account.events()).toHaveLength(1)
  })

  it('F35: book one time of three agents: three win, on three agents', async () => {
    for (const name of ['One', 'Two', 'Three']) await createConnectedAgent(app, provider, name)
    const results = await everybodyBooks({ roundRobin: true })
    expect(kinds(results)).toEqual({ Meeting: 3, SlotUnavailableError: 47 })
    expect(results.flatMap(({ agent }) => agent?.name ?? []).sort()).toEqual(['One', 'Three', 'Two'])
  })

  it('F35: book an agent who took the time a moment ago: nobody does', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    addEvent(account, { provider, start: at('10:00'), end: at('10:30') })
    const results = await everybodyBooks({ agentId: agent.id })
    expect(kinds(results)).toEqual({ SlotUnavailableError: 50 })
  })

  it('F4: use one calendar whose token has run out: it is renewed once', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    app.microsoft.behaviour.oldRefreshTokens = 'REFUSED'
    const { database } = app.app.services
    const connection = await database.calendarConnection.findUniqueOrThrow({
      where: { agentId: agent.agentId },
    })
    for (let round = 0; round < 3; round += 1) {
      app.clock.advance(HOUR)
      const asked = countOf(app, { provider, route: 'token' })
      const tokens = await Promise.all(
        Array.from({ length: CALLERS }, () => openCalendar(app.app.services, connection).token()),
      )
      expect(countOf(app, { provider, route: 'token' }) - asked).toBe(1)
      expect(new Set(tokens).size).toBe(1)
    }
  })

  it('look after the calendars: each thing is done once', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    await book(app, {
      token: visitors[0] ?? '',
      input: { target: { agentId: agent.id }, startsAt: at('10:00') },
    })
    const asked = () => countOf(app, { provider, route: 'writes', email: account.email })
    await Promise.all(Array.from({ length: CALLERS }, () => work(app)))
    expect(asked()).toBe(1)
    await synchronise(app)
    const readings = () => countOf(app, { provider, route: 'readings', email: account.email })
    const before = readings()
    app.clock.advance(13 * MINUTE)
    await Promise.all(Array.from({ length: CALLERS }, () => work(app)))
    // Google is asked for our own events besides.
    expect(readings() - before).toBe(provider === 'GOOGLE' ? 2 : 1)
    expect(asked()).toBe(1)
  })
})
