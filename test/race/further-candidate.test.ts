// An agent of a pool is taken without the pool, in the moment in which its turn comes. The calendars are held up by
// sessions of the test's own, as long as other bookings would have them.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, inject, it, vi } from 'vitest'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { startApp, type TestApp } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor } from '../kit/booking.ts'

const NINE = '2026-03-03T09:00:00Z'
const HALF_PAST = '2026-03-03T09:30:00Z'
const DEADLINE = { timeout: 15_000, interval: 20 }

let app: TestApp
let acme: TestWorkspace
let ada: Staff
let grace: Staff
/** Each like a booking in progress. */
let one: pg.Client
let other: pg.Client

beforeAll(async () => {
  app = await startApp()
  const [row] = await app.app.services.database.$queryRaw<
    { name: string }[]
  >`SELECT current_database() AS name`
  const url = Object.assign(new URL(inject('postgresUrl')), { pathname: `/${row?.name}` })
  one = new pg.Client({ connectionString: url.href })
  other = new pg.Client({ connectionString: url.href })
  await Promise.all([one.connect(), other.connect()])
})
afterAll(async () => {
  await Promise.all([one.end(), other.end()])
  await app.stop()
})
beforeEach(async () => {
  acme = await createTestWorkspace(app)
  ada = await createBookableAgent(app, acme, { name: 'Ada' })
  grace = await createBookableAgent(app, acme, { name: 'Grace' })
})

it('goes to the next one when the first was taken meanwhile', async () => {
  await lockCalendar(one, ada)
  const { booking } = await bookAnybody()
  await takeTime(one, ada)
  await one.query('COMMIT')
  expect(await booking).toMatchObject({ __typename: 'Meeting', agent: { name: 'Grace' } })
})

it('waits for the next one whose calendar is locked too, and passes over nobody who is free', async () => {
  await lockCalendar(one, ada)
  const { booking } = await bookAnybody()
  await lockCalendar(other, grace)
  await takeTime(one, ada)
  await one.query('COMMIT')
  await waitForBlocked(1)
  await other.query('ROLLBACK')
  expect(await booking).toMatchObject({ __typename: 'Meeting', agent: { name: 'Grace' } })
})

it('is refused when that one was taken as well', async () => {
  await lockCalendar(one, ada)
  const { booking } = await bookAnybody()
  await lockCalendar(other, grace)
  await takeTime(one, ada)
  await takeTime(other, grace)
  await one.query('COMMIT')
  await other.query('COMMIT')
  expect(await booking).toMatchObject({ __typename: 'SlotUnavailableError' })
})

/** @returns the answer to come, once the booking waits for Ada's calendar */
async function bookAnybody(): Promise<{ booking: ReturnType<typeof book> }> {
  const token = await createVisitor(app, acme)
  const booking = book(app, { token, input: { target: { roundRobin: true }, startsAt: NINE } })
  await waitForBlocked(1)
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
    [randomUUID(), acme.workspaceId, agentId, NINE, HALF_PAST, `visitor:${randomUUID()}`],
  )
}

/** Waits until so many other sessions of the database are waiting for a lock. */
async function waitForBlocked(count: number): Promise<void> {
  await vi.waitFor(async () => {
    const blocked = await app.app.services.database.$queryRaw`
      SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    expect(blocked).toHaveLength(count)
  }, DEADLINE)
}
