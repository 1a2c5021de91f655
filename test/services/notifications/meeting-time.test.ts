import { describe, expect, it } from 'vitest'
import { formatMeetingStart, formatMeetingTime } from '../../../src/services/invitations/meeting-time.ts'

function timeOf(interval: string, timeZone: string): string {
  const [start, end] = interval.split('/')
  return formatMeetingTime({ startsAt: new Date(start!), endsAt: new Date(end!), timeZone })
}

describe('the time of a meeting as it is written', () => {
  it.each([
    [
      'Europe/Berlin',
      '2026-12-08T13:00Z/2026-12-08T13:30Z',
      'Tuesday, 8 December 2026, 14:00–14:30 (Europe/Berlin, UTC+01:00)',
    ],
    [
      'Asia/Kathmandu',
      '2026-12-08T18:30Z/2026-12-08T19:15Z',
      'Wednesday, 9 December 2026, 00:15–01:00 (Asia/Kathmandu, UTC+05:45)',
    ],
    [
      'America/St_Johns',
      '2026-12-08T13:00Z/2026-12-08T13:30Z',
      'Tuesday, 8 December 2026, 09:30–10:00 (America/St_Johns, UTC-03:30)',
    ],
    [
      'America/St_Johns',
      '2026-07-08T13:00Z/2026-07-08T13:30Z',
      'Wednesday, 8 July 2026, 10:30–11:00 (America/St_Johns, UTC-02:30)',
    ],
    ['UTC', '2026-12-08T00:00Z/2026-12-08T00:30Z', 'Tuesday, 8 December 2026, 00:00–00:30 (UTC, UTC+00:00)'],
  ])('names the zone and its offset in %s', (timeZone, interval, expected) => {
    expect(timeOf(interval, timeZone)).toBe(expected)
  })

  it('tells the two passes of a repeated hour apart by the offset', () => {
    const zone = 'America/New_York'
    expect(timeOf('2026-11-01T05:15Z/2026-11-01T05:45Z', zone)).toBe(
      'Sunday, 1 November 2026, 01:15–01:45 (America/New_York, UTC-04:00)',
    )
    expect(timeOf('2026-11-01T06:15Z/2026-11-01T06:45Z', zone)).toBe(
      'Sunday, 1 November 2026, 01:15–01:45 (America/New_York, UTC-05:00)',
    )
    expect(formatMeetingStart(new Date('2026-11-01T06:15Z'), zone)).toBe(
      'Sunday, 1 November 2026, 01:15 (America/New_York, UTC-05:00)',
    )
  })

  it('writes both ends in full when the clock is set back during the meeting', () => {
    expect(timeOf('2026-11-01T05:30Z/2026-11-01T06:15Z', 'America/New_York')).toBe(
      'Sunday, 1 November 2026, 01:30 (America/New_York, UTC-04:00) – ' +
        'Sunday, 1 November 2026, 01:15 (America/New_York, UTC-05:00)',
    )
  })

  it('writes both dates when the meeting goes over midnight', () => {
    expect(timeOf('2026-12-31T22:45Z/2026-12-31T23:15Z', 'Europe/Berlin')).toBe(
      'Thursday, 31 December 2026, 23:45 (Europe/Berlin, UTC+01:00) – ' +
        'Friday, 1 January 2027, 00:15 (Europe/Berlin, UTC+01:00)',
    )
  })

  it('refuses an unknown zone rather than writing nonsense', () => {
    expect(() => timeOf('2026-12-08T13:00Z/2026-12-08T13:30Z', 'Mars/Olympus')).toThrow(RangeError)
  })
})
