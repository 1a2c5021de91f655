// Our meetings as events of a Google calendar: their ids, how they are recognised, what is written and what is read.
// Pure.
import { createHash } from 'node:crypto'
import { escapeHtml } from '../../notifications/mail/mail-rendering.ts'
import type { CalendarEvent, OwnEvent, WrittenEvent } from '../../ports/calendar-provider.ts'
import { answerOfOwner, type GoogleEvent, intervalOf } from './busy-event.ts'

/** The fields that are read of our own events. */
export const OWN_FIELDS =
  'id,iCalUID,etag,status,start,end,hangoutLink,attendees(email,self,responseStatus),extendedProperties/private,' +
  'conferenceData(createRequest/status,entryPoints(entryPointType,uri))'

/** All our events have this property, so that Google can list them alone. */
const MARK = { switchboard: 'meeting' }
export const OWN_EVENTS = Object.entries(MARK).map(([name, value]) => `${name}=${value}`)

/** What identifies an event. */
type EventName = Pick<CalendarEvent, 'meetingId' | 'agentId' | 'generation'>

/** The id of an event. It is derived, so that a retry finds the event. Invitations carry it, and the visitor's calendar
 * must not mistake one agent's event for another's. */
export function eventIdOf({ meetingId, agentId, generation }: EventName): string {
  return createHash('sha256').update(`${meetingId}|${agentId}|${generation}`).digest('hex').slice(0, 32)
}

/** Whether we wrote it. A copy that the agent made has our properties, but another id. */
export function isOwn(event: GoogleEvent): boolean {
  const { meetingId, agentId, generation } = propertiesOf(event)
  if (meetingId === undefined || agentId === undefined || generation === undefined) return false
  return event.id === eventIdOf({ meetingId, agentId, generation: Number(generation) })
}

/** The new event of a meeting. */
export function newEventFor(event: CalendarEvent): GoogleEvent {
  const { visitor, startsAt, endsAt, subject, body } = event
  const id = eventIdOf(event)
  return {
    id,
    start: { dateTime: startsAt.toISOString() },
    end: { dateTime: endsAt.toISOString() },
    summary: subject,
    // Google renders HTML in descriptions.
    description: escapeHtml(body),
    // A guest gets the event into the calendar even without a mail of Google's, in addition to our own invitation.
    attendees: event.invites ? [{ email: visitor.email, displayName: visitor.name }] : [],
    extendedProperties: { private: propertiesFor(event) },
    ...(event.wantsConference && { conferenceData: conferenceRequest(id) }),
  }
}

function conferenceRequest(id: string): GoogleEvent['conferenceData'] {
  return { createRequest: { requestId: `${id}c`, conferenceSolutionKey: { type: 'hangoutsMeet' } } }
}

/** The changes to an existing event: its times at most. The title, the description and the guests belong to the agent
 * once they are written.
 * @returns null when it shows this revision already, or a later one */
export function changesOf(present: GoogleEvent, event: CalendarEvent): GoogleEvent | null {
  if (Number(propertiesOf(present).revision) >= event.revision) return null
  const revision = String(event.revision)
  const changes: GoogleEvent = {
    extendedProperties: { private: { ...present.extendedProperties?.private, revision } },
  }
  if (!isAt(present, event)) {
    // The agent may have made it an all-day event. Google refuses a date and a time together.
    changes.start = { dateTime: event.startsAt.toISOString(), date: null }
    changes.end = { dateTime: event.endsAt.toISOString(), date: null }
  }
  return changes
}

function isAt({ start, end }: GoogleEvent, { startsAt, endsAt }: CalendarEvent): boolean {
  return (
    Date.parse(start?.dateTime ?? '') === startsAt.getTime() &&
    Date.parse(end?.dateTime ?? '') === endsAt.getTime()
  )
}

/** @param timeZone of the calendar, in case the agent has made it an all-day event
 * @returns null when it is not ours */
export function ownEventOf(event: GoogleEvent, timeZone: string): OwnEvent | null {
  const { meetingId, visitor } = propertiesOf(event)
  if (meetingId === undefined || !isOwn(event)) return null
  const guests = event.attendees ?? []
  return {
    ...intervalOf(event, timeZone),
    eventId: event.id ?? '',
    meetingId,
    state: stateOf(event),
    version: event.etag ?? '',
    conferenceUrl: conferenceUrlOf(event),
    // An event that was created without a guest cannot have lost one.
    visitorInvited: visitor === undefined || guests.some(({ email }) => email?.toLowerCase() === visitor),
  }
}

export function isCancelled({ status }: GoogleEvent): boolean {
  return status === 'cancelled'
}

function stateOf(event: GoogleEvent): OwnEvent['state'] {
  if (isCancelled(event)) return 'DELETED'
  return answerOfOwner(event) === 'declined' ? 'DECLINED' : 'STANDS'
}

export function writtenEventOf(event: GoogleEvent): WrittenEvent {
  return {
    eventId: event.id ?? '',
    iCalUid: event.iCalUID ?? '',
    version: event.etag ?? '',
    conferenceUrl: conferenceUrlOf(event),
    conferencePending: event.conferenceData?.createRequest?.status?.statusCode === 'pending',
  }
}

function conferenceUrlOf({ hangoutLink, conferenceData }: GoogleEvent): string | null {
  const video = conferenceData?.entryPoints?.find(({ entryPointType }) => entryPointType === 'video')
  return hangoutLink ?? video?.uri ?? null
}

function propertiesFor(event: CalendarEvent): Record<string, string> {
  const { meetingId, agentId, generation, revision, visitor, invites } = event
  const written = { meetingId, agentId, generation: String(generation), revision: String(revision) }
  return { ...MARK, ...written, ...(invites ? { visitor: visitor.email.toLowerCase() } : {}) }
}

function propertiesOf({ extendedProperties }: GoogleEvent): Record<string, string | undefined> {
  return extendedProperties?.private ?? {}
}
