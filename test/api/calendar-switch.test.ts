// An agent who gives up a calendar and connects another one, with meetings to come.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { book, createBookableAgent, createVisitor, mutateMeeting } from '../kit/booking.ts'
import { eventually, mailsByCalendar, mailsByUs, uidIn } from '../kit/calendar-mails.ts'
import {
  addAccount,
  type CalendarApp,
  connectAccount,
  PROVIDERS,
  startCalendarApp,
} from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { mutate } from '../kit/mutate.ts'

const TEN = '2026-03-03T10:00:00.000Z'
const FOUR = '2026-03-03T16:00:00.000Z'

let app: CalendarApp

beforeAll(async () => {
  app = await startCalendarApp({ jobs: true })
})
afterAll(() => app.stop())

const ours = () => mailsByUs(app)

describe.each(PROVIDERS)('from the built-in calendar to one of %s', (provider) => {
  it('takes the meetings along, and the visitor keeps the one invitation', async () => {
    app.workspace = await createTestWorkspace(app)
    app.mails.length = 0
    const agent = await createBookableAgent(app, app.workspace)
    const token = await createVisitor(app, app.workspace)
    const { id } = await book(app, { token, input: { target: { agentId: agent.id }, startsAt: TEN } })
    await eventually(() => expect(ours()).toHaveLength(1))
    await eventually(async () => expect(await isWritten(agent.agentId)).toBe(true))
    await mutate(app, { mutation: 'disconnectCalendar', input: {}, token: agent.token, select: '' })
    const account = addAccount(app, provider)
    await connectAccount(app, { provider, agent, account: account.email })
    await eventually(() => expect(account.eventsWithin(TEN, FOUR)).toHaveLength(1))
    const move = { meetingId: id, startsAt: FOUR }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', input: move, token })
    app.clock.advance(3 * MINUTE)
    await eventually(() => expect(ours()).toHaveLength(2))
    const [first, second] = ours().map(({ calendar }) => calendar?.content)
    expect(uidIn(first)).toMatch(/^[0-9a-f-]{36}$/)
    expect(uidIn(second)).toBe(uidIn(first))
    expect(mailsByCalendar(app, account)).toEqual([])
  })
})

async function isWritten(agentId: string): Promise<boolean> {
  const entry = await app.app.services.database.calendarEntry.findFirstOrThrow({ where: { agentId } })
  return entry.eventId !== null
}
