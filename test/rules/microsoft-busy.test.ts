import { describe, expect, it } from 'vitest'
import { type GraphState, intervalOf, isBusy } from '../../src/services/calendars/microsoft/busy.ts'

const HOUR = 3_600_000
const entry = (fields: Partial<GraphState>): GraphState => ({
  showAs: 'busy',
  isCancelled: false,
  responseStatus: { response: 'accepted' },
  ...fields,
})

describe('an event in an Outlook calendar', () => {
  it.each<[string, boolean, Partial<GraphState>]>([
    ['shown as busy', true, { showAs: 'busy' }],
    ['shown as out of office', true, { showAs: 'oof' }],
    ['shown as tentative', true, { showAs: 'tentative' }],
    ['shown as free', false, { showAs: 'free' }],
    ['shown as working elsewhere', false, { showAs: 'workingElsewhere' }],
    ['shown as unknown', true, { showAs: 'unknown' }],
    ['shown as an unknown value', true, { showAs: 'asleep' }],
    ['without showAs', true, { showAs: null }],
    ['that was cancelled', false, { isCancelled: true }],
    ['that the agent declined', false, { responseStatus: { response: 'declined' } }],
    ['that the agent has not answered', true, { responseStatus: { response: 'notResponded' } }],
    ['that the agent has organised', true, { responseStatus: { response: 'organizer' } }],
    [
      'tentatively accepted',
      true,
      { showAs: 'tentative', responseStatus: { response: 'tentativelyAccepted' } },
    ],
    ['without a response status', true, { responseStatus: null }],
  ])('%s keeps its owner from a meeting: %s', (_, expected, fields) => {
    expect(isBusy(entry(fields))).toBe(expected)
  })
})

describe('the times of an Outlook event', () => {
  const at = (dateTime: string, timeZone = 'UTC') => ({ dateTime, timeZone })
  const timed = (timeZone: string) => ({
    isAllDay: false,
    start: at('2026-12-01T09:00:00.0000000', timeZone),
    end: at('2026-12-01T10:30:00.0000000', timeZone),
  })
  const days = (first: string, end: string) => ({
    isAllDay: true,
    start: at(`${first}T00:00:00.0000000`),
    end: at(`${end}T00:00:00.0000000`),
  })
  const written = (interval: { start: number; end: number }) => [
    new Date(interval.start).toISOString(),
    new Date(interval.end).toISOString(),
  ]

  it.each([
    ['UTC', '2026-12-01T09:00:00.000Z'],
    ['tzone://Microsoft/Utc', '2026-12-01T09:00:00.000Z'],
    ['Tokyo Standard Time', '2026-12-01T00:00:00.000Z'],
    ['Asia/Tokyo', '2026-12-01T00:00:00.000Z'],
    ['Customized Time Zone', '2026-12-01T14:00:00.000Z'],
    ['tzone://Microsoft/Custom', '2026-12-01T14:00:00.000Z'],
  ])('in the zone %s and a New York mailbox start at %s', (timeZone, expected) => {
    const { start, end } = intervalOf(timed(timeZone), 'America/New_York')
    expect(new Date(start).toISOString()).toBe(expected)
    expect(end - start).toBe(1.5 * HOUR)
  })

  it.each([
    ['UTC', '2026-12-01T00:00:00.000Z', '2026-12-02T00:00:00.000Z'],
    ['America/Los_Angeles', '2026-12-01T08:00:00.000Z', '2026-12-02T08:00:00.000Z'],
    ['Pacific/Auckland', '2026-11-30T11:00:00.000Z', '2026-12-01T11:00:00.000Z'],
  ])('of a whole day are the local day of a mailbox in %s', (zone, start, end) => {
    expect(written(intervalOf(days('2026-12-01', '2026-12-02'), zone))).toEqual([start, end])
  })

  it('of several whole days exclude the end date', () => {
    expect(written(intervalOf(days('2026-12-24', '2026-12-27'), 'Europe/Berlin'))).toEqual([
      '2026-12-23T23:00:00.000Z',
      '2026-12-26T23:00:00.000Z',
    ])
  })

  it('of a whole day last 25 hours when the clock goes back, and 23 when it goes forward', () => {
    const autumn = intervalOf(days('2026-10-25', '2026-10-26'), 'Europe/Berlin')
    expect(autumn.end - autumn.start).toBe(25 * HOUR)
    const spring = intervalOf(days('2027-03-28', '2027-03-29'), 'Europe/Berlin')
    expect(spring.end - spring.start).toBe(23 * HOUR)
  })

  it('of a whole day without a midnight begin at one o’clock', () => {
    expect(written(intervalOf(days('2018-11-04', '2018-11-05'), 'America/Sao_Paulo'))).toEqual([
      '2018-11-04T03:00:00.000Z',
      '2018-11-05T02:00:00.000Z',
    ])
  })

  it('are NaN when they cannot be parsed', () => {
    expect(intervalOf({ ...timed('UTC'), start: at('soon') }, 'UTC').start).toBeNaN()
    expect(intervalOf({ ...days('2026-12-01', '2026-12-02'), end: at('some day') }, 'UTC').end).toBeNaN()
  })
})
