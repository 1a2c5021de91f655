// Holds cannot close a calendar.
import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { book, createBookableAgent, createVisitor, hold } from '../kit/booking.ts'
import { MINUTE } from '../kit/clock.ts'
import { bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { slotAt } from '../kit/times.ts'

const SECRET = 'a secret of the backend, 32 characters or more'
const start = () =>
  startOnPort({ holds: { perAddress: 3, perAgentDay: 4 }, network: { backendSecret: SECRET } })
const { app, acme, admin, ada, mutate } = useScene({ ada: bookable() }, { start })

const BOOK = `mutation ($input: BookMeetingInput!) {
  bookMeeting(input: $input) { __typename ... on MeetingAwaitingConfirmation { reservedUntil } ... on QuotaExceededError { limit resetsAt } }
}`
const HOLD = `mutation ($input: HoldSlotInput!) {
  holdSlot(input: $input) { __typename ... on QuotaExceededError { limit resetsAt }
    ... on SlotHold { agent { id } } ... on Error { message } }
}`

/** Of a new visitor, or of the one with the token. */
async function holdFrom(
  address: string,
  startsAt: string,
  { token, target = { agentId: ada.id } as object } = {} as { token?: string; target?: object },
) {
  return post(address, {
    token: token ?? (await createVisitor(app, acme)),
    query: HOLD,
    input: { target, startsAt },
  })
}

/** Of a new visitor, who has to confirm it by mail. */
const bookFrom = async (address: string, startsAt: string) =>
  post(address, {
    token: await createVisitor(app, acme, { email: `${randomUUID()}@navy.example` }),
    query: BOOK,
    input: { slot: { free: { target: { agentId: ada.id }, startsAt } }, timeZone: 'UTC' },
  })

async function post(
  address: string,
  { token, query, input }: { token: string; query: string; input: object },
): Promise<Record<string, unknown>> {
  const response = await fetch(`${app.server.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'switchboard-visitor-address': address,
      'switchboard-backend-secret': SECRET,
    },
    body: JSON.stringify({ query, variables: { input } }),
  })
  const { data } = await response.json()
  return { ...(data.holdSlot ?? data.bookMeeting), retryAfter: response.headers.get('retry-after') }
}

/** A slot of another day for each number. */
const onDay = (number: number) =>
  new Date(Date.parse(slotAt(0)) + [0, 1, 2, 3, 6][number]! * 1440 * MINUTE).toISOString()
const held = { __typename: 'SlotHold' }

beforeEach(async () => void (await app.app.services.database.reservation.deleteMany()))

describe('the visitors of one client address', () => {
  beforeEach(async () => {
    for (const day of [0, 1, 2]) {
      expect(await holdFrom(`2001:db8:1:2::${day + 1}`, onDay(day))).toMatchObject(held)
      app.clock.advance(MINUTE)
    }
  })

  it('hold a number of slots at most, until the first of the holds ends', async () => {
    expect(await holdFrom('2001:db8:1:2::9', onDay(3))).toMatchObject({
      __typename: 'QuotaExceededError',
      limit: 3,
      resetsAt: '2026-03-02T08:05:00.000Z',
      retryAfter: '120',
    })
    expect(await holdFrom('2001:db8:1:3::1', onDay(3))).toMatchObject(held)
    app.clock.advance(2 * MINUTE)
    expect(await holdFrom('2001:db8:1:2::9', onDay(4))).toMatchObject(held)
  })

  it('change and prolong their holds all the same, and book what they like', async () => {
    const token = await createVisitor(app, acme)
    app.clock.advance(5 * MINUTE)
    expect(await holdFrom('198.51.100.1', onDay(0), { token })).toMatchObject(held)
    for (const day of [1, 2]) expect(await holdFrom('198.51.100.1', onDay(day))).toMatchObject(held)
    expect(await holdFrom('198.51.100.1', onDay(0), { token })).toMatchObject(held)
    expect(await holdFrom('198.51.100.1', onDay(3), { token })).toMatchObject(held)
    expect(await holdFrom('198.51.100.1', onDay(4))).toMatchObject({ limit: 3 })
    const input = { target: { agentId: ada.id }, startsAt: onDay(4) }
    expect(await book(app, { token: await createVisitor(app, acme), input })).toMatchObject({
      status: 'SCHEDULED',
    })
  })

  it('cannot pass the number by holding at the same time', async () => {
    app.clock.advance(5 * MINUTE)
    const attempts = [0, 1, 2, 3, 4].map((day) => holdFrom('198.51.100.1', onDay(day)))
    const results = (await Promise.all(attempts)).map(({ __typename }) => __typename)
    expect(results.filter((type) => type === 'SlotHold')).toHaveLength(3)
    expect(results.filter((type) => type === 'QuotaExceededError')).toHaveLength(2)
  })
})

describe('bookings that wait for a confirmation', () => {
  beforeEach(() => {
    const input = { meetingSettings: { confirmation: 'EMAIL' } }
    return mutate({ mutation: 'updateWorkspace', token: admin.token, input, select: '' })
  })

  it('count as holds of their client address, also at the same time', async () => {
    expect(await holdFrom('198.51.100.1', onDay(0))).toMatchObject(held)
    const attempts = [1, 2, 3, 4].map((day) => bookFrom('198.51.100.1', onDay(day)))
    const results = (await Promise.all(attempts)).map(({ __typename }) => __typename)
    expect(results.filter((type) => type === 'MeetingAwaitingConfirmation')).toHaveLength(2)
    expect(results.filter((type) => type === 'QuotaExceededError')).toHaveLength(2)
    expect(await holdFrom('198.51.100.1', onDay(0))).toMatchObject({ __typename: 'QuotaExceededError' })
    // The first to end is the hold.
    expect(await bookFrom('198.51.100.1', slotAt(5))).toMatchObject({ limit: 3, retryAfter: '300' })
    expect(await bookFrom('198.51.100.2', onDay(0))).toMatchObject({
      __typename: 'SlotUnavailableError',
    })
    app.clock.advance(15 * MINUTE)
    expect(await holdFrom('198.51.100.1', onDay(0))).toMatchObject(held)
  })

  it('reserve nothing where a day of the agent is held up to its number of slots, and are not refused', async () => {
    for (const number of [0, 1, 2, 3]) {
      expect(await bookFrom(`198.51.100.${number}`, slotAt(number))).toMatchObject({
        reservedUntil: '2026-03-02T08:15:00.000Z',
      })
    }
    const awaiting = { __typename: 'MeetingAwaitingConfirmation', reservedUntil: null }
    for (const address of ['198.51.100.8', '198.51.100.9']) {
      expect(await bookFrom(address, slotAt(5))).toMatchObject(awaiting)
    }
    expect(await bookFrom('198.51.100.9', onDay(1))).toMatchObject({ reservedUntil: expect.any(String) })
  })
})

describe('the day of an agent', () => {
  const fill = async () => {
    for (const number of [0, 1, 2, 3]) {
      expect(await holdFrom(`198.51.100.${number}`, slotAt(number))).toMatchObject(held)
    }
  }

  it('is held up to a number of slots, and can be booked without a hold beyond', async () => {
    await fill()
    expect(await holdFrom('198.51.100.9', slotAt(5))).toMatchObject({
      __typename: 'QuotaExceededError',
      limit: 4,
      resetsAt: '2026-03-02T08:05:00.000Z',
      message: expect.stringContaining('without a hold'),
    })
    expect(await holdFrom('198.51.100.9', onDay(1))).toMatchObject(held)
    const input = { target: { agentId: ada.id }, startsAt: slotAt(5) }
    expect(await book(app, { token: await createVisitor(app, acme), input })).toMatchObject({
      status: 'SCHEDULED',
    })
    expect(await holdFrom('198.51.100.8', slotAt(0))).toMatchObject({ __typename: 'SlotUnavailableError' })
  })

  it('has room for staff, whose holds do not count', async () => {
    const input = { target: { agentId: ada.id }, startsAt: slotAt(6) }
    expect(await hold(app, { token: acme.admin.token, input })).toMatchObject({ __typename: 'SlotHold' })
    await fill()
    expect(
      await hold(app, { token: acme.admin.token, input: { ...input, startsAt: slotAt(7) } }),
    ).toMatchObject({
      __typename: 'SlotHold',
    })
  })

  it('leads to the next agent, as long as one has room', async () => {
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    await fill()
    const target = { roundRobin: true }
    for (const number of [4, 5, 6, 7]) {
      expect(await holdFrom(`203.0.113.${number}`, slotAt(number), { target })).toMatchObject({
        ...held,
        agent: { id: grace.id },
      })
    }
    expect(await holdFrom('203.0.113.9', slotAt(9), { target })).toMatchObject({
      __typename: 'QuotaExceededError',
    })
  })
})
