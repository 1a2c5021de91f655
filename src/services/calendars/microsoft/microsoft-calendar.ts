// The primary calendar of an Outlook mailbox, of an organisation or of a person.
import { z } from 'zod'
import type {
  CalendarAccess,
  CalendarApi,
  ChannelRequest,
  OwnEvent,
  ProviderChannel,
} from '../../ports/calendar-provider.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { createGraphClient, type GraphClient } from './client.ts'
import { eventPath, getEvent, listEventsOfMeeting, unlessGone } from './events.ts'
import { ownEventOf } from './own-event.ts'
import { readCalendar } from './read-calendar.ts'
import { writeEvent } from './write-event.ts'

interface MicrosoftCalendarOptions {
  /** The origin of Microsoft Graph. */
  graphUrl: string
}

/** Exchange always mails all guests about every change. So `invites` decides, when an event is created, whether the
 * visitor becomes a guest; later changes are mailed to the guests of that time. */
export function createMicrosoftCalendar({ graphUrl }: MicrosoftCalendarOptions): CalendarApi {
  const client = createGraphClient({ graphUrl })
  return {
    read: (access, window, options) =>
      readCalendar(client, access, { window, deadlineMs: options?.deadlineMs }),
    findEvent: (access, eventId) => findEvent(client, access, eventId),
    writeEvent: (access, event) => writeEvent(client, access, event),
    removeEvent: (access, event) => removeEvent(client, access, event),
    openChannel: (access, request) => openChannel(client, access, request),
    closeChannel: async (access, { providerId }) => {
      const path = `/subscriptions/${encodeURIComponent(providerId)}`
      await unlessGone(client.send(access, { method: 'DELETE', path, of: 'ITEM' }))
    },
  }
}

/** A deleted event may still be found by its id, among the deleted items. The calendar no longer lists it. */
async function findEvent(
  client: GraphClient,
  access: CalendarAccess,
  eventId: string,
): Promise<OwnEvent | null> {
  const found = await getEvent(client, access, eventId)
  const event = found && ownEventOf(found, access.timeZone)
  if (event === null) return null
  const listed = await listEventsOfMeeting(client, access, event.meetingId)
  return listed.some(({ id }) => id === eventId) ? event : { ...event, state: 'DELETED' }
}

async function removeEvent(
  client: GraphClient,
  access: CalendarAccess,
  { eventId, invites, comment }: { eventId: string; invites: boolean; comment: string },
): Promise<void> {
  const path = eventPath(eventId)
  if (invites && (await cancel(client, access, { path, comment }))) return
  await unlessGone(client.send(access, { method: 'DELETE', path, of: 'ITEM' }))
}

/** Cancels the event, with a comment to the guests.
 * @returns false when the event can only be deleted: the agent is not the organiser, or there are no guests */
async function cancel(
  client: GraphClient,
  access: CalendarAccess,
  { path, comment }: { path: string; comment: string },
): Promise<boolean> {
  try {
    await unlessGone(
      client.send(access, { method: 'POST', path: `${path}/cancel`, body: { comment }, of: 'ITEM' }),
    )
    return true
  } catch (error) {
    if (error instanceof CalendarFault && error.kind === 'REFUSED') return false
    throw error
  }
}

/** @throws CalendarFault: REFUSED also when Microsoft cannot reach the webhook */
async function openChannel(
  client: GraphClient,
  access: CalendarAccess,
  { webhookUrl, secret, expiresAt }: ChannelRequest,
): Promise<ProviderChannel> {
  const lifecycleUrl = new URL(webhookUrl)
  lifecycleUrl.searchParams.set('lifecycle', '1')
  const body = {
    changeType: 'created,updated,deleted',
    notificationUrl: webhookUrl,
    lifecycleNotificationUrl: lifecycleUrl.href,
    resource: '/me/events',
    clientState: secret,
    expirationDateTime: expiresAt.toISOString(),
  }
  const subscription = await client.ask(
    access,
    { method: 'POST', path: '/subscriptions', body, of: 'CALENDAR' },
    z.object({ id: z.string().min(1), expirationDateTime: z.iso.datetime({ offset: true }) }),
  )
  return {
    providerId: subscription.id,
    resourceId: null,
    expiresAt: new Date(subscription.expirationDateTime),
  }
}
