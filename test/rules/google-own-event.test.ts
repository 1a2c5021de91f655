// Our meetings as events of a Google calendar: how they are called, recognised and changed.
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
  it('is the same for the same meeting, agent and generation, and another for any other', () => {
    expect(eventIdOf(meeting())).toBe(eventIdOf(meeting({ revision: 7, subject: 'Else' })))
    expect(eventIdOf(meeting({ generation: 1 }))).not.toBe(eventIdOf(meeting()))
    expect(eventIdOf(meeting({ meetingId: 'another' }))).not.toBe(eventIdOf(meeting()))
    expect(eventIdOf(meeting({ agentId: 'another' }))).not.toBe(eventIdOf(meeting()))
  })

  it('is made of what Google accepts, and so is that of the conference', () => {
    const { id, conferenceData } = newEventFor(meeting())
    expect(id).toMatch(/^[a-v0-9]{32}$/)
    expect(conferenceData?.createRequest?.requestId).toBe(`${id}c`)
  })
})

describe('an event is ours', () => {
  it.each([0, 1, 12])('when it is the one of a meeting in generation %i', (generation) => {
    expect(isOwn(newEventFor(meeting({ generation })))).toBe(true)
  })

  it('but not when the agent has copied it', () => {
    expect(isOwn({ ...newEventFor(meeting()), id: 'copied0by0the0agent' })).toBe(false)
  })

  it('nor as an occurrence of a series that the agent made of it', () => {
    const event = newEventFor(meeting())
    expect(isOwn({ ...event, id: `${event.id}_20260317T160000Z` })).toBe(false)
  })

  it('nor without our properties, or with half of them', () => {
    const { id } = newEventFor(meeting())
    expect(isOwn({ id })).toBe(false)
    expect(isOwn({ id, extendedProperties: { private: { meetingId, generation: '0' } } })).toBe(false)
    expect(ownEventOf({ id }, 'UTC')).toBeNull()
  })
})

describe('what changes of an event that is there', () => {
  const present = { ...newEventFor(meeting()), summary: 'Demo (bring the cable)', attendees: [] }

  it('is nothing for the revision that it shows, and for an older one', () => {
    const moved = { startsAt: new Date('2026-03-11T16:00:00Z') }
    expect(changesOf(present, meeting(moved))).toBeNull()
    expect(changesOf(present, meeting({ ...moved, revision: 0 }))).toBeNull()
  })

  it('F37: is its times and nothing that the agent may have changed', () => {
    const moved = { startsAt: new Date('2026-03-11T16:00:00Z'), endsAt: new Date('2026-03-11T16:30:00Z') }
    const changes = changesOf(present, meeting({ revision: 2, ...moved, subject: 'Other' }))
    expect(changes).toMatchObject({
      start: { dateTime: '2026-03-11T16:00:00.000Z', date: null },
      end: { dateTime: '2026-03-11T16:30:00.000Z', date: null },
    })
    expect(Object.keys(changes ?? {}).sort()).toEqual(['end', 'extendedProperties', 'start'])
  })

  it('is only the revision where the times are right already, however they are written', () => {
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

describe('what is read of our event', () => {
  const present = newEventFor(meeting())

  it('says whether the visitor is invited, however the address is written', () => {
    const guests = (...emails: string[]) => ({ ...present, attendees: emails.map((email) => ({ email })) })
    expect(ownEventOf(guests('vera@customer.EXAMPLE'), 'UTC')?.visitorInvited).toBe(true)
    expect(ownEventOf(guests('colleague@agents.example'), 'UTC')?.visitorInvited).toBe(false)
    expect(ownEventOf(guests(), 'UTC')?.visitorInvited).toBe(false)
  })

  it('has no guest where the invitation is not Google’s to send, and misses none', () => {
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
  ])('%j: %s', (changes, state) => {
    expect(ownEventOf({ ...present, ...changes }, 'UTC')?.state).toBe(state)
  })

  it.each([
    ['pending', true],
    ['success', false],
    ['failure', false],
  ])(
    'F31: a conference whose state is %s is worth looking for again: %s',
    (statusCode, conferencePending) => {
      const event = { ...present, conferenceData: { createRequest: { status: { statusCode } } } }
      expect(writtenEventOf(event)).toMatchObject({ conferencePending, conferenceUrl: null })
    },
  )

  it('F31: has the link of the conference, wherever Google puts it', () => {
    const uri = 'https://meet.example/abc'
    const entryPoints = [
      { entryPointType: 'phone', uri: 'tel:+1' },
      { entryPointType: 'video', uri },
    ]
    expect(writtenEventOf({ ...present, hangoutLink: uri }).conferenceUrl).toBe(uri)
    expect(writtenEventOf({ ...present, conferenceData: { entryPoints } }).conferenceUrl).toBe(uri)
  })
})
