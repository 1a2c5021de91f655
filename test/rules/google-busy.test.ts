// Which events of a Google calendar make its owner busy.
import { describe, expect, it } from 'vitest'
import { busyEventOf, type GoogleEvent } from '../../src/services/calendars/google/busy-event.ts'
import { CalendarFault } from '../../src/services/calendars/provider/calendar-fault.ts'

const START = '2026-03-10T16:00:00.000Z'
const END = '2026-03-10T17:00:00.000Z'
const timed = { id: 'event-1', start: { dateTime: START }, end: { dateTime: END } }
const answered = (responseStatus: string) => ({
  attendees: [{ responseStatus: 'accepted' }, { self: true, responseStatus }],
})

describe('an event in a Google calendar', () => {
  it.each<{ what: string; event: GoogleEvent; isBusy: boolean }>([
    { what: 'without further fields', event: {}, isBusy: true },
    { what: 'confirmed and opaque', event: { status: 'confirmed', transparency: 'opaque' }, isBusy: true },
    { what: 'shown as free', event: { transparency: 'transparent' }, isBusy: false },
    { what: 'cancelled', event: { status: 'cancelled' }, isBusy: false },
    { what: 'declined by the owner', event: answered('declined'), isBusy: false },
    { what: 'accepted by the owner', event: answered('accepted'), isBusy: true },
    { what: 'tentatively accepted by the owner', event: answered('tentative'), isBusy: true },
    { what: 'not answered by the owner', event: answered('needsAction'), isBusy: true },
    { what: 'with the status tentative', event: { status: 'tentative' }, isBusy: true },
    {
      what: 'declined by another guest',
      event: { attendees: [{ responseStatus: 'declined' }, { self: true, responseStatus: 'accepted' }] },
      isBusy: true,
    },
    { what: 'without the owner among the guests', event: { attendees: [{}] }, isBusy: true },
    { what: 'of type out of office', event: { eventType: 'outOfOffice' }, isBusy: true },
    { what: 'of type focus time', event: { eventType: 'focusTime' }, isBusy: true },
    { what: 'of type working location', event: { eventType: 'workingLocation' }, isBusy: false },
    {
      what: 'of type working location, marked opaque',
      event: { eventType: 'workingLocation', transparency: 'opaque' },
      isBusy: false,
    },
    { what: 'of type birthday', event: { eventType: 'birthday', transparency: 'opaque' }, isBusy: false },
    { what: 'created from a mail', event: { eventType: 'fromGmail' }, isBusy: true },
    {
      what: 'created from a mail, shown as free',
      event: { eventType: 'fromGmail', transparency: 'transparent' },
      isBusy: false,
    },
    { what: 'of an unknown type', event: { eventType: 'gardening' }, isBusy: true },
  ])('$what keeps its owner from a meeting: $isBusy', ({ event, isBusy }) => {
    const busy = busyEventOf({ ...timed, ...event }, 'Europe/Berlin')
    expect(busy).toEqual(
      isBusy ? { eventId: 'event-1', start: Date.parse(START), end: Date.parse(END) } : null,
    )
  })
})

describe('an all-day event in a Google calendar takes whole days of the calendar’s zone', () => {
  it.each([
    ['UTC', '2026-03-10', '2026-03-11', '2026-03-10T00:00Z', '2026-03-11T00:00Z'],
    ['America/Los_Angeles', '2026-03-10', '2026-03-11', '2026-03-10T07:00Z', '2026-03-11T07:00Z'],
    ['Pacific/Auckland', '2026-03-10', '2026-03-12', '2026-03-09T11:00Z', '2026-03-11T11:00Z'],
    // The day of a clock change has 23 or 25 hours.
    ['America/Los_Angeles', '2026-03-08', '2026-03-09', '2026-03-08T08:00Z', '2026-03-09T07:00Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-26', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
    // Midnight is skipped in Cairo and repeated in Havana.
    ['Africa/Cairo', '2026-04-24', '2026-04-25', '2026-04-23T22:00Z', '2026-04-24T21:00Z'],
    ['America/Havana', '2026-11-01', '2026-11-02', '2026-11-01T04:00Z', '2026-11-02T05:00Z'],
  ])('in %s, %s to %s', (timeZone, from, until, start, end) => {
    const event = { id: 'event-1', start: { date: from }, end: { date: until } }
    expect(busyEventOf(event, timeZone)).toMatchObject({ start: Date.parse(start), end: Date.parse(end) })
  })

  it('but none when it is shown as free', () => {
    const event = {
      start: { date: '2026-03-10' },
      end: { date: '2026-03-11' },
      transparency: 'transparent',
    }
    expect(busyEventOf(event, 'UTC')).toBeNull()
  })
})

describe('the times of a Google event', () => {
  it('are read with their offset', () => {
    const event = {
      start: { dateTime: '2026-03-10T09:00:00-07:00', timeZone: 'America/New_York' },
      end: { dateTime: '2026-03-10T10:30:00-07:00' },
    }
    const expected = { start: Date.parse('2026-03-10T16:00Z'), end: Date.parse('2026-03-10T17:30Z') }
    expect(busyEventOf(event, 'UTC')).toMatchObject(expected)
  })

  it('without an offset are in their own zone, and without a zone in that of the calendar', () => {
    const event = {
      start: { dateTime: '2026-03-10T09:00:00', timeZone: 'America/New_York' },
      end: { dateTime: '2026-03-10T16:00:00' },
    }
    const expected = { start: Date.parse('2026-03-10T13:00Z'), end: Date.parse('2026-03-10T15:00Z') }
    expect(busyEventOf(event, 'Europe/Berlin')).toMatchObject(expected)
  })

  it('leave the owner free when start and end are equal', () => {
    const event = { start: { dateTime: START }, end: { dateTime: START } }
    expect(busyEventOf(event, 'UTC')).toBeNull()
  })

  it.each<GoogleEvent>([
    {},
    { start: { dateTime: START } },
    { start: { dateTime: 'soon' }, end: { dateTime: END } },
  ])('are refused when they are missing or malformed: %j', (event) => {
    expect(() => busyEventOf(event, 'UTC')).toThrow(CalendarFault)
  })
})
