// An agent goes while somebody is booking with that agent. Whoever was told that the agent is gone must not see a
// meeting booked with the agent afterwards. The booking is held up in the middle by a row that another session has
// not committed yet.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, inject, it, vi } from 'vitest'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { data, startApp, type TestApp } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor } from '../kit/booking.ts'

const NINE = '2026-03-03T09:00:00Z'
const DEADLINE = { timeout: 15_000, interval: 20 }

let app: TestApp
let sql: pg.Client
let acme: TestWorkspace
let ada: Staff
let visitor: string

beforeAll(async () => {
  app = await startApp()
  const [row] = await app.app.services.database.$queryRaw<
    { name: string }[]
  >`SELECT current_database() AS name`
  const url = Object.assign(new URL(inject('postgresUrl')), { pathname: `/${row?.name}` })
  sql = new pg.Client({ connectionString: url.href })
  await sql.connect()
})
afterAll(async () => {
  await sql.end()
  await app.stop()
})
beforeEach(async () => {
  acme = await createTestWorkspace(app)
  ada = await createBookableAgent(app, acme)
  visitor = await createVisitor(app, acme)
})

const LEAVING = {
  removeAgent:
    'mutation ($agentId: ID!) { result: removeAgent(input: { agentId: $agentId }) { __typename } }',
  disconnectCalendar:
    'mutation ($agentId: ID!) { result: disconnectCalendar(input: { agentId: $agentId }) { __typename } }',
}

it.each([
  ['removeAgent', 'agentId'],
  ['removeAgent', 'roundRobin'],
  ['disconnectCalendar', 'agentId'],
  ['disconnectCalendar', 'roundRobin'],
] as const)('a booking that began before %s is done before it, or is refused (%s)', async (leaving, by) => {
  await sql.query('BEGIN')
  await insertReservation()
  const target = by === 'agentId' ? { agentId: ada.id } : { roundRobin: true }
  const booking = book(app, { token: visitor, input: { target, startsAt: NINE } })
  await waitForBlocked(1)
  const call = { variables: { agentId: ada.id }, token: acme.admin.token }
  const gone = data(app.execute(LEAVING[leaving], call))
  await Promise.race([gone, waitForBlocked(2)])
  await sql.query('ROLLBACK')
  const [{ __typename }] = await Promise.all([booking, gone])
  // In the order in which they were committed; the answers may overtake each other.
  const told = await readEventTypes()
  const isGone = (type: string) => type === 'AccessChanged' || type === 'CalendarStatusChanged'
  expect(told.filter(isGone)).toHaveLength(1)
  if (__typename === 'Meeting') {
    expect(told.indexOf('MeetingChanged')).toBeLessThan(told.findIndex(isGone))
  } else {
    expect(told).not.toContain('MeetingChanged')
  }
})

async function readEventTypes(): Promise<string[]> {
  const { rows } = await sql.query<{ type: string }>(
    'SELECT "type" FROM "Event" WHERE "streamId" = $1 ORDER BY "seq"',
    [`workspace:${acme.workspaceId}`],
  )
  return rows.map(({ type }) => type)
}

/** Takes the time for a moment, in a transaction that is still open. */
async function insertReservation(): Promise<void> {
  await sql.query(
    `INSERT INTO "Reservation" ("id", "workspaceId", "agentId", "startsAt", "endsAt", "blockedUntil", "holder", "expiresAt")
     VALUES ($1, $2, $3, $4, $5, $5, 'visitor:none', $5)`,
    [randomUUID(), acme.workspaceId, ada.agentId, NINE, '2026-03-03T09:30:00Z'],
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
