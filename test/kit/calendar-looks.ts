// What tests of calendars that others keep look at: the agent's calendar, slots and meetings as clients see them, and
// what the providers were asked.
import { expect } from 'vitest'
import type { Database } from '../../src/database/open.ts'
import type { Fault } from '../emulators/faults.ts'
import { createTestWorkspace, type Staff } from './actors.ts'
import { data, START } from './app.ts'
import { book, createVisitor, type Result, slots, startsOf } from './booking.ts'
import { type CalendarApp, type Provider, runDueCalendarWork } from './calendars.ts'
import { MINUTE } from './clock.ts'
import { scaleDeadlines } from './deadlines.ts'
import { eventually } from './eventually.ts'
import { endEarlierJobs } from './jobs.ts'
import { emulatorOf, emulatorsOf, KITS, PROVIDERS } from './providers/kits.ts'
import type { ProviderRoutes } from './providers/provider-kit.ts'

export { emulatorOf }

import { at, TUESDAY } from './times.ts'

// Agents of `createConnectedAgent` work from 09:00 to 17:00 in UTC.
export { at, TUESDAY }

/** For each test: nothing goes wrong, it is START, and there are no calendars but those of the test, which would be
 * looked after as well.
 * @returns the token of a visitor of the new workspace */
export async function startAfresh(app: CalendarApp): Promise<string> {
  const { database } = app.app.services
  // How long a provider may take to answer is tested where a test says so: on a busy machine everything takes long.
  scaleDeadlines(10)
  for (const emulator of emulatorsOf(app)) emulator.resetBehaviour()
  // First, because their work enlists jobs.
  await forgetEarlierCalendars(database)
  await endEarlierJobs(database)
  app.clock.set(START)
  app.faults.length = 0
  app.mails.length = 0
  await database.calendarMisconfiguration.deleteMany()
  app.workspace = await createTestWorkspace(app)
  return createVisitor(app, app.workspace)
}

/** Waits for the work on the calendars of the tests before: its mails and faults would come into the next test. */
async function forgetEarlierCalendars({ calendarConnection }: Database): Promise<void> {
  await eventually(async () => {
    await calendarConnection.deleteMany({ where: { leasedUntil: null } })
    expect(await calendarConnection.count()).toBe(0)
  })
}

/** Waits until nothing is left to be written into the calendar of an agent. */
export async function untilWritten(app: CalendarApp, { agentId }: Staff): Promise<void> {
  const { calendarEntry } = app.app.services.database
  await eventually(async () =>
    expect(await calendarEntry.count({ where: { agentId, dueAt: { not: null } } })).toBe(0),
  )
}

/** The starts of the slots of one agent. */
export const startsWith = async (
  app: CalendarApp,
  { agent, visitor, ...day }: { agent: Staff; visitor: string; from?: string; to?: string },
): Promise<string[]> =>
  startsOf(await slots(app, { token: visitor, target: { agentId: agent.id }, ...TUESDAY, ...day }))

export const bookWith = (
  app: CalendarApp,
  { agent, visitor, startsAt }: { agent: Staff; visitor: string; startsAt: string },
): Promise<Result> => book(app, { token: visitor, input: { target: { agentId: agent.id }, startsAt } })

const MEETING = `query ($id: ID!) { node(id: $id) { ... on Meeting {
  status startsAt endsAt subject calendarSync conferenceUrl history { kind actor actorKind actorAgent { id } reason reasonCode }
} } }`

export async function readMeeting(app: CalendarApp, id: string): Promise<Record<string, unknown>> {
  const { node } = await data<{ node: Record<string, unknown> }>(
    app.execute(MEETING, { variables: { id }, token: app.workspace.admin.token }),
  )
  return node
}

const CALENDAR = `query ($id: ID!) { node(id: $id) { ... on Agent { calendar {
  provider accountEmail state stateReason stateReasonCode lastSyncedAt
} } } }`

export interface SeenCalendar {
  provider: string
  accountEmail: string
  state: string
  stateReason: string | null
  stateReasonCode: string | null
  lastSyncedAt: string | null
}

/** @returns null: there never was one */
export async function calendarOf(app: CalendarApp, { id, token }: Staff): Promise<SeenCalendar | null> {
  const answer = await data<{ node: { calendar: SeenCalendar | null } }>(
    app.execute(CALENDAR, { variables: { id }, token }),
  )
  return answer.node.calendar
}

/** The next regular reading. */
export async function synchronise(app: CalendarApp): Promise<void> {
  app.clock.advance(13 * MINUTE)
  await runDueCalendarWork(app)
}

/** What the application does by itself in so many minutes, once in each. */
export async function passMinutes(app: CalendarApp, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    app.clock.advance(MINUTE)
    await runDueCalendarWork(app)
  }
}

/** What the providers are asked for. */
export const ROUTES = Object.fromEntries(
  PROVIDERS.map((provider) => [provider, KITS[provider].routes]),
) as Record<Provider, ProviderRoutes>

/** How often something was asked for so far.
 * @param email of the account; left out: all */
export const countOf = (
  app: CalendarApp,
  { provider, route, email }: { provider: Provider; route: keyof ProviderRoutes; email?: string },
): number =>
  emulatorOf(app, provider)
    .log.of(ROUTES[provider][route])
    .filter(({ account }) => email === undefined || account === email).length

/** Lets a fault hit the next requests for one account, whatever else the application has to do.
 * @param options.times how many; 1 without */
export function failFor(
  app: CalendarApp,
  asked: { provider: Provider; route: keyof ProviderRoutes; email: string },
  { times = 1, ...fault }: Fault & { times?: number },
): void {
  const { provider, route, email } = asked
  const when = ({ account }: { account: string | undefined }) => account === email
  emulatorOf(app, provider).faults.add(ROUTES[provider][route], fault, { times, when })
}
