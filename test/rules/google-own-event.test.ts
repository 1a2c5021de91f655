// Our meetings as events of a Google calendar: their ids, how they are recognised, and how they are changed.
import { describe, expect, it } from 'vitest'
import {
  changesOf,
  eventIdOf,
  isOwn,
  newEventFor,
  ownEventOf,
  writtenEventOf,
} from '../../src/services/calendars/google/own-event.ts'
import type { CalendarEvent } from '../../src/services/ports/calendar-provider.ts'

const meetingId = '0b7e4b9c-7f0e-4a53-9c55-0b64f2b6a001'
const agentId = '3d1f0c52-98a4-4c1e-8a0e-5b7c9d2e4f60'

function meeting(changes: Partial<CalendarEvent> = {}): CalendarEvent {
  return {
    meetingId,
    agentId,
    generation: 0,
    revision: 1,
    subject: 'Demo',
    body: 'See you.',
    wantsConference: true,
    startsAt: new Date('2026-03-10T16:00:00Z'),
    endsAt: new Date('2026-03-10T16:30:00Z'),
    visitor: { name: 'Vera Visitor', email: 'Vera@Customer.example' },
    invites: true,
    written: null,
    ...changes,
  }
}

describe('the id of an event', () => {
  it('is the same for the same meeting, agent and generation, and differs otherwise', () => {
    expect(eventIdOf(meeting())).toBe(eventIdOf(meeting({ revision: 7, subject: 'Else' })))
    expect(eventIdOf(meeting({ generation: 1 }))).not.toBe(eventIdOf(meeting()))
    expect(eventIdOf(meeting({ meetingId: 'another' }))).not.toBe(eventIdOf(meeting()))
    expect(eventIdOf(meeting({ agentId: 'another' }))).not.toBe(eventIdOf(meeting()))
  })

  it('has only characters that Google accepts, and so has the id of the conference request', () => {
    const { id, conferenceData } = newEventFor(meeting())
    expect(id).toMatch(/^[a-v0-9]{32}$/)
    expect(conferenceData?.createRequest?.requestId).toBe(`${id}c`)
  })
})

describe('an event is ours', () => {
  it.each([0, 1, 12])('when it was written for a meeting in generation %i', (generation) => {
    expect(isOwn(newEventFor(meeting({ generation })))).toBe(true)
  })

  it('but not when it is the agent’s copy', () => {
    expect(isOwn({ ...newEventFor(meeting()), id: 'copied0by0the0agent' })).toBe(false)
  })

  it('but not when it is an occurrence of a series that the agent turned it into', () => {
    const event = newEventFor(meeting())
    expect(isOwn({ ...event, id: `${event.id}_20260317T160000Z` })).toBe(false)
  })

  it('but not when it lacks any of our properties', () => {
    const { id } = newEventFor(meeting())
    expect(isOwn({ id })).toBe(false)
    expect(isOwn({ id, extendedProperties: { private: { meetingId, generation: '0' } } })).toBe(false)
    expect(ownEventOf({ id }, 'UTC')).toBeNull()
  })
})

describe('a change of an existing event', () => {
  const present = { ...newEventFor(meeting()), summary: 'Demo (bring the cable)', attendees: [] }

  it('is empty for the revision that the event has, and for an older one', () => {
    const moved = { startsAt: new Date('2026-03-11T16:00:00Z') }
    expect(changesOf(present, meeting(moved))).toBeNull()
    expect(changesOf(present, meeting({ ...moved, revision: 0 }))).toBeNull()
  })

  it('has the times, and nothing that the agent may have edited', () => {
    const moved = { startsAt: new Date('2026-03-11T16:00:00Z'), endsAt: new Date('2026-03-11T16:30:00Z') }
    const changes = changesOf(present, meeting({ revision: 2, ...moved, subject: 'Other' }))
    expect(changes).toMatchObject({
      start: { dateTime: '2026-03-11T16:00:00.000Z', date: null },
      end: { dateTime: '2026-03-11T16:30:00.000Z', date: null },
    })
    expect(Object.keys(changes ?? {}).sort()).toEqual(['end', 'extendedProperties', 'start'])
  })

  it('has only the revision when the times are already right, in whatever zone they are written', () => {
    const inZone = {
      ...present,
      start: { dateTime: '2026-03-10T09:00:00-07:00' },
      end: { dateTime: '2026-03-10T09:30:00-07:00' },
    }
    const changes = changesOf(inZone, meeting({ revision: 2 }))
    expect(changes).toEqual({
      extendedProperties: { private: { ...present.extendedProperties?.private, revision: '2' } },
    })
  })
})

describe('our event, read from Google', () => {
  const present = newEventFor(meeting())

  it('shows whether the visitor is invited, ignoring the case of the address', () => {
    const guests = (...emails: string[]) => ({ ...present, attendees: emails.map((email) => ({ email })) })
    expect(ownEventOf(guests('vera@customer.EXAMPLE'), 'UTC')?.visitorInvited).toBe(true)
    expect(ownEventOf(guests('colleague@agents.example'), 'UTC')?.visitorInvited).toBe(false)
    expect(ownEventOf(guests(), 'UTC')?.visitorInvited).toBe(false)
  })

  it('has no guest when Google does not send the invitation, and none counts as missing', () => {
    const silent = newEventFor(meeting({ invites: false }))
    expect(silent.attendees).toEqual([])
    expect(ownEventOf({ ...silent, attendees: [{ displayName: 'A room' }] }, 'UTC')).toMatchObject({
      visitorInvited: true,
    })
  })

  it.each([
    [{ status: 'confirmed' }, 'STANDS'],
    [{ attendees: [{ self: true, responseStatus: 'accepted' }] }, 'STANDS'],
    [{ attendees: [{ responseStatus: 'declined' }] }, 'STANDS'],
    [{ attendees: [{ self: true, responseStatus: 'declined' }] }, 'DECLINED'],
    [{ status: 'cancelled' }, 'DELETED'],
  ])('with %j has the state %s', (changes, state) => {
    expect(ownEventOf({ ...present, ...changes }, 'UTC')?.state).toBe(state)
  })

  it.each([
    ['pending', true],
    ['success', false],
    ['failure', false],
  ])(
    'with a conference request in state %s still waits for the link: %s',
    (statusCode, conferencePending) => {
      const event = { ...present, conferenceData: { createRequest: { status: { statusCode } } } }
      expect(writtenEventOf(event)).toMatchObject({ conferencePending, conferenceUrl: null })
    },
  )

  it('has the link of the conference, in whichever field Google puts it', () => {
    const uri = 'https://meet.example/abc'
    const entryPoints = [
      { entryPointType: 'phone', uri: 'tel:+1' },
      { entryPointType: 'video', uri },
    ]
    expect(writtenEventOf({ ...present, hangoutLink: uri }).conferenceUrl).toBe(uri)
    expect(writtenEventOf({ ...present, conferenceData: { entryPoints } }).conferenceUrl).toBe(uri)
  })
})
