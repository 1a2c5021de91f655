// A node that is killed holds leases on the calendars that it was working on.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { at, bookWith, readMeeting, startAfresh } from '../../kit/calendar-looks.ts'
import {
  type CalendarApp,
  createConnectedAgent,
  runDueCalendarWork,
  startCalendarApp,
} from '../../kit/calendars.ts'
import { MINUTE } from '../../kit/clock.ts'

let app: CalendarApp
let visitor: string

beforeAll(async () => {
  app = await startCalendarApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  visitor = await startAfresh(app)
})

it('another node goes on with a calendar 15 seconds after the last heartbeat of the node that worked on it', async () => {
  const { database } = app.app.services
  const { agent } = await createConnectedAgent(app, 'GOOGLE')
  const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
  const now = app.clock.now()
  const nodeId = randomUUID()
  await database.nodeHeartbeat.create({ data: { nodeId, at: now } })
  await database.calendarConnection.updateMany({
    where: { agentId: agent.agentId },
    data: { leasedBy: nodeId, leasedUntil: new Date(now.getTime() + MINUTE) },
  })
  app.clock.advance(15_000)
  await runDueCalendarWork(app)
  expect(await readMeeting(app, id)).toMatchObject({ calendarSync: 'PENDING' })
  app.clock.advance(1)
  await runDueCalendarWork(app)
  expect(await readMeeting(app, id)).toMatchObject({ calendarSync: 'WRITTEN' })
})
