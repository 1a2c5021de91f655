// The events that we write into an Outlook calendar, and the marks by which we recognise them.
import type { Event } from '@microsoft/microsoft-graph-types'
import { v5 as uuidV5 } from 'uuid'
import type { CalendarEvent } from '../../ports/calendar-provider.ts'

/** Must never change: events that were written are found by it. */
const PROPERTY_SET = '7e8d6b1c-4c0f-4b57-9a52-0d5c3a1f6e94'

const propertyId = (name: string) => `String {${PROPERTY_SET}} Name ${name}`

/** Properties that Outlook does not show. A copy of the event has them too. */
export const PROPERTIES = {
  meetingId: propertyId('MeetingId'),
  generation: propertyId('Generation'),
  revision: propertyId('Revision'),
  /** The e-mail address of the invited visitor, in lower case. */
  visitor: propertyId('Visitor'),
} as const

/** All our events have it as well, so that Graph can list them alone. */
export const MARK = { id: propertyId('Switchboard'), value: 'meeting' }

/** Graph recognises a repeated create by it. A copy of the event has none. */
export function transactionIdOf(meetingId: string, generation: number | string): string {
  return uuidV5(`${meetingId}|${generation}`, PROPERTY_SET)
}

/** @param options.teams whether to add a Teams meeting */
export function newEventBody(event: CalendarEvent, { teams }: { teams: boolean }): Event {
  const { meetingId, generation, revision, subject, body, visitor, invites } = event
  return {
    subject,
    body: { contentType: 'text', content: body },
    ...timesBody(event),
    // Exchange always mails all guests. Where our mail invites the visitor, the visitor is not a guest.
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

/** Changes the times only. A body without the block of the Teams meeting would remove its link, and everything else
 * belongs to the agent. */
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
