import { describe, expect, it } from 'vitest'
import { setHours } from '../kit/actors.ts'
import {
  book,
  createBookableAgent,
  createVisitor,
  hold,
  mutateMeeting,
  slots,
  startsOf,
} from '../kit/booking.ts'
import { MINUTE } from '../kit/clock.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { at, NINE, TEN, TUESDAY } from '../kit/times.ts'

const { app, acme, admin, ada, visitor, database, mutate } = useScene({ ada: bookable(), visitor: aVisitor })

const DAY_MINUTES = 24 * 60

const ofAda = () => ({ target: { agentId: ada.id } })
const slotsOfAda = (token = visitor.token) => slots(app, { token, ...ofAda(), ...TUESDAY })

describe('a hold', () => {
  it('hides the slot from others, but not from its holder, until it expires', async () => {
    const other = await createVisitor(app, acme)
    await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    expect(startsOf(await slotsOfAda(other))).not.toContain(NINE)
    expect(startsOf(await slotsOfAda())).toContain(NINE)
    app.clock.advance(5 * MINUTE)
    expect(startsOf(await slotsOfAda(other))).toContain(NINE)
    expect((await book(app, { token: other, input: { ...ofAda(), startsAt: NINE } })).__typename).toBe(
      'Meeting',
    )
  })

  it('becomes a meeting with the held agent when it is booked', async () => {
    const held = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    const meeting = await book(app, { token: visitor.token, input: { holdId: held.id } })
    expect(meeting).toMatchObject({ __typename: 'Meeting', startsAt: NINE, agent: { id: ada.id } })
  })

  it('is replaced by the next hold of its visitor', async () => {
    const other = await createVisitor(app, acme)
    await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: TEN } })
    const starts = startsOf(await slotsOfAda(other))
    expect(starts).toContain(NINE)
    expect(starts).not.toContain(TEN)
  })

  it('is extended, not duplicated, when requested again', async () => {
    const first = await hold(app, {
      token: visitor.token,
      input: { target: { roundRobin: true }, startsAt: NINE },
    })
    app.clock.advance(MINUTE)
    const again = await hold(app, {
      token: visitor.token,
      input: { target: { roundRobin: true }, startsAt: NINE },
    })
    expect(again.id).toBe(first.id)
    expect(again.expiresAt).toBe('2026-03-02T08:06:00.000Z')
  })

  it('is returned with its agent, even if the visitor’s next hold replaces it at the same time', async () => {
    const times = Array.from({ length: 8 }, (_one, number) =>
      at(`${10 + (number >> 1)}:${number % 2 ? '30' : '00'}`),
    )
    const held = await Promise.all(
      times.map((startsAt) => hold(app, { token: visitor.token, input: { ...ofAda(), startsAt } })),
    )
    expect(held.map(({ agent }) => agent?.id)).toEqual(times.map(() => ada.id))
  })

  it('cannot be booked once it has expired, nor by another visitor', async () => {
    const other = await createVisitor(app, acme)
    const held = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    expect((await book(app, { token: other, input: { holdId: held.id } })).__typename).toBe('NotFoundError')
    app.clock.advance(5 * MINUTE)
    const refusal = await book(app, { token: visitor.token, input: { holdId: held.id } })
    expect(refusal).toMatchObject({
      __typename: 'SlotUnavailableError',
      startsAt: NINE,
      reason: 'HOLD_EXPIRED',
    })
  })

  it('is not extended once its time can no longer be booked', async () => {
    app.clock.set(at('08:58'))
    const startsAt = NINE
    const held = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt } })
    expect(held.__typename).toBe('SlotHold')
    app.clock.set(at('09:01'))
    const again = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt } })
    expect(again).toMatchObject({ __typename: 'SlotUnavailableError', startsAt: NINE, reason: 'IN_PAST' })
  })

  it('can still be extended and booked after its agent was paused: a pause stops only new holds', async () => {
    const held = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    await pauseAda()
    const again = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    expect(again.id).toBe(held.id)
    expect((await book(app, { token: visitor.token, input: { holdId: held.id } })).__typename).toBe('Meeting')
  })

  it('is booked as it was held, whatever was edited since', async () => {
    const input = { ...ofAda(), startsAt: NINE }
    for (const edit of [
      { durationMinutes: 45 },
      { durationMinutes: 10 },
      { minimumNoticeMinutes: 7 * DAY_MINUTES },
      { bookingWindowDays: 0 },
      { bufferMinutes: 60 },
      { slotStepMinutes: 25, weekly: [{ weekday: 'TUESDAY', start: '08:50', end: '17:00' }] },
      { weekly: [] },
    ]) {
      const held = await hold(app, { token: visitor.token, input })
      await changeHours(edit)
      expect((await hold(app, { token: visitor.token, input })).id).toBe(held.id)
      const meeting = await book(app, { token: visitor.token, input: { holdId: held.id } })
      expect({ edit, ...meeting }).toMatchObject({ edit, startsAt: NINE, endsAt: at('09:30') })
      await mutateMeeting(app, {
        mutation: 'cancelMeeting',
        token: visitor.token,
        input: { meetingId: meeting.id },
      })
      await changeHours({})
    }
  })

  it('can be booked although its time has become too soon for the notice', async () => {
    await changeHours({ minimumNoticeMinutes: 60 })
    app.clock.set(at('08:00'))
    const held = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    app.clock.advance(MINUTE)
    expect((await book(app, { token: visitor.token, input: { holdId: held.id } })).__typename).toBe('Meeting')
  })

  it('cannot be booked with an agent who may no longer take meetings', async () => {
    const held = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    await database.agentRole.deleteMany({ where: { agentId: ada.agentId } })
    expect((await book(app, { token: visitor.token, input: { holdId: held.id } })).__typename).toBe(
      'NoAgentAvailableError',
    )
  })

  it('is extended until 15 minutes after it was first taken', async () => {
    const input = { ...ofAda(), startsAt: NINE }
    const first = await hold(app, { token: visitor.token, input })
    for (const expected of ['08:09', '08:13', '08:15', '08:15']) {
      app.clock.advance(expected === '08:15' ? 2 * MINUTE : 4 * MINUTE)
      const { id, expiresAt } = await hold(app, { token: visitor.token, input })
      expect({ id, expiresAt }).toEqual({ id: first.id, expiresAt: `2026-03-02T${expected}:00.000Z` })
    }
    app.clock.set('2026-03-02T08:15:00Z')
    const refusal = await book(app, { token: visitor.token, input: { holdId: first.id } })
    expect(refusal.__typename).toBe('SlotUnavailableError')
  })

  it('can be made and booked by an agent in the agent’s own calendar, by an administrator in any', async () => {
    const held = await hold(app, { token: ada.token, input: { ...ofAda(), startsAt: NINE } })
    expect((await book(app, { token: ada.token, input: { holdId: held.id } })).__typename).toBe('Meeting')
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    const input = { target: { agentId: grace.id }, startsAt: NINE }
    expect((await hold(app, { token: ada.token, input })).__typename).toBe('ForbiddenError')
    const byAdmin = await hold(app, { token: admin.token, input })
    expect((await book(app, { token: admin.token, input: { holdId: byAdmin.id } })).__typename).toBe(
      'Meeting',
    )
  })
})

