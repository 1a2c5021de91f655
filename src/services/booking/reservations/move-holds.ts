import { Prisma } from '../../../database/generated/client/client.ts'
import { lockingReservations } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { lengthOfPause, type Pause } from '../../presence/heartbeat.ts'

/** Adds the length of a pause of all nodes to the holds that were alive when it began. */
export async function moveHolds(tx: Transaction, pause: Pause): Promise<void> {
  const alive = lockingReservations(tx, Prisma.sql`"expiresAt" > ${pause.beganAt}::timestamptz`)
  const length = lengthOfPause(pause)
  await tx.$executeRaw`
    UPDATE "Reservation" SET "expiresAt" = "expiresAt" + ${length}, "heldAt" = "heldAt" + ${length}
    WHERE "id" IN (${alive})`
}
