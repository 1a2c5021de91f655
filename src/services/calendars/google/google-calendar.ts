// The primary calendar of a Google account.
import type {
  CalendarAccess,
  CalendarApi,
  ChannelRequest,
  ProviderChannel,
} from '../../ports/calendar-provider.ts'
import { createGoogleClient, type GoogleClient, type GoogleRequest, isAnswer } from './client.ts'
import { askCalendar, CALENDAR, getEvent } from './events.ts'
import { GoogleFault } from './faults.ts'
import { ownEventOf } from './own-event.ts'
import { readCalendar } from './read-calendar.ts'
import { writeEvent } from './write-event.ts'

interface GoogleCalendarOptions {
  /** The origin of the API. */
  apiUrl: string
}

export function createGoogleCalendar({ apiUrl }: GoogleCalendarOptions): CalendarApi {
  const client = createGoogleClient({ apiUrl })
  return {
    read: (access, window, options) =>
      readCalendar(client, access, { window, deadlineMs: options?.deadlineMs }),
    findEvent: async (access, eventId) => {
      const event = await getEvent(client, access, eventId)
      // Of a deleted event, Google may keep nothing but its id and status.
      return event?.start ? ownEventOf(event, access.timeZone) : null
    },
    writeEvent: (access, event) => writeEvent(client, access, event),
    removeEvent: (access, { eventId, invites }) =>
      sendUnlessGone(client, access, {
        send: (api, options) =>
          api.events.delete({ ...CALENDAR, eventId, sendUpdates: invites ? 'all' : 'none' }, options),
        invites,
      }),
    openChannel: (access, request) => openChannel(client, access, request),
    closeChannel: (access, { providerId: id, resourceId }) =>
      sendUnlessGone(client, access, {
        send: (api, options) => api.channels.stop({ requestBody: { id, resourceId } }, options),
      }),
  }
}

async function sendUnlessGone(
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

async function openChannel(
  client: GoogleClient,
  access: CalendarAccess,
  { channelId, secret, webhookUrl, expiresAt }: ChannelRequest,
): Promise<ProviderChannel | null> {
  const requestBody = {
    id: channelId,
    type: 'web_hook',
    address: webhookUrl,
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
