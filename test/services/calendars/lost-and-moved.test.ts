// What random changes on both sides have shown: an answer that is lost just before a meeting is given up, an event that is
// moved a moment before somebody books, and an event that goes to another agent.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mutateMeeting } from '../../kit/booking.ts'
import {
  at,
  bookWith,
  emulatorOf,
  passMinutes,
  ROUTES,
  readMeeting,
  startAfresh,
  TUESDAY,
} from '../../kit/calendar-looks.ts'
import {
  type CalendarApp,
  createConnectedAgent,
  PROVIDERS,
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

const change = (mutation: string, input: object) =>
  mutateMeeting(app, { mutation, input, token: app.workspace.admin.token })

describe.each(PROVIDERS)('a calendar of %s', (provider) => {
  const loseNextAnswer = () =>
    emulatorOf(app, provider).faults.add(ROUTES[provider].writes, { kind: 'drop-after-commit' })

  it('keeps nothing of a meeting that is cancelled after the answer to its event was lost', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    loseNextAnswer()
    await runDueCalendarWork(app)
    expect(account.events()).toHaveLength(1)
    await change('cancelMeeting', { meetingId: id })
    app.clock.advance(MINUTE)
    await runDueCalendarWork(app)
    expect(account.events()).toEqual([])
  })

  it('keeps nothing of a meeting that another agent takes over after the answer to its event was lost', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const other = await createConnectedAgent(app, provider, 'Beth Moore')
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    loseNextAnswer()
    await runDueCalendarWork(app)
    await change('reassignMeeting', { meetingId: id, agentId: other.agent.id })
    app.clock.advance(MINUTE)
    await runDueCalendarWork(app)
    expect(account.events()).toEqual([])
    expect(other.account.events()).toHaveLength(1)
  })

  it('moves its meeting also when it is moved before the answer to its event was known', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    loseNextAnswer()
    await runDueCalendarWork(app)
    const [event] = account.events()
    account.moveEvent(String(event?.id), { start: at('15:00'), end: at('15:45') })
    await passMinutes(app, 13)
    expect(await readMeeting(app, id)).toMatchObject({ startsAt: at('15:00'), endsAt: at('15:45') })
    expect(account.eventsWithin(TUESDAY.from, TUESDAY.to)).toHaveLength(1)
  })

  it('is another one for the visitor when another agent takes the meeting over', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const other = await createConnectedAgent(app, provider, 'Beth Moore')
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    await runDueCalendarWork(app)
    await change('reassignMeeting', { meetingId: id, agentId: other.agent.id })
    await runDueCalendarWork(app)
    const invitations = [...app.google.mails, ...app.microsoft.mails]
      .filter(
        ({ kind, from }) => kind === 'INVITATION' && [account.email, other.account.email].includes(from),
      )
      .map((mail) => ('iCalUID' in mail ? mail.iCalUID : mail.iCalUId))
    expect(invitations).toHaveLength(2)
    expect(new Set(invitations).size).toBe(2)
  })

  it('is not free where the agent has moved another meeting to a moment ago', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    await runDueCalendarWork(app)
    const [event] = account.events()
    account.moveEvent(String(event?.id), { start: at('15:00'), end: at('15:30') })
    const refused = await bookWith(app, { agent, visitor, startsAt: at('15:00') })
    expect(refused.__typename).toBe('SlotUnavailableError')
    expect(account.eventsWithin(TUESDAY.from, TUESDAY.to)).toHaveLength(1)
  })

  it('is free where a meeting stands that was moved away here and is still to be moved there', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    await runDueCalendarWork(app)
    await change('rescheduleMeeting', { meetingId: id, startsAt: at('14:00') })
    expect((await bookWith(app, { agent, visitor, startsAt: at('10:00') })).__typename).toBe('Meeting')
  })

  it('does not keep a meeting from being moved by half its length after the agent has moved it', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(app, { agent, visitor, startsAt: at('10:00') })
    await runDueCalendarWork(app)
    const [event] = account.events()
    account.moveEvent(String(event?.id), { start: at('14:45'), end: at('15:15') })
    const moved = await change('rescheduleMeeting', { meetingId: id, startsAt: at('15:00') })
    expect(moved.__typename).toBe('Meeting')
  })
})