describe('releaseHold', () => {
  it('frees the slot for others at once, and returns the released hold', async () => {
    const other = await createVisitor(app, acme)
    const held = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    expect((await release(other, held.id)).__typename).toBe('NotFoundError')
    expect(await release(visitor.token, held.id)).toEqual({
      __typename: 'SlotHold',
      id: held.id,
      expiresAt: held.expiresAt,
      agent: { id: ada.id, name: ada.name },
      slot: { startsAt: NINE },
    })
    expect(startsOf(await slotsOfAda(other))).toContain(NINE)
  })

  it('does not find a hold that was released, booked or has expired', async () => {
    const held = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    await release(visitor.token, held.id)
    expect((await release(visitor.token, held.id)).__typename).toBe('NotFoundError')
    const booked = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    await book(app, { token: visitor.token, input: { holdId: booked.id } })
    expect((await release(visitor.token, booked.id)).__typename).toBe('NotFoundError')
    const expired = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: TEN } })
    app.clock.advance(5 * MINUTE)
    expect((await release(visitor.token, expired.id)).__typename).toBe('NotFoundError')
  })
})

/** Replaces the hours of Ada: those of the scene, except for the edit. */
const changeHours = (edit: object) =>
  setHours(app, ada, {
    timeZone: 'UTC',
    weekly: [{ weekday: 'TUESDAY', start: '09:00', end: '17:00' }],
    durationMinutes: 30,
    bufferMinutes: 0,
    minimumNoticeMinutes: 0,
    bookingWindowDays: 60,
    slotStepMinutes: null,
    ...edit,
  })

async function pauseAda(): Promise<void> {
  const input = { kind: 'MEETING', agentId: ada.id, paused: true }
  const { __typename } = await mutate({ mutation: 'setRoutingPaused', input, token: admin.token, select: '' })
  expect(__typename).toBe('RoutingQueue')
}

const release = (token: string, holdId: string) =>
  mutate({
    mutation: 'releaseHold',
    input: { holdId },
    token,
    select: '... on SlotHold { id expiresAt agent { id name } slot { startsAt } }',
  })
