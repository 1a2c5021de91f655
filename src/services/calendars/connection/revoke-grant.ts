// Takes back, at the provider, what an agent granted and did not confirm. While the provider is away, it is tried again with
// every sweep, for a day: the grant stays until then.
import type { CalendarAuthorization } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { AUTHORIZATION_MS, openGrant } from './attempt.ts'

/** A sweep every 15 minutes makes this a day. */
const MAX_TRIES = 96
/** How many grants one sweep revokes. */
const AT_ONCE = 20

/** Deletes the attempts that have expired, and revokes what was granted in them. */
export async function endExpiredAttempts(services: Services): Promise<void> {
  const { database, clock } = services
  const now = clock.now()
  // An answer of the provider that came at the last moment may still be on its way here.
  const longAgo = new Date(now.getTime() - AUTHORIZATION_MS)
  await database.calendarAuthorization.deleteMany({ where: { grant: null, expiresAt: { lte: longAgo } } })
  const unconfirmed = await database.calendarAuthorization.findMany({
    where: { grant: { not: null }, expiresAt: { lte: now } },
    orderBy: [{ revocations: 'asc' }, { expiresAt: 'asc' }],
    take: AT_ONCE,
  })
  await Promise.all(unconfirmed.map((attempt) => revokeGrant(services, attempt)))
}

/** Ends the attempt for good, so that it cannot be confirmed any more, and revokes its grant; unless the account is
 * connected, or about to be: providers revoke all access of an account at once. A failure is logged. */
export async function revokeGrant(services: Services, attempt: CalendarAuthorization): Promise<void> {
  const { database, clock, onError } = services
  const { stateHash } = attempt
  const now = clock.now()
  const ended = await database.calendarAuthorization.updateManyAndReturn({
    where: { stateHash, grant: { not: null } },
    data: { revocations: { increment: 1 }, expiresAt: attempt.expiresAt < now ? attempt.expiresAt : now },
  })
  const [claimed] = ended
  if (claimed === undefined) return
  try {
    if (await isAboutToBeConnected(services, claimed)) return
    await revokeUnlessConnected(services, claimed)
  } catch (error) {
    onError(error)
    const isAway = error instanceof CalendarFault && error.kind === 'RETRY'
    if (isAway && claimed.revocations < MAX_TRIES) return
  }
  await database.calendarAuthorization.deleteMany({ where: { stateHash } })
}

/** Whether the agent is asked to confirm a later attempt, perhaps with the same account. */
async function isAboutToBeConnected(
  { database, clock }: Services,
  { agentId, provider }: CalendarAuthorization,
): Promise<boolean> {
  const where = { agentId, provider, grant: { not: null }, expiresAt: { gt: clock.now() } }
  return (await database.calendarAuthorization.count({ where })) > 0
}

/** @throws CalendarFault */
async function revokeUnlessConnected(
  { database, secrets, calendars }: Services,
  attempt: CalendarAuthorization,
): Promise<void> {
  const { provider } = attempt
  const { account, refreshToken } = openGrant(secrets, attempt)
  const connected = await database.calendarConnection.count({
    where: { provider, subject: account.subject, state: { not: 'DISCONNECTED' } },
  })
  if (connected === 0) await calendars[provider].connector?.revoke(refreshToken)
}
