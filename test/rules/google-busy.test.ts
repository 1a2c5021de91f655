// The table that says which events of a Google calendar keep its owner from a meeting, row by row.
import { describe, expect, it } from 'vitest'
import { busyEventOf, type GoogleEvent } from '../../src/services/calendars/google/busy-event.ts'
import { CalendarFault } from '../../src/services/calendars/provider/calendar-fault.ts'

const START = '2026-03-10T16:00:00.000Z'
const END = '2026-03-10T17:00:00.000Z'
const timed = { id: 'event-1', start: { dateTime: START }, end: { dateTime: END } }
const answered = (responseStatus: string) => ({
  attendees: [{ responseStatus: 'accepted' }, { self: true, responseStatus }],
})

describe('an event keeps its owner from a meeting', () => {
  it.each<{ what: string; event: GoogleEvent; kind: string | null }>([
    { what: 'nothing said', event: {}, kind: 'BUSY' },
    { what: 'confirmed and opaque', event: { status: 'confirmed', transparency: 'opaque' }, kind: 'BUSY' },
    { what: 'F19: shown as free', event: { transparency: 'transparent' }, kind: null },
    { what: 'cancelled', event: { status: 'cancelled' }, kind: null },
    { what: 'F20: declined by the owner', event: answered('declined'), kind: null },
    { what: 'accepted by the owner', event: answered('accepted'), kind: 'BUSY' },
    { what: 'answered with maybe', event: answered('tentative'), kind: 'TENTATIVE' },
    { what: 'not answered', event: answered('needsAction'), kind: 'TENTATIVE' },
    { what: 'tentative as a whole', event: { status: 'tentative' }, kind: 'TENTATIVE' },
    {
      what: 'declined by somebody else',
      event: { attendees: [{ responseStatus: 'declined' }, { self: true, responseStatus: 'accepted' }] },
      kind: 'BUSY',
    },
    { what: 'the owner not among the guests', event: { attendees: [{}] }, kind: 'BUSY' },
    { what: 'F19: out of office', event: { eventType: 'outOfOffice' }, kind: 'OUT_OF_OFFICE' },
    { what: 'time to focus', event: { eventType: 'focusTime' }, kind: 'BUSY' },
    { what: 'F19: a working location', event: { eventType: 'workingLocation' }, kind: null },
    {
      what: 'F19: a working location said to be opaque',
      event: { eventType: 'workingLocation', transparency: 'opaque' },
      kind: null,
    },
    { what: 'a birthday', event: { eventType: 'birthday', transparency: 'opaque' }, kind: null },
    { what: 'found in a mail', event: { eventType: 'fromGmail' }, kind: 'BUSY' },
    {
      what: 'found in a mail, shown as free',
      event: { eventType: 'fromGmail', transparency: 'transparent' },
      kind: null,
    },
    { what: 'of a kind that nobody knows yet', event: { eventType: 'gardening' }, kind: 'BUSY' },
  ])('$what: $kind', ({ event, kind }) => {
    const busy = busyEventOf({ ...timed, ...event }, 'Europe/Berlin')
    expect(busy).toEqual(
      kind === null ? null : { eventId: 'event-1', kind, start: Date.parse(START), end: Date.parse(END) },
    )
  })
})

describe('F18: an event of whole days takes those days as the calendar has them', () => {
  it.each([
    ['UTC', '2026-03-10', '2026-03-11', '2026-03-10T00:00Z', '2026-03-11T00:00Z'],
    ['America/Los_Angeles', '2026-03-10', '2026-03-11', '2026-03-10T07:00Z', '2026-03-11T07:00Z'],
    ['Pacific/Auckland', '2026-03-10', '2026-03-12', '2026-03-09T11:00Z', '2026-03-11T11:00Z'],
    // F22: the day on which the clock changes is as long as it is.
    ['America/Los_Angeles', '2026-03-08', '2026-03-09', '2026-03-08T08:00Z', '2026-03-09T07:00Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-26', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
    // The clock leaps over midnight, and reads it twice.
    ['Africa/Cairo', '2026-04-24', '2026-04-25', '2026-04-23T22:00Z', '2026-04-24T21:00Z'],
    ['America/Havana', '2026-11-01', '2026-11-02', '2026-11-01T04:00Z', '2026-11-02T05:00Z'],
  ])('in %s, %s to %s', (timeZone, from, until, start, end) => {
    const event = { id: 'event-1', start: { date: from }, end: { date: until } }
    expect(busyEventOf(event, timeZone)).toMatchObject({ start: Date.parse(start), end: Date.parse(end) })
  })

  it('and none of them when it is shown as free', () => {
    const event = {
      start: { date: '2026-03-10' },
      end: { date: '2026-03-11' },
      transparency: 'transparent',
    }
    expect(busyEventOf(event, 'UTC')).toBeNull()
  })
})

describe('the times of an event', () => {
  it('are read with their offset', () => {
    const event = {
      start: { dateTime: '2026-03-10T09:00:00-07:00', timeZone: 'America/New_York' },
      end: { dateTime: '2026-03-10T10:30:00-07:00' },
    }
    const expected = { start: Date.parse('2026-03-10T16:00Z'), end: Date.parse('2026-03-10T17:30Z') }
    expect(busyEventOf(event, 'UTC')).toMatchObject(expected)
  })

  it('are read in their zone where they have no offset, and in the calendar’s where they have neither', () => {
    const event = {
      start: { dateTime: '2026-03-10T09:00:00', timeZone: 'America/New_York' },
      end: { dateTime: '2026-03-10T16:00:00' },
    }
    const expected = { start: Date.parse('2026-03-10T13:00Z'), end: Date.parse('2026-03-10T15:00Z') }
    expect(busyEventOf(event, 'Europe/Berlin')).toMatchObject(expected)
  })

  it('leave nobody busy when they are one instant', () => {
    const event = { start: { dateTime: START }, end: { dateTime: START } }
    expect(busyEventOf(event, 'UTC')).toBeNull()
  })

  it.each<GoogleEvent>([
    {},
    { start: { dateTime: START } },
    { start: { dateTime: 'soon' }, end: { dateTime: END } },
  ])('are never guessed: %j', (event) => {
    expect(() => busyEventOf(event, 'UTC')).toThrow(CalendarFault)
  })
})
