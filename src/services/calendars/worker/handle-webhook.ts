// Handles the webhook of a provider: a hint that a calendar has changed. The change itself is read from the calendar.
import { timingSafeEqual } from 'node:crypto'
import {
  type CalendarChannel,
  type CalendarProvider,
  Prisma,
} from '../../../database/generated/client/client.ts'
import { LOCKING_BY_ID } from '../../../database/locks.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { hashToken } from '../../identity/signer.ts'
import type { ChangeHint } from '../../ports/calendar-provider.ts'
import { MINUTE } from '../../time.ts'

/** Debounces: several changes in a row are read together. */
const SOON_MS = 1000
/** A channel that the provider ends is replaced while its last webhooks still count. */
const ENDS_WITHIN_MS = 60 * MINUTE

/** The form of channel ids, ours and those of providers. */
const NAME = /^[\w.=+/-]{1,200}$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Ignores forged hints, and hints of channels that are no longer known, without saying so to the sender. */
export async function handleWebhook(
  services: Pick<Services, 'database' | 'clock'>,
  { provider, hints }: { provider: CalendarProvider; hints: ChangeHint[] },
): Promise<void> {
  const { database, clock } = services
  const names = [...new Set(hints.map(({ channel }) => channel))].filter((name) => NAME.test(name))
  const channels = await database.calendarChannel.findMany({
    where: {
      OR: [{ id: { in: names.filter((name) => UUID.test(name)) } }, { providerId: { in: names } }],
      connection: { provider },
    },
  })
  const believed = channels.filter((channel) => hints.some((hint) => isOf(hint, channel)))
  if (believed.length === 0) return
  const now = clock.now().getTime()
  const ending = believed.filter((channel) => hints.some((hint) => hint.ends && isOf(hint, channel)))
  const endsBy = new Date(now + ENDS_WITHIN_MS)
  await database.$executeRaw`
    UPDATE "CalendarChannel" SET "expiresAt" = ${endsBy}::timestamptz WHERE "id" IN (
      SELECT "id" FROM "CalendarChannel"
      WHERE "id" = ANY (${ending.map(({ id }) => id)}::uuid[]) AND "expiresAt" > ${endsBy}::timestamptz
      ${LOCKING_BY_ID}
    )`
  const connectionIds = believed.map(({ connectionId }) => connectionId)
  await requestReading(database, { calendars: { connectionIds }, at: new Date(now + SOON_MS) })
}

function isOf({ channel, secret }: ChangeHint, { id, providerId, secretHash }: CalendarChannel): boolean {
  return (
    (channel === id || channel === providerId) && timingSafeEqual(hashToken(secret), Buffer.from(secretHash))
  )
}

/** Makes calendars due for a reading at an instant at the latest. Calendars that are never read, built in or not
 * connected, stay as they are. */
export async function requestReading(
  database: Database | Transaction,
  { calendars, at }: { calendars: { agentId: string } | { connectionIds: string[] }; at: Date },
): Promise<void> {
  const isAsked =
    'agentId' in calendars
      ? Prisma.sql`"agentId" = ${calendars.agentId}::uuid`
      : Prisma.sql`"id" = ANY (${calendars.connectionIds}::uuid[])`
  await database.$executeRaw`
    UPDATE "CalendarConnection" SET "syncDueAt" = ${at}::timestamptz WHERE "id" IN (
      SELECT "id" FROM "CalendarConnection"
      WHERE ${isAsked} AND "state" = 'CONNECTED' AND "syncDueAt" > ${at}::timestamptz
      ${LOCKING_BY_ID}
    )`
}
