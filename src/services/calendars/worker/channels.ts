// Has providers tell of changes, so that they are read at once and not at the next regular reading. Pushes get lost;
// nothing depends on them.
import { v7 as uuidv7 } from 'uuid'
import type { CalendarChannel, CalendarConnection } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import { createSecretToken, hashToken } from '../../identity/signer.ts'
import { DAY } from '../../time.ts'
import type { OpenCalendar } from '../entries/write-entry.ts'
import { reportIfMisconfigured } from '../fault-policy.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { webhookUrlOf } from '../provider/server-addresses.ts'

/** Asked for; providers decide. Microsoft gives no more than this. */
const WATCH_MS = 4230 * 60_000
const RENEW_BEFORE_MS = DAY

type Watched = OpenCalendar & { connection: CalendarConnection }

/** Sees to it that changes are told for some time to come. The old wish is taken back once the new one is taken.
 * Faults are left to the next time: whether the calendar can be used is decided where it is read. */
export async function keepWatching(services: Services, watched: Watched): Promise<void> {
  const { database, clock, settings, calendars } = services
  const { connection } = watched
  const { slug, readWebhook } = calendars[connection.provider]
  if (slug === null || readWebhook === null) return
  const now = clock.now()
  const channels = await database.calendarChannel.findMany({ where: { connectionId: connection.id } })
  const enough = new Date(now.getTime() + RENEW_BEFORE_MS)
  if (channels.some(({ providerId, expiresAt }) => providerId !== null && expiresAt > enough)) return
  try {
    const hookUrl = webhookUrlOf(settings, slug)
    if (await open(services, { watched, hookUrl, now })) await stop(services, { watched, channels })
  } catch (error) {
    if (!(error instanceof CalendarFault)) throw error
    await reportIfMisconfigured(services, { provider: connection.provider, fault: error })
  }
}

/** The row comes first: the provider may tell of something before it has answered.
 * @returns false when this calendar tells nobody */
async function open(
  { database }: Services,
  { watched, hookUrl, now }: { watched: Watched; hookUrl: string; now: Date },
): Promise<boolean> {
  const { api, access, connection } = watched
  const secret = createSecretToken('')
  const id = uuidv7()
  const expiresAt = new Date(now.getTime() + WATCH_MS)
  const { workspaceId, id: connectionId } = connection
  const secretHash = new Uint8Array(hashToken(secret))
  await database.calendarChannel.create({ data: { id, workspaceId, connectionId, secretHash, expiresAt } })
  try {
    const watch = await api.watch(access, { channelId: id, secret, hookUrl, expiresAt })
    if (watch !== null) {
      // Nobody is left to tell when the calendar was given up meanwhile: the channel ends by itself.
      await database.calendarChannel.updateMany({ where: { id }, data: watch })
      return true
    }
  } catch (error) {
    await database.calendarChannel.deleteMany({ where: { id } })
    throw error
  }
  await database.calendarChannel.deleteMany({ where: { id } })
  return false
}

async function stop(
  { database }: Services,
  { watched, channels }: { watched: Watched; channels: CalendarChannel[] },
): Promise<void> {
  for (const channel of channels) {
    await stopChannel(watched, channel)
    await database.calendarChannel.deleteMany({ where: { id: channel.id } })
  }
}

/** @throws CalendarFault */
export async function stopChannel(
  { api, access }: OpenCalendar,
  { providerId, resourceId, expiresAt }: CalendarChannel,
): Promise<void> {
  if (providerId !== null) await api.stopWatching(access, { providerId, resourceId, expiresAt })
}
