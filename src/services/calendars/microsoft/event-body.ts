// What we write into an Outlook calendar, and by what we know our own events again.
import type { Event } from '@microsoft/microsoft-graph-types'
import { v5 as uuidV5 } from 'uuid'
import type { CalendarEvent } from '../../ports/calendar-provider.ts'

/** Ours, for ever: events that were written are found by it. */
const PROPERTY_SET = '7e8d6b1c-4c0f-4b57-9a52-0d5c3a1f6e94'

const propertyId = (name: string) => `String {${PROPERTY_SET}} Name ${name}`

/** Properties that nobody sees in Outlook, and a copy of the event takes along. */
export const PROPERTIES = {
  meetingId: propertyId('MeetingId'),
  generation: propertyId('Generation'),
  revision: propertyId('Revision'),
  /** The e-mail of who was invited, in lower case. */
  visitor: propertyId('Visitor'),
} as const

/** All our events carry it as well, so that Graph can be asked for them alone. */
export const MARK = { id: propertyId('Switchboard'), value: 'meeting' }

/** By it Graph knows a repeated create again. A copy of the event has none. */
export function transactionIdOf(meetingId: string, generation: number | string): string {
  return uuidV5(`${meetingId}|${generation}`, PROPERTY_SET)
}

/** @param options.teams whether a Teams meeting is to be made */
export function newEventBody(event: CalendarEvent, { teams }: { teams: boolean }): Event {
  const { meetingId, generation, revision, subject, body, visitor, invites } = event
  return {
    subject,
    body: { contentType: 'text', content: body },
    ...timesBody(event),
    // Exchange mails whoever is on the list, and cannot be asked not to: where the invitation is ours to send, the
    // visitor is not on it.
    attendees: invites
      ? [{ type: 'required', emailAddress: { name: visitor.name, address: visitor.email } }]
      : [],
    ...(teams ? { isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' } : {}),
    transactionId: transactionIdOf(meetingId, generation),
    singleValueExtendedProperties: [
      MARK,
      { id: PROPERTIES.meetingId, value: meetingId },
      { id: PROPERTIES.generation, value: String(generation) },
      { id: PROPERTIES.revision, value: String(revision) },
      ...(invites ? [{ id: PROPERTIES.visitor, value: visitor.email.toLowerCase() }] : []),
    ],
  }
}

/** Nothing but the times: a body without the block of its Teams meeting would take the link away, and what else is
 * there belongs to the agent. */
export function timesBody({
  startsAt,
  endsAt,
}: {
  startsAt: Date
  endsAt: Date
}): Pick<Event, 'start' | 'end'> {
  return { start: graphTime(startsAt), end: graphTime(endsAt) }
}

export function revisionBody(revision: number): Pick<Event, 'singleValueExtendedProperties'> {
  return { singleValueExtendedProperties: [{ id: PROPERTIES.revision, value: String(revision) }] }
}

function graphTime(instant: Date) {
  return { dateTime: instant.toISOString().slice(0, -1), timeZone: 'UTC' }
}
