// The calendar of an agent who has Google Calendar: the primary one of the account.
import type { CalendarAccess, CalendarApi, Watch, WatchRequest } from '../../ports/calendar-provider.ts'
import { createGoogleClient, type GoogleClient, type GoogleRequest, isAnswer } from './client.ts'
import { askCalendar, CALENDAR, getEvent } from './events.ts'
import { GoogleFault } from './faults.ts'
import { ownEventOf } from './own-event.ts'
import { readCalendar } from './read-calendar.ts'
import { writeEvent } from './write-event.ts'

interface GoogleCalendarOptions {
  /** The origin of the API. */
  apiUrl: string
  /** For each request; left out: 10 seconds. */
  timeoutMs?: number
}

export function createGoogleCalendar({ apiUrl, timeoutMs = 10_000 }: GoogleCalendarOptions): CalendarApi {
  const client = createGoogleClient({ apiUrl, timeoutMs })
  return {
    read: (access, window, options) =>
      readCalendar(client, access, { window, deadlineMs: options?.deadlineMs }),
    findEvent: async (access, eventId) => {
      const event = await getEvent(client, access, eventId)
      // Google may keep no more of a deleted event than that it was one.
      return event?.start ? ownEventOf(event, access.timeZone) : null
    },
    writeEvent: (access, event) => writeEvent(client, access, event),
    removeEvent: (access, { eventId, invites }) =>
      tellUnlessGone(client, access, {
        send: (api, options) =>
          api.events.delete({ ...CALENDAR, eventId, sendUpdates: invites ? 'all' : 'none' }, options),
        invites,
      }),
    watch: (access, request) => watch(client, access, request),
    stopWatching: (access, { providerId: id, resourceId }) =>
      tellUnlessGone(client, access, {
        send: (api, options) => api.channels.stop({ requestBody: { id, resourceId } }, options),
      }),
  }
}

async function tellUnlessGone(
  client: GoogleClient,
  access: CalendarAccess,
  request: GoogleRequest<unknown>,
): Promise<void> {
  try {
    await client.send(access, request)
  } catch (error) {
    if (!isAnswer(error, 404, 410)) throw error
  }
}

async function watch(
  client: GoogleClient,
  access: CalendarAccess,
  { channelId, secret, hookUrl, expiresAt }: WatchRequest,
): Promise<Watch | null> {
  const requestBody = {
    id: channelId,
    type: 'web_hook',
    address: hookUrl,
    token: secret,
    expiration: String(expiresAt.getTime()),
  }
  try {
    const { id, resourceId, expiration } = await askCalendar(client, access, {
      send: (api, options) => api.events.watch({ ...CALENDAR, requestBody }, options),
    })
    return {
      providerId: id ?? channelId,
      resourceId: resourceId ?? null,
      expiresAt: expiration ? new Date(Number(expiration)) : expiresAt,
    }
  } catch (error) {
    if (error instanceof GoogleFault && error.reasons.includes('pushNotSupportedForRequestedResource'))
      return null
    throw error
  }
}
