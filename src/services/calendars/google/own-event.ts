// Our meetings as events of a Google calendar: what they are called, how they are told from the rest, what is written
// into them and read out of them. Pure.
import { createHash } from 'node:crypto'
import { escapeHtml } from '../../notifications/mail/mail-rendering.ts'
import type { CalendarEvent, OwnEvent, WrittenEvent } from '../../ports/calendar-provider.ts'
import { answerOfOwner, type GoogleEvent, intervalOf } from './busy-event.ts'

/** What is read of our own events. */
export const OWN_FIELDS =
  'id,iCalUID,etag,status,start,end,hangoutLink,attendees(email,self,responseStatus),extendedProperties/private,' +
  'conferenceData(createRequest/status,entryPoints(entryPointType,uri))'

/** All our events carry this property, so that Google can be asked for them alone. */
const MARK = { switchboard: 'meeting' }
export const OWN_EVENTS = Object.entries(MARK).map(([name, value]) => `${name}=${value}`)

/** What an event is called by. */
type EventName = Pick<CalendarEvent, 'meetingId' | 'agentId' | 'generation'>

/** The id of an event: always the same, so that a repeat finds what is there. Invitations carry it to the visitor, who
 * must not take the event of one agent for that of another. */
export function eventIdOf({ meetingId, agentId, generation }: EventName): string {
  return createHash('sha256').update(`${meetingId}|${agentId}|${generation}`).digest('hex').slice(0, 32)
}

/** Whether we wrote it. A copy that the agent made carries our properties, but another id. */
export function isOwn(event: GoogleEvent): boolean {
  const { meetingId, agentId, generation } = propertiesOf(event)
  if (meetingId === undefined || agentId === undefined || generation === undefined) return false
  return event.id === eventIdOf({ meetingId, agentId, generation: Number(generation) })
}

/** The event of a meeting that has none yet. */
export function newEventFor(event: CalendarEvent): GoogleEvent {
  const { visitor, startsAt, endsAt, subject, body } = event
  const id = eventIdOf(event)
  return {
    id,
    start: { dateTime: startsAt.toISOString() },
    end: { dateTime: endsAt.toISOString() },
    summary: subject,
    // Google shows what looks like HTML as HTML.
    description: escapeHtml(body),
    // Whoever is on it has it in the calendar, whether Google mails or not: beside the invitation that is ours to send.
    attendees: event.invites ? [{ email: visitor.email, displayName: visitor.name }] : [],
    extendedProperties: { private: propertiesFor(event) },
    ...(event.wantsConference && { conferenceData: conferenceRequest(id) }),
  }
}

function conferenceRequest(id: string): GoogleEvent['conferenceData'] {
  return { createRequest: { requestId: `${id}c`, conferenceSolutionKey: { type: 'hangoutsMeet' } } }
}

/** What is to change of an event that is there: its times at most. The title, the description and the guests belong to
 * the agent as soon as they are written.
 * @returns null when it shows this revision already, or a later one */
export function changesOf(present: GoogleEvent, event: CalendarEvent): GoogleEvent | null {
  if (Number(propertiesOf(present).revision) >= event.revision) return null
  const revision = String(event.revision)
  const changes: GoogleEvent = {
    extendedProperties: { private: { ...present.extendedProperties?.private, revision } },
  }
  if (!isAt(present, event)) {
    // The agent may have made it an event of dates: both at once are refused.
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

/** @param timeZone of the calendar, should the agent have made it an event of dates
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
    // Of an event that was made without a guest, nobody was taken off.
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
