import { describe, expect, it } from 'vitest'
import {
  book,
  createBookableAgent,
  createVisitor,
  hold,
  mutateMeeting,
  slots,
  startsOf,
} from '../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { at, NINE, slotAt, TEN, TUESDAY } from '../kit/times.ts'

const { app, acme, admin, ada, visitor, database } = useScene({ ada: bookable(), visitor: aVisitor })

const ofAda = () => ({ target: { agentId: ada.id } })
const slotsOfAda = (token = visitor.token) => slots(app, { token, ...ofAda(), ...TUESDAY })

describe('slots', () => {
  it('lists the free slots of an agent by the visitor’s days', async () => {
    const calendar = await slots(app, {
      token: visitor.token,
      ...ofAda(),
      ...TUESDAY,
      timeZone: 'Pacific/Auckland',
    })
    expect(calendar.days.map(({ date }) => date)).toEqual(['2026-03-03', '2026-03-04'])
    expect(startsOf(calendar)).toHaveLength(16)
    expect(calendar.days[0]?.slots[0]).toEqual({
      startsAt: NINE,
      endsAt: at('09:30'),
      agentCount: 1,
      agent: { id: ada.id },
    })
  })

  it('says how many agents can take each slot', async () => {
    await createBookableAgent(app, acme, { name: 'Grace Hopper', hours: { start: 600 } })
    const calendar = await slots(app, { token: visitor.token, target: { roundRobin: true }, ...TUESDAY })
    expect(calendar.days[0]?.slots.map(({ agentCount }) => agentCount)).toEqual([1, 1, ...Array(14).fill(2)])
  })

  it('names the next free slot after a range without one', async () => {
    const saturday = { from: '2026-03-07T00:00:00Z', to: '2026-03-08T00:00:00Z' }
    const calendar = await slots(app, { token: visitor.token, ...ofAda(), ...saturday })
    expect(calendar).toMatchObject({ days: [], nextAvailable: '2026-03-09T09:00:00.000Z' })
  })

  it('offers only the slots of the next agent when the workspace is set to NEXT_AGENT', async () => {
    await createBookableAgent(app, acme, { name: 'Grace Hopper', hours: { start: 600 } })
    await database.workspace.update({
      where: { id: acme.workspaceId },
      data: { slotOffer: 'NEXT_AGENT' },
    })
    const next = () => slots(app, { token: visitor.token, target: { roundRobin: true }, ...TUESDAY })
    expect(startsOf(await next())).toHaveLength(16)
    await book(app, { token: visitor.token, input: { target: { roundRobin: true }, startsAt: NINE } })
    expect(startsOf(await next())).toHaveLength(14)
  })

  it('are none for an agent without a connected calendar', async () => {
    await database.calendarConnection.updateMany({
      data: { state: 'NEEDS_REAUTHENTICATION' },
    })
    expect(startsOf(await slotsOfAda())).toEqual([])
  })
})

