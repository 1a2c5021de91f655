import { Prisma } from '../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../database/open.ts'
import { lengthOfPause, type Pause } from './heartbeat.ts'
import { RETURN_MS, WAS_LOST_IN_OUTAGE } from './lease-counts.ts'

/** Lets the clients whose leases ran when the pause began come back for a while. A lease that counted only because of an
 * earlier pause is not prolonged. For clients that had left shortly before, the pause is no time in which they could
 * return: they have been gone for as long as before it. */
export async function protectLeases(tx: Transaction, pause: Pause): Promise<void> {
  const { beganAt, endedAt } = pause
  for (const table of ['ConsoleLease', 'VisitorLease']) await moveExpiry(tx, { table, pause })
  await protect(tx, { where: { expiresAt: { gt: beganAt } }, endedAt })
}

/** Lets the clients of one node come back to it for a while after it stood still, while other nodes were alive: until its
 * next heartbeat their leases counted because it had none. To be called before that heartbeat.
 * @param absence.beganAt the last heartbeat before it stood still */
export async function protectLeasesOf(
  database: Database,
  { nodeId, beganAt, endedAt }: Pause & { nodeId: string },
): Promise<void> {
  await protect(database, { where: { nodeId, expiresAt: { gt: beganAt } }, endedAt })
}

async function protect(
  database: Database | Transaction,
  { where, endedAt }: { where: { nodeId?: string; expiresAt: { gt: Date } }; endedAt: Date },
): Promise<void> {
  const leases = {
    where: { ...where, protectedUntil: null },
    data: { protectedUntil: new Date(endedAt.getTime() + RETURN_MS) },
  }
  await database.consoleLease.updateMany(leases)
  await database.visitorLease.updateMany(leases)
}

/** Adds the length of the pause to the ends of leases that had ended shortly before, by themselves or by their clients. */
async function moveExpiry(tx: Transaction, { table, pause }: { table: string; pause: Pause }): Promise<void> {
  const { beganAt } = pause
  const length = lengthOfPause(pause)
  // Longer than the time after which anybody counts as gone.
  const shortlyBefore = new Date(beganAt.getTime() - RETURN_MS)
  await tx.$executeRaw`
    UPDATE ${Prisma.raw(`"${table}"`)} lease
    SET "expiresAt" = "expiresAt" + ${length}, "protectedUntil" = "expiresAt" + ${length}
    WHERE "expiresAt" <= ${beganAt}::timestamptz AND "expiresAt" > ${shortlyBefore}::timestamptz
      AND NOT coalesce(${WAS_LOST_IN_OUTAGE}, false)`
}
