// The token that goes with every request to Google Calendar: renewed once when it is refused, and seen by nobody else.
import { describe, expect, it } from 'vitest'
import { CalendarFault } from '../../../src/services/calendars/provider/calendar-fault.ts'
import { faultOf, meetingEvent, startGoogleCalendar } from '../../kit/google-calendar.ts'

const window = { start: Date.parse('2026-03-01T00:00Z'), end: Date.parse('2026-04-01T00:00Z') }
const LIST = 'GET /calendar/v3/calendars/primary/events'

describe('a token that Google refuses', () => {
  it('is renewed once, and the request goes well', async () => {
    const { agent, calendar, access } = await startGoogleCalendar()
    agent.expireAccessTokens()
    await expect(calendar.read(access, window)).resolves.toMatchObject({ busy: [] })
    expect(access.renewals).toBe(1)
  })

  it('F7: is renewed for a write that is done once', async () => {
    const { google, agent, calendar, access } = await startGoogleCalendar()
    agent.expireAccessTokens()
    await calendar.writeEvent(access, meetingEvent())
    expect([agent.events().length, google.mails.length, access.renewals]).toEqual([1, 1, 1])
  })

  it('F2: is not renewed a second time, and says nothing of the permission: only the renewal does', async () => {
    const { google, calendar, access } = await startGoogleCalendar()
    const refused = await faultOf(
      calendar.read({ ...access, token: async () => 'not a token of Google' }, window),
    )
    expect(refused).toMatchObject({ kind: 'RETRY' })
    expect(google.log.count(LIST)).toBe(2)
    expect(refused.message).not.toContain('not a token')
  })

  it.each(['RETRY', 'REAUTHENTICATE', 'MISCONFIGURED'] as const)(
    'F1, F2: fails as its renewal does: %s',
    async (kind) => {
      const { agent, calendar, access } = await startGoogleCalendar()
      agent.revokeAccess()
      const fault = new CalendarFault(kind, 'No new token.', 5000)
      const token = async (options?: { renew: boolean }) => {
        if (options?.renew) throw fault
        return access.token()
      }
      expect(await faultOf(calendar.read({ ...access, token }, window))).toBe(fault)
    },
  )

  it('F6: is not renewed when it is a permission that is missing', async () => {
    const { google, calendar, access } = await startGoogleCalendar()
    const readOnly = google.tokensFor(access.email, [
      'https://www.googleapis.com/auth/calendar.events.readonly',
    ])
    let renewals = 0
    const token = async (options?: { renew: boolean }) => {
      if (options?.renew) renewals += 1
      return readOnly.accessToken
    }
    const fault = await faultOf(calendar.writeEvent({ ...access, token }, meetingEvent()))
    expect(fault).toMatchObject({ kind: 'REAUTHENTICATE' })
    expect(renewals).toBe(0)
  })
})

describe('a token', () => {
  it('is sent nowhere else, wherever Google seems to send us', async () => {
    const { google, calendar, access } = await startGoogleCalendar()
    const { google: elsewhere } = await startGoogleCalendar()
    const location = `${elsewhere.origin}/calendar/v3/calendars/primary/events`
    google.faults.add(LIST, { kind: 'answer', status: 307, headers: { location } })
    expect(await faultOf(calendar.read(access, window))).toMatchObject({ kind: 'RETRY' })
    expect(elsewhere.log.all).toEqual([])
  })
})
