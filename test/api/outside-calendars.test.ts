import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestWorkspace, type Staff } from '../kit/actors.ts'
import { data, START } from '../kit/app.ts'
import { book, createVisitor, mutateMeeting, slots, startsOf } from '../kit/booking.ts'
import {
  addEvent,
  type CalendarApp,
  checkContracts,
  connectAccount,
  createConnectedAgent,
  PROVIDERS,
  startCalendarApp,
  work,
} from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'

const TUESDAY = { from: '2026-03-03T00:00:00Z', to: '2026-03-04T00:00:00Z' }
const at = (time: string) => `2026-03-03T${time}:00.000Z`

let app: CalendarApp
let visitor: string

beforeAll(async () => {
  app = await startCalendarApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  app.google.calm()
  app.microsoft.calm()
  app.workspace = await createTestWorkspace(app)
  visitor = await createVisitor(app, app.workspace)
})

const startsWith = async ({ id }: Staff) =>
  startsOf(await slots(app, { token: visitor, target: { agentId: id }, ...TUESDAY }))

const bookWith = ({ id }: Staff, startsAt: string) =>
  book(app, { token: visitor, input: { target: { agentId: id }, startsAt } })

const MEETING = `query ($id: ID!) { node(id: $id) { ... on Meeting {
  status startsAt endsAt calendarSync conferenceUrl history { kind actor reason }
} } }`

async function readMeeting(id: string) {
  const { node } = await data<{ node: Record<string, unknown> }>(
    app.execute(MEETING, { variables: { id }, token: app.workspace.admin.token }),
  )
  return node
}

const statusOf = async ({ id, token }: Staff) => {
  const query = 'query ($id: ID!) { node(id: $id) { ... on Agent { calendar { status statusReason } } } }'
  const { node } = await data<{ node: { calendar: { status: string } } }>(
    app.execute(query, { variables: { id }, token }),
  )
  return node.calendar.status
}

/** The next regular reading. */
async function synchronise(): Promise<void> {
  app.clock.advance(13 * MINUTE)
  await work(app)
}

