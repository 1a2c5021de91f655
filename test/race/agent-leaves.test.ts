// An agent leaves during a booking with that agent. A subscriber that was notified of the departure must not see a
// meeting booked with the agent afterwards. An uncommitted row of another session blocks the booking in the middle.
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { book } from '../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { openSession, waitForBlocked } from '../kit/second-session.ts'
import { at, NINE } from '../kit/times.ts'

const { app, acme, admin, ada, visitor } = useScene({ ada: bookable(), visitor: aVisitor })

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
] as const)('a booking that began before %s completes before it, or is refused (%s)', async (leaving, by) => {
  const session = await openSession(app)
  await session.query('BEGIN')
  await insertReservation(session)
  const target = by === 'agentId' ? { agentId: ada.id } : { roundRobin: true }
  const booking = book(app, { token: visitor.token, input: { target, startsAt: NINE } })
  await waitForBlocked(app, 1)
  const call = { variables: { agentId: ada.id }, token: admin.token }
  const gone = data(app.execute(LEAVING[leaving], call))
  await Promise.race([gone, waitForBlocked(app, 2)])
  await session.query('ROLLBACK')
  const [{ __typename }] = await Promise.all([booking, gone])
  // In the order of the commits; the answers may overtake each other.
  const types = await readEventTypes(session)
  const isGone = (type: string) => type === 'AccessChanged' || type === 'CalendarChanged'
  expect(types.filter(isGone)).toHaveLength(1)
  if (__typename === 'Meeting') {
    expect(types.indexOf('MeetingChanged')).toBeLessThan(types.findIndex(isGone))
  } else {
    expect(types).not.toContain('MeetingChanged')
  }
})

async function readEventTypes(session: pg.Client): Promise<string[]> {
  const { rows } = await session.query<{ type: string }>(
    'SELECT "type" FROM "Event" WHERE "streamId" = $1 ORDER BY "seq"',
    [`workspace:${acme.workspaceId}`],
  )
  return rows.map(({ type }) => type)
}

/** Reserves the time in a transaction that is still open. */
async function insertReservation(session: pg.Client): Promise<void> {
  await session.query(
    `INSERT INTO "Reservation" ("id", "workspaceId", "agentId", "startsAt", "endsAt", "blockedUntil", "holder", "expiresAt")
     VALUES ($1, $2, $3, $4, $5, $5, 'visitor:none', $5)`,
    [randomUUID(), acme.workspaceId, ada.agentId, NINE, at('09:30')],
  )
}
