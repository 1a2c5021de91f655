// An agent with a mailbox at the emulator of Microsoft, and this program's access to its calendar, without anything in
// between.
import { randomUUID } from 'node:crypto'
import { expect, onTestFinished } from 'vitest'
import { createMicrosoftCalendar } from '../../src/services/calendars/microsoft/microsoft-calendar.ts'
import type { CalendarAccess } from '../../src/services/ports/calendar-provider.ts'
import { checkGraphContract } from '../emulators/microsoft/contract.ts'
import { type Microsoft, startMicrosoft } from '../emulators/microsoft/server.ts'
import { createTestClock } from './clock.ts'
import { impatiently } from './google-calendar.ts'

const SCOPES = ['Calendars.ReadWrite', 'MailboxSettings.Read', 'User.Read']

/** Now it is Monday, 9 March 2026, noon in UTC. Whatever was asked and answered is held against Microsoft's description.
 * @param options.timeZone of the mailbox, as Microsoft names it */
export async function startMicrosoftCalendar(
  options: { timeZone?: string; kind?: 'work' | 'personal' } = {},
) {
  const clock = createTestClock('2026-03-09T12:00:00Z')
  const microsoft = await startMicrosoft({ clock, clientId: 'client', clientSecret: 'secret' })
  onTestFinished(async () => {
    await microsoft.close()
    const exchanges = microsoft.log.all.filter(({ fault }) => fault === undefined)
    expect(checkGraphContract(exchanges)).toEqual([])
  })
  const agent = microsoft.addAccount({ email: 'ada@agents.example', ...options })
  const calendar = createMicrosoftCalendar({ graphUrl: microsoft.origin })
  return {
    clock,
    microsoft,
    agent,
    access: accessTo(microsoft, agent.email),
    calendar,
    /** For what never is answered. */
    impatient: impatiently(microsoft, calendar),
  }
}

/** The right to a calendar, whose zone was Berlin's when it was last looked at; a new token is had whenever one is
 * asked for. */
export function accessTo(microsoft: Microsoft, email: string): CalendarAccess & { renewals: number } {
  let token = microsoft.tokensFor(email, SCOPES).accessToken
  const access = {
    connectionId: randomUUID(),
    timeZone: 'Europe/Berlin',
    renewals: 0,
    token: async ({ renew }: { renew: boolean } = { renew: false }) => {
      if (renew) {
        access.renewals += 1
        token = microsoft.tokensFor(email, SCOPES).accessToken
      }
      return token
    },
  }
  return access
}
