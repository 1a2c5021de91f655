import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { START, startApp, type TestApp } from '../kit/app.ts'
import {
  book,
  createBookableAgent,
  createVisitor,
  hold,
  mutateMeeting,
  slots,
  startsOf,
} from '../kit/booking.ts'

/** Tuesday after START. */
const TUESDAY = { from: '2026-03-03T00:00:00Z', to: '2026-03-04T00:00:00Z' }
const NINE = '2026-03-03T09:00:00.000Z'
const TEN = '2026-03-03T10:00:00.000Z'

let app: TestApp
let acme: TestWorkspace
let ada: Staff
let visitor: string

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createBookableAgent(app, acme)
  visitor = await createVisitor(app, acme)
})

const ofAda = () => ({ target: { agentId: ada.id } })
const slotsOfAda = (token = visitor) => slots(app, { token, ...ofAda(), ...TUESDAY })

describe('slots', () => {
  it('lists the free slots of an agent by the visitor’s days', async () => {
    const calendar = await slots(app, {
      token: visitor,
      ...ofAda(),
      ...TUESDAY,
      timeZone: 'Pacific/Auckland',
    })
    expect(calendar.days.map(({ date }) => date)).toEqual(['2026-03-03', '2026-03-04'])
    expect(startsOf(calendar)).toHaveLength(16)
    expect(calendar.days[0]?.slots[0]).toEqual({
      startsAt: NINE,
      endsAt: '2026-03-03T09:30:00.000Z',
      agents: 1,
      agent: { id: ada.id },
    })
  })

  it('tells how many agents could take each slot', async () => {
    await createBookableAgent(app, acme, { name: 'Grace Hopper', hours: { start: 600 } })
    const calendar = await slots(app, { token: visitor, target: { roundRobin: true }, ...TUESDAY })
    expect(calendar.days[0]?.slots.map(({ agents }) => agents)).toEqual([1, 1, ...Array(14).fill(2)])
  })

  it('tells the next free slot after a range without any', async () => {
    const saturday = { from: '2026-03-07T00:00:00Z', to: '2026-03-08T00:00:00Z' }
    const calendar = await slots(app, { token: visitor, ...ofAda(), ...saturday })
    expect(calendar).toMatchObject({ days: [], nextAvailable: '2026-03-09T09:00:00.000Z' })
  })

  it('offers only the slots of the agent whose turn it is when the workspace wants that', async () => {
    await createBookableAgent(app, acme, { name: 'Grace Hopper', hours: { start: 600 } })
    await app.app.services.database.workspace.update({
      where: { id: acme.workspaceId },
      data: { slotOffer: 'NEXT_AGENT' },
    })
    const next = () => slots(app, { token: visitor, target: { roundRobin: true }, ...TUESDAY })
    expect(startsOf(await next())).toHaveLength(16)
    await book(app, { token: visitor, input: { target: { roundRobin: true }, startsAt: NINE } })
    expect(startsOf(await next())).toHaveLength(14)
  })

  it('are none for an agent without a connected calendar', async () => {
    await app.app.services.database.calendarConnection.updateMany({
      data: { status: 'NEEDS_REAUTHENTICATION' },
    })
    expect(startsOf(await slotsOfAda())).toEqual([])
  })
})

