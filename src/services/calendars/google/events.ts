// Reads events of a Google calendar: a list, or one event by its id. Distinguishes a missing event from a missing
// calendar.

import type { CalendarAccess } from '../../ports/calendar-provider.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import type { GoogleEvent } from './busy-event.ts'
import { type GoogleClient, type GoogleRequest, isAnswer } from './client.ts'
import { OWN_FIELDS } from './own-event.ts'

export const CALENDAR = { calendarId: 'primary' }
const PAGE_SIZE = 2500

interface EventQuery {
  timeMin: string
  timeMax: string
  /** Properties that the events must have, each as `name=value`. */
  privateExtendedProperty?: string[]
}

interface EventList {
  events: GoogleEvent[]
  /** The calendar's, as Google names it. */
  timeZone: string
}

/** Lists all events of a query, over all pages. Series are listed as their occurrences.
 * @param options.fields the fields to read of each event
 * @throws CalendarFault, also when a single page cannot be read */
export async function listEvents(
  client: GoogleClient,
  access: CalendarAccess,
  { query, fields, deadline }: { query: EventQuery; fields: string; deadline?: AbortSignal },
): Promise<EventList> {
  const events: GoogleEvent[] = []
  for (let pageToken: string | undefined; ; ) {
    const parameters = {
      ...CALENDAR,
      ...query,
      singleEvents: true,
      showDeleted: false,
      maxResults: PAGE_SIZE,
      fields: `timeZone,nextPageToken,items(${fields})`,
      pageToken,
    }
    const page = await askCalendar(client, access, {
      send: (api, options) => api.events.list(parameters, options),
      deadline,
    })
    // Every list names the zone. An answer without it is not an empty list, but invalid.
    if (!page.timeZone)
      throw new CalendarFault('RETRY', 'The response of Google Calendar is no list of events.')
    events.push(...(page.items ?? []))
    pageToken = page.nextPageToken ?? undefined
    if (pageToken === undefined) return { events, timeZone: page.timeZone }
  }
}

/** @returns null when there is no event with this id; a deleted one may still be found
 * @throws CalendarFault, also when the calendar itself no longer exists */
export async function getEvent(
  client: GoogleClient,
  access: CalendarAccess,
  eventId: string,
): Promise<GoogleEvent | null> {
  try {
    return await client.ask(access, {
      send: (api, options) => api.events.get({ ...CALENDAR, eventId, fields: OWN_FIELDS }, options),
    })
  } catch (error) {
    if (!isAnswer(error, 404, 410)) throw error
    await askCalendar(client, access, {
      send: (api, options) => api.events.list({ ...CALENDAR, maxResults: 1, fields: 'timeZone' }, options),
    })
    return null
  }
}

/** Sends a request whose 404 means that the calendar itself does not exist.
 * @throws CalendarFault */
export async function askCalendar<Answer extends object>(
  client: GoogleClient,
  access: CalendarAccess,
  request: GoogleRequest<Answer>,
): Promise<Answer> {
  try {
    return await client.ask(access, request)
  } catch (error) {
    if (!isAnswer(error, 404)) throw error
    throw new CalendarFault(
      'CALENDAR_GONE',
      'The Google calendar no longer exists, or can no longer be read. Connect it again.',
    )
  }
}
