// Makes a Google calendar show a meeting. The event's id is known beforehand, and the event remembers which revision it
// shows: whatever was lost or repeated on the way, there is one event, and it never goes back to an older revision.

import type { CalendarAccess, CalendarEvent, WrittenEvent } from '../../ports/calendar-provider.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import type { GoogleEvent } from './busy-event.ts'
import { type GoogleClient, isAnswer } from './client.ts'
import { askCalendar, CALENDAR, getEvent } from './events.ts'
import {
  changesOf,
  eventIdOf,
  isCancelled,
  isOwn,
  newEventFor,
  OWN_FIELDS,
  writtenEventOf,
} from './own-event.ts'

/** How often what was read has changed by the time it is written, before it is left for later. */
const MAX_ATTEMPTS = 3

/** For every write: without it Google drops the video conference of an event. */
const WRITTEN = { ...CALENDAR, conferenceDataVersion: 1, fields: OWN_FIELDS }

/** @throws CalendarFault: GONE when this generation was deleted, or its id is taken by something else */
export async function writeEvent(
  client: GoogleClient,
  access: CalendarAccess,
  event: CalendarEvent,
): Promise<WrittenEvent> {
  const isWritten = event.written?.eventId === eventIdOf(event)
  const created = isWritten ? null : await insert(client, access, event)
  return writtenEventOf(created ?? (await bringUpToDate(client, access, event)))
}

/** @returns null when the id is in use: by an earlier attempt, as a rule */
async function insert(
  client: GoogleClient,
  access: CalendarAccess,
  event: CalendarEvent,
): Promise<GoogleEvent | null> {
  const requestBody = newEventFor(event)
  const parameters = { ...WRITTEN, sendUpdates: event.invites ? 'all' : 'none' }
  try {
    return await askCalendar(client, access, {
      send: (api, options) => api.events.insert({ ...parameters, requestBody }, options),
      invites: event.invites,
    })
  } catch (error) {
    if (isAnswer(error, 409)) return null
    // The calendar allows no video conferences: 'Invalid conference type value.' A meeting stands without.
    if (!event.wantsConference || !isAnswer(error, 400)) throw error
    return insert(client, access, { ...event, wantsConference: false })
  }
}

async function bringUpToDate(
  client: GoogleClient,
  access: CalendarAccess,
  event: CalendarEvent,
): Promise<GoogleEvent> {
  for (let attempt = 1; ; attempt += 1) {
    const present = await getEvent(client, access, eventIdOf(event))
    if (present === null || isCancelled(present) || !isOwn(present)) {
      throw new CalendarFault('GONE', 'The event was deleted from the Google calendar.')
    }
    const changes = changesOf(present, event)
    if (changes === null) return present
    try {
      return await patch(client, access, { event, present, changes })
    } catch (error) {
      // Somebody has changed it since we looked.
      if (!isAnswer(error, 412) || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

function patch(
  client: GoogleClient,
  access: CalendarAccess,
  { event, present, changes }: { event: CalendarEvent; present: GoogleEvent; changes: GoogleEvent },
): Promise<GoogleEvent> {
  const invites = event.invites && changes.start !== undefined
  const parameters = {
    ...WRITTEN,
    eventId: eventIdOf(event),
    requestBody: changes,
    sendUpdates: invites ? 'all' : 'none',
  }
  return client.ask(access, {
    send: (api, { headers, ...options }) =>
      api.events.patch(parameters, { ...options, headers: { ...headers, 'If-Match': present.etag ?? '*' } }),
    invites,
  })
}
