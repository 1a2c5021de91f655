// Being told by Google that a calendar has changed.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { faultOf, startGoogleCalendar } from '../../kit/google-calendar.ts'

const WEEK = 7 * 24 * 60 * 60_000
const wish = (changes: object = {}) => ({
  channelId: randomUUID(),
  secret: 'a secret of ours',
  webhookUrl: 'http://127.0.0.1:9/hooks/google',
  expiresAt: new Date('2026-03-11T12:00:00Z'),
  ...changes,
})

describe('a watch', () => {
  it('is opened with our secret, until when we like', async () => {
    const { google, calendar, access } = await startGoogleCalendar()
    const request = wish()
    const watch = await calendar.openChannel(access, request)
    expect(watch).toMatchObject({ providerId: request.channelId, expiresAt: request.expiresAt })
    expect(google.push.channels.get(request.channelId)).toMatchObject({
      address: request.webhookUrl,
      token: request.secret,
      resourceId: watch?.resourceId,
    })
  })

  it('F25: ends when Google says', async () => {
    const { calendar, access } = await startGoogleCalendar()
    const watch = await calendar.openChannel(access, wish({ expiresAt: new Date('2026-06-01T00:00:00Z') }))
    expect(watch?.expiresAt).toEqual(new Date(Date.parse('2026-03-09T12:00:00Z') + WEEK))
  })

  it('is not had where the calendar tells nobody', async () => {
    const { agent, calendar, access } = await startGoogleCalendar()
    agent.calendars()[0]!.allowsPush = false
    expect(await calendar.openChannel(access, wish())).toBeNull()
  })

  it('fails where Google may not call us: that is for us to mend', async () => {
    const { calendar, access } = await startGoogleCalendar()
    const fault = await faultOf(
      calendar.openChannel(access, wish({ webhookUrl: 'http://switchboard.example/hook' })),
    )
    expect(fault).toMatchObject({ kind: 'MISCONFIGURED' })
  })

  it('F27: is stopped, and is stopped when it is not there any more', async () => {
    const { google, calendar, access } = await startGoogleCalendar()
    const watch = await calendar.openChannel(access, wish())
    await calendar.closeChannel(access, watch!)
    expect(google.push.channels.size).toBe(0)
    await calendar.closeChannel(access, watch!)
  })
})
