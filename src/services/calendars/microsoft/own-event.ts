// Our own events in an Outlook calendar: by what they are known again, and what we see of them.
import { z } from 'zod'
import type { OwnEvent, WrittenEvent } from '../../ports/calendar-provider.ts'
import { intervalOf, isDeclined } from './busy.ts'
import { PROPERTIES, transactionIdOf } from './event-body.ts'

const time = z.object({ dateTime: z.string(), timeZone: z.string() })

/** What is asked of every event: when it is, whether it counts, and whether it is ours. Nothing of what it is about. */
export const anyEvent = z.object({
  id: z.string().min(1),
  changeKey: z.string(),
  start: time,
  end: time,
  isAllDay: z.boolean(),
  showAs: z.string().nullish(),
  isCancelled: z.boolean(),
  responseStatus: z.object({ response: z.string().nullish() }).nullish(),
  transactionId: z.string().nullish(),
  singleValueExtendedProperties: z.array(z.object({ id: z.string(), value: z.string() })).default([]),
})
export type AnyEvent = z.infer<typeof anyEvent>

/** What is asked of our own besides. */
export const ownEvent = anyEvent.extend({
  iCalUId: z.string(),
  isOnlineMeeting: z.boolean().nullish(),
  onlineMeeting: z.object({ joinUrl: z.string().nullish() }).nullish(),
  attendees: z.array(z.object({ emailAddress: z.object({ address: z.string().nullish() }) })).nullish(),
})
export type OurEvent = z.infer<typeof ownEvent>

const EXPANDED = Object.values(PROPERTIES).map((id) => `id eq '${id}'`)
const $expand = `singleValueExtendedProperties($filter=${EXPANDED.join(' or ')})`

export const ANY_EVENT = { $select: fieldsOf(anyEvent), $expand }
export const OWN_EVENT = { $select: fieldsOf(ownEvent), $expand }

function fieldsOf({ shape }: z.ZodObject): string {
  return Object.keys(shape)
    .filter((name) => name !== 'singleValueExtendedProperties')
    .join(',')
}

/** Whether we wrote it. A copy that the agent made carries our properties, but not our transaction. */
export function isOwn(event: AnyEvent): boolean {
  const meetingId = propertyOf(event, 'meetingId')
  const generation = propertyOf(event, 'generation')
  if (meetingId === undefined || generation === undefined) return false
  return isOfGeneration(event, { meetingId, generation })
}

/** Whether it was made for a meeting, and when its event had been deleted so many times. */
export function isOfGeneration(
  { transactionId }: AnyEvent,
  { meetingId, generation }: { meetingId: string; generation: number | string },
): boolean {
  return transactionId?.toLowerCase() === transactionIdOf(meetingId, generation)
}

/** Which revision of the meeting it shows; -1: it does not say. */
export function revisionOf(event: AnyEvent): number {
  const revision = Number(propertyOf(event, 'revision') ?? Number.NaN)
  return Number.isInteger(revision) ? revision : -1
}

/** @param timeZone of the mailbox, should the agent have made it an event of whole days; IANA
 * @returns null when it is not of a meeting of ours */
export function ownEventOf(event: OurEvent, timeZone: string): OwnEvent | null {
  const meetingId = propertyOf(event, 'meetingId')
  if (meetingId === undefined) return null
  return {
    ...intervalOf(event, timeZone),
    eventId: event.id,
    meetingId,
    state: stateOf(event),
    version: event.changeKey,
    conferenceUrl: conferenceUrlOf(event),
    visitorInvited: isVisitorInvited(event),
  }
}

export function writtenEventOf(event: OurEvent): WrittenEvent {
  return {
    eventId: event.id,
    iCalUid: event.iCalUId,
    version: event.changeKey,
    conferenceUrl: conferenceUrlOf(event),
    conferencePending: isConferencePending(event),
  }
}

/** A Teams meeting gets its link some time after the event is made. */
function isConferencePending(event: OurEvent): boolean {
  return event.isOnlineMeeting === true && conferenceUrlOf(event) === null
}

function stateOf(event: AnyEvent): OwnEvent['state'] {
  if (event.isCancelled) return 'DELETED'
  return isDeclined(event) ? 'DECLINED' : 'STANDS'
}

function conferenceUrlOf({ onlineMeeting }: OurEvent): string | null {
  return onlineMeeting?.joinUrl || null
}

/** Also of an event that was made without a guest: the agent took nobody off it. */
function isVisitorInvited(event: OurEvent): boolean {
  const visitor = propertyOf(event, 'visitor')
  if (visitor === undefined) return true
  return (event.attendees ?? []).some(({ emailAddress }) => emailAddress.address?.toLowerCase() === visitor)
}

/** Graph writes the GUID of an id in lower case or not. */
function propertyOf(event: AnyEvent, name: keyof typeof PROPERTIES): string | undefined {
  const wanted = PROPERTIES[name].toLowerCase()
  return event.singleValueExtendedProperties.find(({ id }) => id.toLowerCase() === wanted)?.value
}