describe('bookMeeting', () => {
  it('books a slot and takes it off the list', async () => {
    const meeting = await book(app, {
      token: visitor,
      input: { ...ofAda(), startsAt: NINE, agenda: 'Engines' },
    })
    expect(meeting).toMatchObject({
      __typename: 'Meeting',
      status: 'SCHEDULED',
      past: false,
      startsAt: NINE,
      endsAt: '2026-03-03T09:30:00.000Z',
      timeZone: 'Europe/Berlin',
      body: 'Engines',
      agent: { id: ada.id },
      person: { email: 'grace@navy.example', known: true },
      routedBy: 'Agent Ada Lovelace',
      history: [{ kind: 'BOOKED', actor: 'Visitor', startsAt: NINE }],
    })
    expect(startsOf(await slotsOfAda())).not.toContain(NINE)
  })

  it('refuses a taken slot with alternatives near it', async () => {
    await book(app, { token: visitor, input: { ...ofAda(), startsAt: TEN } })
    const refusal = await book(app, { token: visitor, input: { ...ofAda(), startsAt: TEN } })
    expect(refusal).toMatchObject({ __typename: 'SlotUnavailableError', startsAt: TEN })
    expect(refusal.alternatives.map(({ startsAt }) => startsAt)).toEqual([
      '2026-03-03T09:00:00.000Z',
      '2026-03-03T09:30:00.000Z',
      '2026-03-03T10:30:00.000Z',
      '2026-03-03T11:00:00.000Z',
      '2026-03-03T11:30:00.000Z',
    ])
  })

  it.each([
    ['in the past', '2026-03-02T07:00:00Z', {}],
    ['inside the notice', NINE, { minimumNoticeMinutes: 25 * 60 + 1 }],
    ['beyond the window', '2026-03-10T09:00:00Z', { bookingWindowDays: 7 }],
    ['off the grid', '2026-03-03T09:15:00Z', {}],
    ['outside the hours', '2026-03-03T17:00:00Z', {}],
  ])('refuses a slot %s', async (_where, startsAt, settings) => {
    await app.app.services.database.meetingAvailability.update({
      where: { agentId: ada.agentId },
      data: settings,
    })
    const refusal = await book(app, { token: visitor, input: { ...ofAda(), startsAt } })
    expect(refusal.__typename).toBe('SlotUnavailableError')
    expect(refusal.message).toMatch(/^startsAt: /)
    expect(await app.app.services.database.meeting.count({ where: { agentId: ada.agentId } })).toBe(0)
  })

  it('keeps the buffer free on both sides of a meeting', async () => {
    await app.app.services.database.meetingAvailability.update({
      where: { agentId: ada.agentId },
      data: { bufferMinutes: 15 },
    })
    await book(app, { token: visitor, input: { ...ofAda(), startsAt: TEN } })
    const starts = startsOf(await slotsOfAda())
    expect(starts).toContain('2026-03-03T09:00:00.000Z')
    expect(starts).not.toContain('2026-03-03T09:30:00.000Z')
    expect(starts).not.toContain('2026-03-03T10:30:00.000Z')
    expect(starts).toContain('2026-03-03T11:00:00.000Z')
  })

  it('answers the first outcome to a repeat with the same key, and refuses it with other input', async () => {
    const input = { ...ofAda(), startsAt: NINE, idempotencyKey: 'booking-1' }
    const first = await book(app, { token: visitor, input })
    expect(await book(app, { token: visitor, input })).toEqual(first)
    const other = await book(app, { token: visitor, input: { ...input, startsAt: TEN } })
    expect(other.__typename).toBe('ConflictError')
  })

  it('lets a refused call be repeated with the same key', async () => {
    const input = { ...ofAda(), startsAt: NINE, idempotencyKey: 'booking-2' }
    const other = await book(app, { token: visitor, input: { ...ofAda(), startsAt: NINE } })
    expect((await book(app, { token: visitor, input })).__typename).toBe('SlotUnavailableError')
    await mutateMeeting(app, { mutation: 'cancelMeeting', token: visitor, input: { meetingId: other.id } })
    expect((await book(app, { token: visitor, input })).__typename).toBe('Meeting')
  })

  it.each([
    'grace',
    'grace@',
    'grace@navy.example\r\nBcc: all@navy.example',
    `${'g'.repeat(250)}@navy.example`,
  ])('refuses the e-mail %j', async (email) => {
    const input = { ...ofAda(), startsAt: NINE, person: { email } }
    const refusal = await book(app, { token: visitor, input })
    expect(refusal).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'person', 'email'] }],
    })
  })

  it('asks for an e-mail of an anonymous person', async () => {
    const refusal = await book(app, { token: visitor, input: { ...ofAda(), startsAt: NINE, person: {} } })
    expect(refusal).toMatchObject({ issues: [{ path: ['input', 'person', 'email'] }] })
    expect(startsOf(await slotsOfAda())).toContain(NINE)
  })

  it('needs either a hold, or a target and a time', async () => {
    const refusal = await book(app, { token: visitor, input: ofAda() })
    expect(refusal).toMatchObject({ issues: [{ path: ['input', 'startsAt'] }] })
  })

  it('answers with the fallback when nobody of those asked takes meetings', async () => {
    await app.app.services.database.calendarConnection.deleteMany()
    const refusal = await book(app, {
      token: visitor,
      input: { target: { roundRobin: true }, startsAt: NINE },
    })
    expect(refusal).toMatchObject({ __typename: 'NoAgentAvailableError', fallback: { offerMeeting: true } })
  })

  it('lets an agent book in the own calendar, but not in a colleague’s', async () => {
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    const input = { startsAt: NINE, target: { agentId: grace.id } }
    expect((await book(app, { token: grace.token, input })).__typename).toBe('Meeting')
    expect(await book(app, { token: ada.token, input })).toMatchObject({
      __typename: 'ForbiddenError',
      permission: 'MANAGE_ALL_MEETINGS',
    })
  })

  it('takes the slot of the length that was asked for, where agents meet for different times', async () => {
    const grace = await createBookableAgent(app, acme, {
      name: 'Grace Hopper',
      hours: { durationMinutes: 60 },
    })
    const long = { target: { roundRobin: true }, startsAt: NINE, endsAt: TEN }
    expect(await book(app, { token: visitor, input: long })).toMatchObject({
      agent: { id: grace.id },
      endsAt: TEN,
    })
    const other = await createVisitor(app, acme)
    const refusal = await book(app, { token: other, input: long })
    expect(refusal.__typename).toBe('SlotUnavailableError')
    const ownHold = await hold(app, { token: other, input: { ...long, endsAt: '2026-03-03T09:30:00Z' } })
    expect(ownHold.agent.id).toBe(ada.id)
  })

  it('makes one person of an address that several calls bring at the same time', async () => {
    const person = { email: 'new@navy.example' }
    const at = (number: number) => new Date(Date.UTC(2026, 2, 3, 9, 30 * number)).toISOString()
    const bookings = await Promise.all(
      Array.from({ length: 8 }, (_one, number) =>
        book(app, { token: acme.admin.token, input: { ...ofAda(), startsAt: at(number), person } }),
      ),
    )
    expect(bookings.map(({ __typename }) => __typename)).toEqual(Array(8).fill('Meeting'))
    const visits = Array.from({ length: 8 }, () => createVisitor(app, acme, person))
    expect(new Set(await Promise.all(visits)).size).toBe(8)
    const { database } = app.app.services
    const where = { workspaceId: acme.workspaceId, email: person.email }
    expect(await database.person.count({ where })).toBe(1)
  })

  it('knows the visitor of calls that come at the same time, with and without an address', async () => {
    const at = (number: number) => new Date(Date.UTC(2026, 2, 3, 9, 30 * number)).toISOString()
    const bookings = await Promise.all(
      Array.from({ length: 8 }, (_one, number) => {
        const person = number % 2 ? { email: 'new@navy.example' } : { firstName: 'Grace' }
        return book(app, { token: visitor, input: { ...ofAda(), startsAt: at(number), person } })
      }),
    )
    const kinds = new Set(bookings.map(({ __typename }) => __typename))
    expect(kinds.has('Meeting')).toBe(true)
    expect([...kinds].filter((kind) => !['Meeting', 'InvalidInputError'].includes(kind))).toEqual([])
  })
})
