// Many callers book agents with external calendars at the same time: every calendar is prechecked, and no agent is booked
// twice. Many calls use one calendar at the same time: its token is renewed once.
import { beforeEach, describe, expect, it } from 'vitest'
import { openCalendar } from '../../src/services/calendars/connection/calendar-access.ts'
import { book, createVisitors, type Result } from '../kit/booking.ts'
import { at, countOf, synchronise } from '../kit/calendar-looks.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import { addEvent, createConnectedAgent, PROVIDERS, runDueCalendarWork } from '../kit/calendars.ts'
import { HOUR, MINUTE } from '../kit/clock.ts'
import { scaleDeadlines } from '../kit/deadlines.ts'
import { TEN } from '../kit/times.ts'

const CALLERS = 50

const { app, visitors } = useCalendarScene({ visitors: createVisitors(CALLERS) })

// How long a calendar may take to answer is not tested here, and many concurrent calls take time.
beforeEach(() => void scaleDeadlines(20))

const bookAll = (target: object) =>
  Promise.all(
    visitors.map((token, number) => {
      const person = { email: `visitor${number}@example.com` }
      return book(app, { token, input: { target, startsAt: TEN, person } })
    }),
  )

function kinds(results: Result[]): Record<string, number> {
  const count: Record<string, number> = {}
  for (const { __typename } of results) count[__typename] = (count[__typename] ?? 0) + 1
  return count
}

describe.each(PROVIDERS)('50 callers at once, with calendars of %s,', (provider) => {
  it('book one time of one agent: one succeeds, and one event is written', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const results = await bookAll({ agentId: agent.id })
    expect(kinds(results)).toEqual({ Meeting: 1, SlotUnavailableError: 49 })
    await runDueCalendarWork(app)
    expect(account.events()).toHaveLength(1)
  })

  it('book one time of three agents: three succeed, with three agents', async () => {
    for (const name of ['One', 'Two', 'Three']) await createConnectedAgent(app, provider, name)
    const results = await bookAll({ roundRobin: true })
    expect(kinds(results)).toEqual({ Meeting: 3, SlotUnavailableError: 47 })
    expect(results.flatMap(({ agent }) => agent?.name ?? []).sort()).toEqual(['One', 'Three', 'Two'])
  })

  it('book a time that the agent’s calendar has just blocked: all are refused', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    addEvent(account, { provider, start: TEN, end: at('10:30') })
    const results = await bookAll({ agentId: agent.id })
    expect(kinds(results)).toEqual({ SlotUnavailableError: 50 })
  })

  it('use one calendar whose token has expired: it is renewed once', async () => {
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

  it('run the calendar worker: each calendar is written and read once', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    await book(app, {
      token: visitors[0] ?? '',
      input: { target: { agentId: agent.id }, startsAt: TEN },
    })
    const asked = () => countOf(app, { provider, route: 'writes', email: account.email })
    await Promise.all(Array.from({ length: CALLERS }, () => runDueCalendarWork(app)))
    expect(asked()).toBe(1)
    await synchronise(app)
    const readings = () => countOf(app, { provider, route: 'readings', email: account.email })
    const before = readings()
    app.clock.advance(13 * MINUTE)
    await Promise.all(Array.from({ length: CALLERS }, () => runDueCalendarWork(app)))
    // Google is also asked for our own events.
    expect(readings() - before).toBe(provider === 'GOOGLE' ? 2 : 1)
    expect(asked()).toBe(1)
  })
})
