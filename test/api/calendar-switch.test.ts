// An agent with upcoming meetings disconnects a calendar and connects another one.
import { describe, expect, it } from 'vitest'
import { book, mutateMeeting } from '../kit/booking.ts'
import { mailsByCalendar, mailsByUs, uidIn } from '../kit/calendar-mails.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import { addAccount, connectAccount, PROVIDERS } from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, bookable } from '../kit/scene.ts'
import { at, TEN } from '../kit/times.ts'

const FOUR = at('16:00')

const { app, ada, visitor, database, mutate } = useCalendarScene(
  { ada: bookable(), visitor: aVisitor },
  { jobs: true },
)

const ours = () => mailsByUs(app)

describe.each(PROVIDERS)('from the built-in calendar to one of %s', (provider) => {
  it('moves the meetings, and the visitor keeps the one invitation', async () => {
    const { token } = visitor
    const { id } = await book(app, { token, input: { target: { agentId: ada.id }, startsAt: TEN } })
    await eventually(() => expect(ours()).toHaveLength(1))
    await eventually(async () => expect(await isWritten(ada.agentId)).toBe(true))
    await mutate({ mutation: 'disconnectCalendar', input: {}, token: ada.token, select: '' })
    const account = addAccount(app, provider)
    await connectAccount(app, { provider, agent: ada, account: account.email })
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
  const entry = await database.calendarEntry.findFirstOrThrow({ where: { agentId } })
  return entry.eventId !== null
}
