import type { Transaction } from '../../database/open.ts'
import type { Pause } from './heartbeat.ts'
import { RETURN_MS } from './lease-counts.ts'

/** Lets the clients whose leases ran when the pause began come back for a while. A lease that counted only because of an
 * earlier pause is not prolonged. */
export async function protectLeases(tx: Transaction, { beganAt, endedAt }: Pause): Promise<void> {
  const data = { protectedUntil: new Date(endedAt.getTime() + RETURN_MS) }
  const where = { expiresAt: { gt: beganAt }, protectedUntil: null }
  await tx.consoleLease.updateMany({ where, data })
  await tx.visitorLease.updateMany({ where, data })
}
