// Our own events in an Outlook calendar: how they are recognised, and what is read of them. Pure.
import { z } from 'zod'
import type { OwnEvent, WrittenEvent } from '../../ports/calendar-provider.ts'
import { intervalOf, isDeclined } from './busy.ts'
import { PROPERTIES, transactionIdOf } from './event-body.ts'

const time = z.object({ dateTime: z.string(), timeZone: z.string() })

/** Read of every event: its times, whether it counts as busy, and whether it is ours. Nothing of its content. */
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

/** Also read of our own events. */
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

/** Whether we wrote it. A copy that the agent made has our properties, but not our transaction. */
export function isOwn(event: AnyEvent): boolean {
  const meetingId = propertyOf(event, 'meetingId')
  const generation = propertyOf(event, 'generation')
  if (meetingId === undefined || generation === undefined) return false
  return isOfGeneration(event, { meetingId, generation })
}

/** Whether it is the event of this generation of a meeting. */
export function isOfGeneration(
  { transactionId }: AnyEvent,
  { meetingId, generation }: { meetingId: string; generation: number | string },
): boolean {
  return transactionId?.toLowerCase() === transactionIdOf(meetingId, generation)
}

/** The revision of the meeting that it shows; -1: unknown. */
export function revisionOf(event: AnyEvent): number {
  const revision = Number(propertyOf(event, 'revision') ?? Number.NaN)
  return Number.isInteger(revision) ? revision : -1
}

/** @param timeZone of the mailbox, in case the agent has made it an all-day event; IANA
 * @returns null when it is not the event of a meeting */
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

/** A Teams meeting gets its link some time after the event is created. */
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

/** Also true for an event that was created without a guest, which cannot have lost one. */
function isVisitorInvited(event: OurEvent): boolean {
  const visitor = propertyOf(event, 'visitor')
  if (visitor === undefined) return true
  return (event.attendees ?? []).some(({ emailAddress }) => emailAddress.address?.toLowerCase() === visitor)
}

/** Graph writes the GUID of an id in either case. */
function propertyOf(event: AnyEvent, name: keyof typeof PROPERTIES): string | undefined {
  const wanted = PROPERTIES[name].toLowerCase()
  return event.singleValueExtendedProperties.find(({ id }) => id.toLowerCase() === wanted)?.value
}
