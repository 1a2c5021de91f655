// The next agent of a pool is booked directly at the moment of its turn. Sessions of the test lock the calendars as
// concurrent bookings would.
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { beforeEach, expect, it } from 'vitest'
import type { Staff } from '../kit/actors.ts'
import { book } from '../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { openSession, waitForBlocked } from '../kit/second-session.ts'
import { at, NINE } from '../kit/times.ts'

const { app, acme, ada, grace, visitor } = useScene({
  ada: bookable(),
  grace: bookable(),
  visitor: aVisitor,
})
/** Each acts like a booking in progress. */
let one: pg.Client
let other: pg.Client

beforeEach(async () => {
  one = await openSession(app)
  other = await openSession(app)
})

it('a round-robin booking goes to the next agent when the first one is booked meanwhile', async () => {
  await lockCalendar(one, ada)
  const { booking } = await startBooking()
  await takeTime(one, ada)
  await one.query('COMMIT')
  expect(await booking).toMatchObject({ __typename: 'Meeting', agent: { name: grace.name } })
})

it('a round-robin booking waits for the locked calendar of the next agent, and does not skip a free one', async () => {
  await lockCalendar(one, ada)
  const { booking } = await startBooking()
  await lockCalendar(other, grace)
  await takeTime(one, ada)
  await one.query('COMMIT')
  await waitForBlocked(app, 1)
  await other.query('ROLLBACK')
  expect(await booking).toMatchObject({ __typename: 'Meeting', agent: { name: grace.name } })
})

it('a round-robin booking is refused when the next agent is booked as well', async () => {
  await lockCalendar(one, ada)
  const { booking } = await startBooking()
  await lockCalendar(other, grace)
  await takeTime(one, ada)
  await takeTime(other, grace)
  await one.query('COMMIT')
  await other.query('COMMIT')
  expect(await booking).toMatchObject({ __typename: 'SlotUnavailableError' })
})

/** Starts a round-robin booking, and waits until it waits for Ada's calendar.
 * @returns the pending answer */
async function startBooking(): Promise<{ booking: ReturnType<typeof book> }> {
  const booking = book(app, { token: visitor.token, input: { target: { roundRobin: true }, startsAt: NINE } })
  await waitForBlocked(app, 1)
  return { booking }
}

async function lockCalendar(session: pg.Client, { agentId }: Staff): Promise<void> {
  await session.query('BEGIN')
  await session.query('SELECT FROM "MeetingAvailability" WHERE "agentId" = $1 FOR NO KEY UPDATE', [agentId])
}

async function takeTime(session: pg.Client, { agentId }: Staff): Promise<void> {
  await session.query(
    `INSERT INTO "Reservation" ("id", "workspaceId", "agentId", "startsAt", "endsAt", "blockedUntil", "holder", "expiresAt")
     VALUES ($1, $2, $3, $4, $5, $5, $6, $5)`,
    [randomUUID(), acme.workspaceId, agentId, NINE, at('09:30'), `visitor:${randomUUID()}`],
  )
}
