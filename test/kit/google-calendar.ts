// An agent with a calendar at the emulator of Google, and this program's access to it, without anything in between.
import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { createGoogleCalendar } from '../../src/services/calendars/google/google-calendar.ts'
import { CalendarFault } from '../../src/services/calendars/provider/calendar-fault.ts'
import type {
  CalendarAccess,
  CalendarApi,
  CalendarEvent,
} from '../../src/services/ports/calendar-provider.ts'
import { startGoogle } from '../emulators/google/server.ts'
import type { RequestLog } from '../emulators/request-log.ts'
import { createTestClock } from './clock.ts'
import { giveUpWhenHung } from './deadlines.ts'

const SCOPES = ['https://www.googleapis.com/auth/calendar.events']

/** Now it is Monday, 9 March 2026, noon in UTC. */
export async function startGoogleCalendar({ timeZone = 'UTC' }: { timeZone?: string } = {}) {
  const clock = createTestClock('2026-03-09T12:00:00Z')
  const google = await startGoogle({ clock, clientId: 'client', clientSecret: 'secret', redirectUris: [] })
  onTestFinished(() => google.close())
  const agent = google.addAccount({ email: 'ada@agents.example', timeZone })
  const calendar = createGoogleCalendar({ apiUrl: google.origin })
  return {
    google,
    agent,
    access: accessTo(google, agent.email, timeZone),
    calendar,
    /** For what never is answered. */
    impatient: impatiently(google, calendar),
  }
}

/** @returns the calendar, which gives up a request as soon as it hangs at the emulator */
export function impatiently(emulator: { log: RequestLog }, calendar: CalendarApi): CalendarApi {
  return new Proxy(calendar, {
    get: (api, name) => {
      const method = Reflect.get(api, name) as (...given: unknown[]) => Promise<unknown>
      return (...given: unknown[]) => giveUpWhenHung(emulator, () => method.apply(api, given))
    },
  })
}

type Google = Awaited<ReturnType<typeof startGoogle>>

/** The right to a calendar; a new token is had whenever one is asked for. */
export function accessTo(
  google: Google,
  email: string,
  timeZone = 'UTC',
): CalendarAccess & { email: string; renewals: number } {
  let token = google.tokensFor(email, SCOPES).accessToken
  const access = {
    connectionId: randomUUID(),
    timeZone,
    email,
    renewals: 0,
    token: async ({ renew }: { renew: boolean } = { renew: false }) => {
      if (renew) {
        access.renewals += 1
        token = google.tokensFor(email, SCOPES).accessToken
      }
      return token
    },
  }
  return access
}

/** Tuesday, 10 March 2026, 16:00 to 16:30 in UTC. */
export function meetingEvent(changes: Partial<CalendarEvent> = {}): CalendarEvent {
  return {
    meetingId: randomUUID(),
    agentId: randomUUID(),
    generation: 0,
    revision: 1,
    subject: 'Demo',
    body: 'See you there.',
    startsAt: new Date('2026-03-10T16:00:00Z'),
    endsAt: new Date('2026-03-10T16:30:00Z'),
    visitor: { name: 'Vera Visitor', email: 'vera@customer.example' },
    wantsConference: true,
    invites: true,
    written: null,
    ...changes,
  }
}

/** The event of a meeting as its calendar has it while nobody has changed it there. */
export const asWritten = ({ meetingId, startsAt, endsAt }: CalendarEvent, eventId: string) => ({
  eventId,
  meetingId,
  state: 'STANDS',
  start: startsAt.getTime(),
  end: endsAt.getTime(),
  visitorInvited: true,
})

/** @returns the fault with which it fails
 * @throws Error when it succeeds, or fails with anything else */
export async function faultOf(work: Promise<unknown>): Promise<CalendarFault> {
  const answer = await work.catch((fault: unknown) => {
    if (fault instanceof CalendarFault) return fault
    throw fault
  })
  if (answer instanceof CalendarFault) return answer
  throw new Error(`Nothing failed: ${JSON.stringify(answer)}`)
}
