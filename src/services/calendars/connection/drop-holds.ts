import { Prisma } from '../../../database/generated/client/client.ts'
import { lockingReservations } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'

/** Deletes the holds of an agent who can no longer be booked. The calendar must be locked. */
export async function dropHolds(tx: Transaction, agentId: string): Promise<void> {
  const holds = lockingReservations(tx, Prisma.sql`"agentId" = ${agentId}::uuid AND "meetingId" IS NULL`)
  await tx.$executeRaw`DELETE FROM "Reservation" WHERE "id" IN (${holds})`
}