describe('bookMeeting', () => {
  it('books a slot, which is no longer offered', async () => {
    const meeting = await book(app, {
      token: visitor.token,
      input: { ...ofAda(), startsAt: NINE, agenda: 'Engines' },
    })
    expect(meeting).toMatchObject({
      __typename: 'Meeting',
      status: 'SCHEDULED',
      past: false,
      startsAt: NINE,
      endsAt: at('09:30'),
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
    await book(app, { token: visitor.token, input: { ...ofAda(), startsAt: TEN } })
    const refusal = await book(app, { token: visitor.token, input: { ...ofAda(), startsAt: TEN } })
    expect(refusal).toMatchObject({ __typename: 'SlotUnavailableError', startsAt: TEN, reason: 'TAKEN' })
    expect(refusal.alternatives.map(({ startsAt }) => startsAt)).toEqual([
      NINE,
      at('09:30'),
      at('10:30'),
      at('11:00'),
      at('11:30'),
    ])
  })

  it.each([
    ['in the past', '2026-03-02T07:00:00Z', {}, 'IN_PAST'],
    ['inside the notice', NINE, { minimumNoticeMinutes: 25 * 60 + 1 }, 'TOO_SOON'],
    ['beyond the window', '2026-03-10T09:00:00Z', { bookingWindowDays: 7 }, 'TOO_FAR'],
    ['off the grid', at('09:15'), {}, 'OFF_GRID'],
    ['outside the hours', at('17:00'), {}, 'OUTSIDE_HOURS'],
  ])('refuses a slot %s, and says so', async (_where, startsAt, settings, reason) => {
    await database.meetingAvailability.update({
      where: { agentId: ada.agentId },
      data: settings,
    })
    const refusal = await book(app, { token: visitor.token, input: { ...ofAda(), startsAt } })
    expect(refusal).toMatchObject({ __typename: 'SlotUnavailableError', reason })
    expect(await database.meeting.count({ where: { agentId: ada.agentId } })).toBe(0)
  })

  it('keeps the buffer free on both sides of a meeting', async () => {
    await database.meetingAvailability.update({
      where: { agentId: ada.agentId },
      data: { bufferMinutes: 15 },
    })
    await book(app, { token: visitor.token, input: { ...ofAda(), startsAt: TEN } })
    const starts = startsOf(await slotsOfAda())
    expect(starts).toContain(NINE)
    expect(starts).not.toContain(at('09:30'))
    expect(starts).not.toContain(at('10:30'))
    expect(starts).toContain(at('11:00'))
  })

  it('answers the first outcome to a retry with the same idempotency key, and refuses other input', async () => {
    const input = { ...ofAda(), startsAt: NINE, idempotencyKey: 'booking-1' }
    const first = await book(app, { token: visitor.token, input })
    expect(await book(app, { token: visitor.token, input })).toEqual(first)
    const other = await book(app, { token: visitor.token, input: { ...input, startsAt: TEN } })
    expect(other).toMatchObject({ __typename: 'ConflictError', reason: 'KEY_REUSED' })
  })

  it('accepts a retry of a refused call with the same idempotency key', async () => {
    const input = { ...ofAda(), startsAt: NINE, idempotencyKey: 'booking-2' }
    const other = await book(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    expect((await book(app, { token: visitor.token, input })).__typename).toBe('SlotUnavailableError')
    await mutateMeeting(app, {
      mutation: 'cancelMeeting',
      token: visitor.token,
      input: { meetingId: other.id },
    })
    expect((await book(app, { token: visitor.token, input })).__typename).toBe('Meeting')
  })

  it.each([
    'grace',
    'grace@',
    'grace@navy.example\r\nBcc: all@navy.example',
    `${'g'.repeat(250)}@navy.example`,
  ])('refuses the e-mail %j', async (email) => {
    const input = { ...ofAda(), startsAt: NINE, person: { email } }
    const refusal = await book(app, { token: visitor.token, input })
    expect(refusal).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'person', 'email'] }],
    })
  })

  it('asks for an e-mail of an anonymous person', async () => {
    const refusal = await book(app, {
      token: visitor.token,
      input: { ...ofAda(), startsAt: NINE, person: {} },
    })
    expect(refusal).toMatchObject({ issues: [{ path: ['input', 'person', 'email'] }] })
    expect(startsOf(await slotsOfAda())).toContain(NINE)
  })

  it.each([
    ['neither a hold nor a free slot', '{}'],
    ['both', '{ holdId: "x", free: { target: { roundRobin: true }, startsAt: "x" } }'],
    ['a free slot without a start', '{ free: { target: { roundRobin: true } } }'],
  ])('refuses %s', async (_what, slot) => {
    const query = `mutation { bookMeeting(input: { slot: ${slot}, timeZone: "UTC" }) { __typename } }`
    const { errors } = await app.execute(query, { token: visitor.token })
    expect(errors?.[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED')
  })

  it('answers with the fallback when no agent takes meetings', async () => {
    await database.calendarConnection.deleteMany()
    const refusal = await book(app, {
      token: visitor.token,
      input: { target: { roundRobin: true }, startsAt: NINE },
    })
    expect(refusal).toMatchObject({ __typename: 'NoAgentAvailableError', fallback: { offerMeeting: true } })
  })

  it('lets an agent book in the agent’s own calendar, but not in a colleague’s', async () => {
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    const input = { startsAt: NINE, target: { agentId: grace.id } }
    expect((await book(app, { token: grace.token, input })).__typename).toBe('Meeting')
    expect(await book(app, { token: ada.token, input })).toMatchObject({
      __typename: 'ForbiddenError',
      permission: 'MANAGE_ALL_MEETINGS',
    })
  })

  it('books a slot of the requested length where the agents’ durations differ', async () => {
    const grace = await createBookableAgent(app, acme, {
      name: 'Grace Hopper',
      hours: { durationMinutes: 60 },
    })
    const long = { target: { roundRobin: true }, startsAt: NINE, endsAt: TEN }
    expect(await book(app, { token: visitor.token, input: long })).toMatchObject({
      agent: { id: grace.id },
      endsAt: TEN,
    })
    const other = await createVisitor(app, acme)
    const refusal = await book(app, { token: other, input: long })
    expect(refusal.__typename).toBe('SlotUnavailableError')
    const ownHold = await hold(app, { token: other, input: { ...long, endsAt: at('09:30') } })
    expect(ownHold.agent.id).toBe(ada.id)
  })

  it('creates one person for an e-mail that concurrent calls bring', async () => {
    const person = { email: 'new@navy.example' }
    const bookings = await Promise.all(
      Array.from({ length: 8 }, (_one, number) =>
        book(app, { token: admin.token, input: { ...ofAda(), startsAt: slotAt(number), person } }),
      ),
    )
    expect(bookings.map(({ __typename }) => __typename)).toEqual(Array(8).fill('Meeting'))
    const visits = Array.from({ length: 8 }, () => createVisitor(app, acme, person))
    expect(new Set(await Promise.all(visits)).size).toBe(8)
    const where = { workspaceId: acme.workspaceId, email: person.email }
    expect(await database.person.count({ where })).toBe(1)
  })

  it('books or refuses concurrent calls of one visitor, with and without an e-mail', async () => {
    const bookings = await Promise.all(
      Array.from({ length: 8 }, (_one, number) => {
        const person = number % 2 ? { email: 'new@navy.example' } : { firstName: 'Grace' }
        return book(app, { token: visitor.token, input: { ...ofAda(), startsAt: slotAt(number), person } })
      }),
    )
    const kinds = new Set(bookings.map(({ __typename }) => __typename))
    expect(kinds.has('Meeting')).toBe(true)
    expect([...kinds].filter((kind) => !['Meeting', 'InvalidInputError'].includes(kind))).toEqual([])
  })
})
