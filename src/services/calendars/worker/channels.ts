// Has providers send webhooks, so that changes are read at once and not at the next regular reading. Webhooks get lost,
// and nothing depends on them.
import { v7 as uuidv7 } from 'uuid'
import type { CalendarChannel, CalendarConnection } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import { createSecretToken, hashToken } from '../../identity/signer.ts'
import { DAY } from '../../time.ts'
import type { OpenCalendar } from '../entries/write-entry.ts'
import { reportIfMisconfigured } from '../fault-policy.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { webhookUrlOf } from '../provider/server-addresses.ts'

/** Requested lifetime; the provider decides. Microsoft grants no more than this. */
const LIFETIME_MS = 4230 * 60_000
const RENEW_BEFORE_MS = DAY

type ConnectedCalendar = OpenCalendar & { connection: CalendarConnection }

/** Ensures that a channel is open for a day or more. Earlier channels are closed once the provider has accepted a new
 * one. A fault is left to the next reading, which decides whether the calendar can be used. */
export async function keepChannelOpen(services: Services, calendar: ConnectedCalendar): Promise<void> {
  const { database, clock, settings, calendars } = services
  const { connection } = calendar
  const { slug, readWebhook } = calendars[connection.provider]
  if (slug === null || readWebhook === null) return
  const now = clock.now()
  const channels = await database.calendarChannel.findMany({ where: { connectionId: connection.id } })
  const enough = new Date(now.getTime() + RENEW_BEFORE_MS)
  if (channels.some(({ providerId, expiresAt }) => providerId !== null && expiresAt > enough)) return
  try {
    const webhookUrl = webhookUrlOf(settings, slug)
    const isOpen = await openChannel(services, { calendar, webhookUrl, now })
    if (isOpen) await closeChannels(services, { calendar, channels })
  } catch (error) {
    if (!(error instanceof CalendarFault)) throw error
    await reportIfMisconfigured(services, { provider: connection.provider, fault: error })
  }
}

/** Writes the row first, because the provider may send a webhook before it has answered.
 * @returns false when this calendar sends no webhooks */
async function openChannel(
  { database }: Services,
  { calendar, webhookUrl, now }: { calendar: ConnectedCalendar; webhookUrl: string; now: Date },
): Promise<boolean> {
  const { api, access, connection } = calendar
  const secret = createSecretToken('')
  const id = uuidv7()
  const expiresAt = new Date(now.getTime() + LIFETIME_MS)
  const { workspaceId, id: connectionId } = connection
  const secretHash = new Uint8Array(hashToken(secret))
  await database.calendarChannel.create({ data: { id, workspaceId, connectionId, secretHash, expiresAt } })
  try {
    const channel = await api.openChannel(access, { channelId: id, secret, webhookUrl, expiresAt })
    if (channel !== null) {
      // If the calendar was disconnected meanwhile, the row is gone, and the channel expires by itself.
      await database.calendarChannel.updateMany({ where: { id }, data: channel })
      return true
    }
  } catch (error) {
    await database.calendarChannel.deleteMany({ where: { id } })
    throw error
  }
  await database.calendarChannel.deleteMany({ where: { id } })
  return false
}

async function closeChannels(
  { database }: Services,
  { calendar, channels }: { calendar: ConnectedCalendar; channels: CalendarChannel[] },
): Promise<void> {
  for (const channel of channels) {
    await closeChannel(calendar, channel)
    await database.calendarChannel.deleteMany({ where: { id: channel.id } })
  }
}

/** @throws CalendarFault */
export async function closeChannel(
  { api, access }: OpenCalendar,
  { providerId, resourceId, expiresAt }: CalendarChannel,
): Promise<void> {
  if (providerId !== null) await api.closeChannel(access, { providerId, resourceId, expiresAt })
}
