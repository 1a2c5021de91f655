// Our own events in an Outlook calendar, looked up by their id or by their meeting.
import type { CalendarAccess } from '../calendar-provider.ts'
import { type GraphClient, withQuery } from './client.ts'
import { PROPERTIES } from './event-body.ts'
import { GraphFault } from './faults.ts'
import { type OurEvent, OWN_EVENT, ownEvent } from './own-event.ts'

export const eventPath = (eventId: string) => `/me/events/${encodeURIComponent(eventId)}`

/** @returns null when there is none with this id; one that was deleted may still be found
 * @throws CalendarFault */
export async function getEvent(
  client: GraphClient,
  access: CalendarAccess,
  { eventId, deadline }: { eventId: string; deadline?: AbortSignal },
): Promise<OurEvent | null> {
  const path = withQuery(eventPath(eventId), OWN_EVENT)
  return unlessGone(client.ask(access, { method: 'GET', path, of: 'ITEM', deadline }, ownEvent))
}

/** What carries the mark of a meeting in the calendar: the event, those of earlier generations, and copies.
 * @throws CalendarFault */
export async function listEventsOfMeeting(
  client: GraphClient,
  access: CalendarAccess,
  meetingId: string,
): Promise<OurEvent[]> {
  // Graph does not search for transactions.
  const $filter = `singleValueExtendedProperties/any(ep: ep/id eq '${PROPERTIES.meetingId}' and ep/value eq '${meetingId}')`
  return client.list(access, { path: withQuery('/me/events', { $filter, ...OWN_EVENT }) }, ownEvent)
}

/** @returns null for what is not there (any more) */
export async function unlessGone<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof GraphFault && error.kind === 'GONE') return null
    throw error
  }
}