describe.each(PROVIDERS)('a calendar of %s', (provider) => {
  it('keeps its busy times free of slots', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    expect(await startsWith(agent)).toContain(at('10:00'))
    addEvent(account, { provider, start: at('10:00'), end: at('11:00') })
    await synchronise()
    const starts = await startsWith(agent)
    expect(starts).toContain(at('09:30'))
    expect(starts).not.toContain(at('10:00'))
    expect(starts).not.toContain(at('10:30'))
    expect(starts).toContain(at('11:00'))
  })

  it('is read again before anybody is booked: a time that was taken a moment ago is refused', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    addEvent(account, { provider, start: at('10:00'), end: at('11:00') })
    const refused = await bookWith(agent, at('10:00'))
    expect(refused.__typename).toBe('SlotUnavailableError')
    expect(await startsWith(agent)).toContain(at('10:00'))
    await work(app)
    expect(await startsWith(agent)).not.toContain(at('10:00'))
  })

  it('shows what is booked, with the visitor invited and a link to the conference', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(agent, at('10:00'))
    expect(await readMeeting(id)).toMatchObject({ calendarSync: 'PENDING', conferenceUrl: null })
    await work(app)
    expect(account.events()).toHaveLength(1)
    // Google makes a conference in its own time.
    app.clock.advance(MINUTE)
    await work(app)
    expect(await readMeeting(id)).toMatchObject({
      calendarSync: 'WRITTEN',
      conferenceUrl: expect.stringMatching(/^https:/),
    })
    const mails = [...app.google.mails, ...app.microsoft.mails].filter(({ from }) => from === account.email)
    expect(mails).toMatchObject([{ kind: 'INVITATION', to: 'grace@navy.example' }])
  })

  it('follows a meeting that is moved and cancelled, and is not followed by it', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(agent, at('10:00'))
    await work(app)
    const move = { meetingId: id, startsAt: at('14:00') }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', input: move, token: visitor })
    await work(app)
    expect(account.eventsWithin(at('14:00'), at('14:30'))).toHaveLength(1)
    expect(account.eventsWithin(at('10:00'), at('10:30'))).toHaveLength(0)
    await synchronise()
    expect(await readMeeting(id)).toMatchObject({ history: [{ kind: 'BOOKED' }, { kind: 'RESCHEDULED' }] })
    await mutateMeeting(app, { mutation: 'cancelMeeting', input: { meetingId: id }, token: visitor })
    await work(app)
    expect(account.eventsWithin(TUESDAY.from, TUESDAY.to)).toHaveLength(0)
  })

  it('F10: moves the meeting when the agent moves it there', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(agent, at('10:00'))
    await work(app)
    const [event] = account.events()
    account.moveEvent(String(event?.id), { start: at('15:00'), end: at('15:30') })
    await synchronise()
    expect(await readMeeting(id)).toMatchObject({
      status: 'RESCHEDULED',
      startsAt: at('15:00'),
      endsAt: at('15:30'),
      history: [{ kind: 'BOOKED' }, { kind: 'CALENDAR_CHANGED', actor: "The agent's calendar" }],
    })
    const starts = await startsWith(agent)
    expect(starts).toContain(at('10:00'))
    expect(starts).not.toContain(at('15:00'))
  })

  it('F9: cancels the meeting when the agent deletes it there', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(agent, at('10:00'))
    await work(app)
    const [event] = account.events()
    account.deleteEvent(String(event?.id))
    await synchronise()
    expect(await readMeeting(id)).toMatchObject({
      status: 'CANCELLED',
      history: [{ kind: 'BOOKED' }, { kind: 'CALENDAR_CHANGED' }],
    })
    expect(await startsWith(agent)).toContain(at('10:00'))
  })

  it('F11: is not written to because of what was changed there, nor changed because of what was written', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(agent, at('10:00'))
    await work(app)
    await synchronise()
    const [event] = account.events()
    account.moveEvent(String(event?.id), { start: at('15:00'), end: at('15:30') })
    const written = writesTo(provider)
    await synchronise()
    await synchronise()
    expect(writesTo(provider)).toBe(written)
    expect((await readMeeting(id)).history).toHaveLength(2)
  })

  it('F1: is used no more when the permission is taken back, loses nothing, and goes on once connected again', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const { id } = await bookWith(agent, at('10:00'))
    account.revokeAccess()
    account.expireAccessTokens()
    await work(app)
    expect(await statusOf(agent)).toBe('NEEDS_REAUTHENTICATION')
    expect(await startsWith(agent)).toEqual([])
    expect(await readMeeting(id)).toMatchObject({ status: 'SCHEDULED', calendarSync: 'PENDING' })
    expect(await connectAccount(app, { provider, agent, account: account.email })).toContain('is connected')
    await work(app)
    await work(app)
    expect(account.events()).toHaveLength(1)
    expect(await readMeeting(id)).toMatchObject({ calendarSync: 'WRITTEN' })
    expect(await startsWith(agent)).toContain(at('11:00'))
  })

  it('F23: is not known any more when it cannot be read for half an hour, and is not free then', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    const other = await createConnectedAgent(
      app,
      provider === 'GOOGLE' ? 'MICROSOFT' : 'GOOGLE',
      'Beth Moore',
    )
    const outside = provider === 'GOOGLE' ? app.google : app.microsoft
    const route = provider === 'GOOGLE' ? 'GET /calendar/v3/**' : 'GET /v1.0/**'
    outside.faults.add(route, { kind: 'answer', status: 503 }, { times: Number.POSITIVE_INFINITY })
    for (let minutes = 0; minutes < 35; minutes += 1) {
      app.clock.advance(MINUTE)
      await work(app)
    }
    expect(await statusOf(agent)).toBe('CONNECTED')
    expect(await startsWith(agent)).toEqual([])
    expect(await startsWith(other.agent)).toContain(at('10:00'))
  })
})

it('says nothing to the calendars that their makers do not describe', () => {
  expect(app.google.log.count('* /calendar/v3/**')).toBeGreaterThan(0)
  expect(app.microsoft.log.count('* /v1.0/**')).toBeGreaterThan(0)
  expect(checkContracts(app)).toEqual([])
})

/** How often something was written into a calendar. */
function writesTo(provider: string): number {
  const { log } = provider === 'GOOGLE' ? app.google : app.microsoft
  return log.all.filter(({ method, path }) => method !== 'GET' && /\/events(\/(?!watch)|$)/.test(path)).length
}
