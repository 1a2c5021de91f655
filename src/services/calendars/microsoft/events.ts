// Finds our own events in an Outlook calendar by id, by meeting, or by window.

import type { CalendarAccess } from '../../ports/calendar-provider.ts'
import type { Interval } from '../../time.ts'
import { type GraphClient, withQuery } from './client.ts'
import { MARK, PROPERTIES } from './event-body.ts'
import { GraphFault } from './faults.ts'
import { type OurEvent, OWN_EVENT, ownEvent } from './own-event.ts'

/** For lists that may be long. Graph allows up to 1000. */
export const PAGE_SIZE = 500

export const eventPath = (eventId: string) => `/me/events/${encodeURIComponent(eventId)}`

/** @returns null when there is no event with this id; a deleted one may still be found
 * @throws CalendarFault */
export async function getEvent(
  client: GraphClient,
  access: CalendarAccess,
  eventId: string,
): Promise<OurEvent | null> {
  const path = withQuery(eventPath(eventId), OWN_EVENT)
  return unlessGone(client.ask(access, { method: 'GET', path, of: 'ITEM' }, ownEvent))
}

/** The events with the mark of a meeting: the present one, those of earlier generations, and copies.
 * @throws CalendarFault */
export async function listEventsOfMeeting(
  client: GraphClient,
  access: CalendarAccess,
  meetingId: string,
): Promise<OurEvent[]> {
  // Graph cannot search by transaction.
  const $filter = carries({ id: PROPERTIES.meetingId, value: meetingId })
  return client.list(access, { path: withQuery('/me/events', { $filter, ...OWN_EVENT }) }, ownEvent)
}

/** The events with our mark that overlap a window: those that we wrote, and copies.
 * @throws CalendarFault */
export async function listMarkedEvents(
  client: GraphClient,
  access: CalendarAccess,
  { window, deadline }: { window: Interval; deadline: AbortSignal | undefined },
): Promise<OurEvent[]> {
  const [start, end] = [window.start, window.end].map((instant) => new Date(instant).toISOString())
  const list = ($filter: string) => {
    const path = withQuery('/me/events', { $filter, $top: String(PAGE_SIZE), ...OWN_EVENT })
    return client.list(access, { path, deadline }, ownEvent)
  }
  try {
    return await list(`${carries(MARK)} and start/dateTime lt '${end}' and end/dateTime gt '${start}'`)
  } catch (error) {
    // Graph documents the filter by mark, but not its combination with times.
    if (!(error instanceof GraphFault) || error.status !== 400) throw error
    return list(carries(MARK))
  }
}

function carries({ id, value }: { id: string; value: string }): string {
  return `singleValueExtendedProperties/any(ep: ep/id eq '${id}' and ep/value eq '${value}')`
}

/** @returns null for what does not, or no longer, exist */
export async function unlessGone<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof GraphFault && error.kind === 'GONE') return null
    throw error
  }
}
