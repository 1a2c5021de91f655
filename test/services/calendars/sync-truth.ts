// Whether what this program knows and has written agrees with what stands in the calendars at the provider.
import { expect } from 'vitest'
import type { Meeting } from '../../../src/database/generated/client/client.ts'
import { type Result, slots } from '../../kit/booking.ts'
import { DAY, MINUTE } from '../../kit/clock.ts'
import type { Shown, Time } from './calendar-owner.ts'
import { outside, type SyncAgent, type SyncScene } from './sync-scene.ts'

const iso = (instant: Date | number) => new Date(instant).toISOString()
const spanOf = ({ start, end }: Time) => `${start} to ${end}`
const databaseOf = ({ app }: SyncScene) => app.app.services.database

/** What keeps an agent from meeting anybody beside our meetings. */
const foreignBusy = (shown: Shown[]) =>
  shown.filter(({ isBusy, meetingId, start, end }) => isBusy && meetingId === null && start < end)

/** Everything agrees. To be called when it is calm. */
export async function expectAgreement(scene: SyncScene): Promise<void> {
  const meetings = await databaseOf(scene).meeting.findMany({
    where: { id: { in: scene.booked.map(({ id }) => id) } },
  })
  const displaced = await readDisplaced(scene, meetings)
  for (const agent of scene.agents) {
    await expectKnownBusy(scene, { agent, displaced })
    expectEvents(scene, { agent, meetings })
    await expectHonestSlots(scene, agent)
  }
  expectInvitations(scene, meetings)
  await expectNoOverlaps(scene)
  expect(
    scene.app.faults.filter((fault) => !(fault instanceof Error && fault.name.endsWith('Fault'))),
  ).toEqual([])
}

/** Meetings that their agents have moved onto other ones: their time is reserved by the other one. */
async function readDisplaced(scene: SyncScene, meetings: Meeting[]): Promise<Set<string>> {
  const reserved = await databaseOf(scene).reservation.findMany({ select: { meetingId: true } })
  const isReserved = new Set(reserved.map(({ meetingId }) => meetingId))
  const standing = meetings.filter(({ status }) => status !== 'CANCELLED')
  return new Set(standing.map(({ id }) => id).filter((id) => !isReserved.has(id)))
}

async function expectKnownBusy(
  scene: SyncScene,
  { agent, displaced }: { agent: SyncAgent; displaced: Set<string> },
): Promise<void> {
  const connection = await databaseOf(scene).calendarConnection.findUniqueOrThrow({
    where: { agentId: agent.agentId },
    include: { busy: true },
  })
  const { knownFrom, knownUntil, state } = connection
  expect(state).toBe('CONNECTED')
  const shown = agent.owner.shows(iso(knownFrom!), iso(knownUntil!))
  const ours = shown.filter(({ meetingId, declined }) => !declined && displaced.has(meetingId ?? ''))
  const known = connection.busy.map(({ startsAt, endsAt }) =>
    spanOf({ start: iso(startsAt), end: iso(endsAt) }),
  )
  expect(known.sort()).toEqual([...foreignBusy(shown), ...ours].map(spanOf).sort())
}

/** Each standing meeting of the future has one event, at its time and in its agent's calendar only. */
function expectEvents(
  scene: SyncScene,
  { agent, meetings }: { agent: SyncAgent; meetings: Meeting[] },
): void {
  const now = scene.app.clock.now()
  const shown = agent.owner.shows(iso(now.getTime() - DAY), iso(now.getTime() + 90 * DAY))
  const upcoming = meetings.filter(({ endsAt }) => endsAt > now)
  const isUpcoming = new Set(upcoming.map(({ id }) => id))
  const events = shown.filter(({ meetingId, declined }) => !declined && isUpcoming.has(meetingId ?? ''))
  const wanted = upcoming.filter(({ agentId, status }) => agentId === agent.agentId && status !== 'CANCELLED')
  expect(events.map((event) => `${event.meetingId} ${spanOf(event)}`).sort()).toEqual(
    wanted
      .map(({ id, startsAt, endsAt }) => `${id} ${spanOf({ start: iso(startsAt), end: iso(endsAt) })}`)
      .sort(),
  )
}

/** The visitor was invited once to the event that stands, and never more often than there were events. */
function expectInvitations(scene: SyncScene, meetings: Meeting[]): void {
  const now = scene.app.clock.now()
  const invitations = outside(scene).mails.filter(({ kind }) => kind === 'INVITATION')
  for (const { id, visitor, mostInvitations } of scene.booked) {
    const events = invitations.filter(({ to }) => to === visitor).map(({ eventId }) => eventId)
    expect(new Set(events).size, `events of ${id} that ${visitor} is invited to`).toBe(events.length)
    expect(events.length, `invitations of ${id}`).toBeLessThanOrEqual(mostInvitations)
    const meeting = meetings.find((each) => each.id === id)
    const stands = meeting !== undefined && meeting.status !== 'CANCELLED' && meeting.endsAt > now
    if (stands) expect(events.length, `invitations of ${id}`).toBeGreaterThanOrEqual(1)
  }
}

async function expectNoOverlaps(scene: SyncScene): Promise<void> {
  const overlaps = await databaseOf(scene).$queryRaw`
    SELECT one."id" FROM "Reservation" one JOIN "Reservation" other
      ON one."agentId" = other."agentId" AND one."id" < other."id"
      AND tstzrange(one."startsAt", one."blockedUntil") && tstzrange(other."startsAt", other."blockedUntil")`
  expect(overlaps).toEqual([])
}

/** What is offered touches nothing that is in the calendar, with the agent's buffer. */
async function expectHonestSlots(scene: SyncScene, agent: SyncAgent): Promise<void> {
  const from = scene.app.clock.now().getTime()
  const offered = await slots(scene.app, {
    token: scene.app.workspace.admin.token,
    target: { agentId: agent.id },
    from: iso(from),
    to: iso(from + 14 * DAY),
  })
  const times = offered.days.flatMap((day) => day.slots)
  for (const { startsAt, endsAt } of times) {
    expect(touching(scene, { agent, start: startsAt, end: endsAt })).toEqual([])
  }
}

/** What stands in an agent's calendar too near to a time. */
function touching(scene: SyncScene, { agent, start, end }: { agent: SyncAgent } & Time): Shown[] {
  const buffer = agent.bufferMinutes * MINUTE
  const from = iso(Date.parse(start) - buffer)
  const to = iso(Date.parse(end) + buffer)
  const standing = new Set(scene.booked.map(({ id }) => id))
  return agent.owner
    .shows(from, to)
    .filter(
      ({ isBusy, meetingId, declined }) =>
        (isBusy && !meetingId) || (standing.has(meetingId ?? '') && !declined),
    )
}

/** What was just booked was free in the calendar at this moment, whatever was known of it.
 * Meetings of ours do not count: what is to be written about them may be on its way. */
export function expectFree(scene: SyncScene, { agent, startsAt, endsAt }: Result): void {
  const found = scene.agents.find(({ id }) => id === agent.id)!
  const near = touching(scene, { agent: found, start: startsAt, end: endsAt })
  expect(foreignBusy(near).map(spanOf)).toEqual([])
}
