// Makes a Google calendar show a meeting. The event's id is known beforehand, and the event carries the revision that
// it shows. So a write is idempotent: there is one event, and it never returns to an older revision.

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

/** How often a write is attempted while the event changes between reading and writing. */
const MAX_ATTEMPTS = 3

/** For every write. Without the version, Google drops the video conference of the event. */
const WRITTEN = { ...CALENDAR, conferenceDataVersion: 1, fields: OWN_FIELDS }

/** @throws CalendarFault: GONE when this generation was deleted, or another event has its id */
export async function writeEvent(
  client: GoogleClient,
  access: CalendarAccess,
  event: CalendarEvent,
): Promise<WrittenEvent> {
  const isWritten = event.written?.eventId === eventIdOf(event)
  const created = isWritten ? null : await insert(client, access, event)
  return writtenEventOf(created ?? (await bringUpToDate(client, access, event)))
}

/** @returns null when the id is in use, usually by an earlier attempt */
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
    // The calendar allows no video conferences ('Invalid conference type value.'). The meeting is written without one.
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
      // The event has changed since it was read.
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
