// Keeps and renews the credentials of connected calendars. When several requests need a new token at once, also on
// several nodes, one of them renews it, and the others use the result.
import { setTimeout as pause } from 'node:timers/promises'
import type { CalendarConnection, CalendarCredential } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import type { CalendarAccess, Grant, Renewal } from '../../ports/calendar-provider.ts'
import type { SecretBox } from '../../ports/secret-box.ts'
import { CalendarFault, notSetUp } from '../provider/calendar-fault.ts'

/** A token that expires within this time is renewed before it is used. */
const RENEW_BEFORE_MS = 60_000
/** How long a renewal may take before another request may try. */
const RENEWING_MS = 20_000
const LOOK_EVERY_MS = 100

type AccessServices = Pick<Services, 'database' | 'clock' | 'secrets' | 'calendars'>

/** Gives access to a calendar of a provider.
 * @param options.signal gives up requests with this access */
export function openCalendar(
  services: AccessServices,
  connection: CalendarConnection,
  { signal }: { signal?: AbortSignal } = {},
): CalendarAccess {
  const { id: connectionId, timeZone } = connection
  let last: CalendarCredential | null = null
  return {
    connectionId,
    timeZone,
    ...(signal ? { signal } : {}),
    token: async ({ renew } = { renew: false }) => {
      const refused = renew ? (last?.version ?? -1) : -1
      last = await freshCredential(services, { connection, refused })
      return services.secrets.open(last.accessToken, connectionId)
    },
  }
}

/** @param refused the version that the provider refused; -1: none */
async function freshCredential(
  services: AccessServices,
  { connection, refused }: { connection: CalendarConnection; refused: number },
): Promise<CalendarCredential> {
  const { database, clock } = services
  const deadline = AbortSignal.timeout(RENEWING_MS)
  for (;;) {
    const now = clock.now()
    const { id: connectionId, provider, subject } = connection
    // Another account may have been connected meanwhile. Its credentials must not be sent for this one.
    const credential = await database.calendarCredential.findFirst({
      where: { connectionId, connection: { provider, subject } },
    })
    if (credential === null) throw new CalendarFault('REAUTHENTICATE', 'The calendar is not connected.')
    const endsAt = credential.accessExpiresAt.getTime()
    if (credential.version > refused && endsAt > now.getTime() + RENEW_BEFORE_MS) return credential
    const isBeingRenewed = credential.renewingUntil !== null && credential.renewingUntil > now
    if (!isBeingRenewed && (await claim(services, credential))) {
      const renewed = await renew(services, { connection, credential })
      if (renewed !== null) return renewed
    }
    if (deadline.aborted) throw new CalendarFault('RETRY', 'The access token is being renewed.')
    await pause(LOOK_EVERY_MS)
  }
}

/** @returns false when another request renews the credential, or has renewed it */
async function claim(
  { database, clock }: AccessServices,
  { connectionId, version }: CalendarCredential,
): Promise<boolean> {
  const now = clock.now()
  const { count } = await database.calendarCredential.updateMany({
    where: { connectionId, version, OR: [{ renewingUntil: null }, { renewingUntil: { lte: now } }] },
    data: { renewingUntil: new Date(now.getTime() + RENEWING_MS) },
  })
  return count === 1
}

/** @returns null when the agent has reconnected or disconnected the calendar meanwhile: that stays as it is */
async function renew(
  services: AccessServices,
  { connection, credential }: { connection: CalendarConnection; credential: CalendarCredential },
): Promise<CalendarCredential | null> {
  const { database, clock, secrets } = services
  const { connectionId } = credential
  const where = { connectionId, version: credential.version, refreshToken: credential.refreshToken }
  try {
    const { connector } = services.calendars[connection.provider]
    if (connector === null) throw notSetUp(connection.provider)
    const renewal = await connector.renew(secrets.open(credential.refreshToken, connectionId))
    const sealed = sealTokens(secrets, { connectionId, renewal, now: clock.now() })
    const [renewed = null] = await database.calendarCredential.updateManyAndReturn({
      where,
      data: { ...sealed, version: { increment: 1 }, renewingUntil: null },
    })
    return renewed
  } catch (error) {
    await database.calendarCredential.updateMany({ where, data: { renewingUntil: null } })
    throw error
  }
}

/** Without a new refresh token, the present one stays. */
function sealTokens(
  secrets: SecretBox,
  { connectionId, renewal, now }: { connectionId: string; renewal: Renewal; now: Date },
) {
  const { accessToken, refreshToken, expiresInSeconds } = renewal
  return {
    accessToken: secrets.seal(accessToken, connectionId),
    accessExpiresAt: new Date(now.getTime() + expiresInSeconds * 1000),
    ...(refreshToken === null ? {} : { refreshToken: secrets.seal(refreshToken, connectionId) }),
  }
}

/** Saves the grant of an agent who has just connected. */
export async function saveGrant(
  tx: Transaction,
  options: { secrets: SecretBox; connection: CalendarConnection; grant: Grant; now: Date },
): Promise<void> {
  const { secrets, connection, grant, now } = options
  const { id: connectionId, workspaceId } = connection
  const credential = {
    ...sealTokens(secrets, { connectionId, renewal: grant, now }),
    refreshToken: secrets.seal(grant.refreshToken, connectionId),
    renewingUntil: null,
  }
  await tx.calendarCredential.upsert({
    where: { connectionId },
    create: { workspaceId, connectionId, ...credential },
    update: { ...credential, version: { increment: 1 } },
  })
}
