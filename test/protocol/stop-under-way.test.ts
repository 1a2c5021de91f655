// What a stop of a node gives up because it would take too long, and what becomes of it.
import { expect, it, onTestFinished, vi } from 'vitest'
import { book, createBookableAgent, createVisitor } from '../kit/booking.ts'
import { countOf, failFor } from '../kit/calendar-looks.ts'
import { createConnectedAgent, PROVIDERS, type Provider, startCalendarServer } from '../kit/calendars.ts'
import { HOUR } from '../kit/clock.ts'
import { openTestDatabase } from '../kit/database.ts'
import { eventually } from '../kit/eventually.ts'
import { TEN } from '../kit/times.ts'

async function startWithOwnDatabase() {
  const database = await openTestDatabase()
  onTestFinished(() => database.close())
  const stays = { ...database, close: async () => {} }
  const app = await startCalendarServer({ jobs: true, stopMs: 500, database: stays })
  return { app, client: database.client }
}

it('gives up readings of calendars that never end; they are due again at once, and count as no failure', async () => {
  const { app, client } = await startWithOwnDatabase()
  const neverRead = async (provider: Provider) => {
    const { account } = await createConnectedAgent(app, provider, `Agent of ${provider}`)
    const route = { provider, route: 'readings', email: account.email } as const
    failFor(app, route, { kind: 'hang', times: Number.POSITIVE_INFINITY })
    const before = countOf(app, route)
    return () => expect(countOf(app, route)).toBeGreaterThan(before)
  }
  const expectAsked = await Promise.all(PROVIDERS.map(neverRead))
  app.clock.advance(HOUR)
  for (const expectIt of expectAsked) await eventually(expectIt)
  await app.stop()
  const left = { failures: 0, backoffUntil: null, leasedUntil: null, syncDueAt: app.clock.now() }
  expect(await client.calendarConnection.findMany()).toEqual(
    PROVIDERS.map(() => expect.objectContaining(left)),
  )
  expect(app.faults).toEqual([])
})

it('gives up mails that are never taken, and they are sent again', async () => {
  const { app, client } = await startWithOwnDatabase()
  const send = vi.spyOn(app.app.services.mailer, 'send').mockReturnValue(new Promise(() => {}))
  const ada = await createBookableAgent(app, app.workspace)
  const person = { email: 'grace@navy.example' }
  const input = { target: { agentId: ada.id }, startsAt: TEN, person }
  await book(app, { token: await createVisitor(app, app.workspace), input })
  await eventually(() => expect(send).toHaveBeenCalledTimes(2))
  await app.stop()
  const jobs = await client.$queryRaw`SELECT "state"::text FROM pgboss.job WHERE "name" = 'meeting-mail'`
  expect(jobs).toEqual([{ state: 'retry' }, { state: 'retry' }])
  expect(app.faults).toEqual([])
})
