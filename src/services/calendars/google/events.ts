// The events of somebody's own Google calendar: asked for in whole, or one by its id. Faults of the calendar itself are
// told from those of an event here.

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
  /** `name=value`, of properties that events must have. */
  privateExtendedProperty?: string[]
}

interface EventList {
  events: GoogleEvent[]
  /** Of the calendar, as Google names it. */
  timeZone: string
}

/** All events of a query, occurrences for series, whatever the number of pages.
 * @param options.fields what is asked of each event
 * @throws CalendarFault, also when one page of them cannot be had */
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
    // Every list names the zone: an answer that does not is none, and no empty calendar.
    if (!page.timeZone)
      throw new CalendarFault('RETRY', 'The response of Google Calendar is no list of events.')
    events.push(...(page.items ?? []))
    pageToken = page.nextPageToken ?? undefined
    if (pageToken === undefined) return { events, timeZone: page.timeZone }
  }
}

/** @returns null when there is none with this id; one that was deleted may still be found
 * @throws CalendarFault, also when the calendar itself is not there any more */
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

/** A request that finds nothing only if there is no calendar.
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
      'REAUTHENTICATE',
      'The Google calendar no longer exists, or can no longer be read. Connect it again.',
    )
  }
}
