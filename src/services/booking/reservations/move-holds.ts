import { Prisma } from '../../../database/generated/client/client.ts'
import { lockingReservations } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Pause } from '../../presence/heartbeat.ts'

/** Adds the length of a pause of all nodes to the holds that were alive when it began. */
export async function moveHolds(tx: Transaction, { beganAt, endedAt }: Pause): Promise<void> {
  const lengthMs = endedAt.getTime() - beganAt.getTime()
  const alive = lockingReservations(tx, Prisma.sql`"expiresAt" > ${beganAt}::timestamptz`)
  const length = Prisma.sql`${lengthMs}::float8 * interval '1 millisecond'`
  await tx.$executeRaw`
    UPDATE "Reservation" SET "expiresAt" = "expiresAt" + ${length}, "heldAt" = "heldAt" + ${length}
    WHERE "id" IN (${alive})`
}
