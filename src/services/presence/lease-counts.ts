// Whether a lease counts. A client is gone only if it could have renewed its lease and did not (docs/semantics.md,
// Outages).
import { Prisma } from '../../database/generated/client/client.ts'
import { SECOND } from '../time.ts'

/** How long clients may take to come back after their node stopped, or after all nodes paused. */
export const RETURN_MS = 45 * SECOND

/** A condition on the row `lease` of a lease table, which does not count any more: whether its node stopped, or all nodes
 * paused, while it ran. */
export const WAS_LOST_IN_OUTAGE = Prisma.sql`(
  lease."protectedUntil" > lease."expiresAt"
  OR lease."protectedUntil" IS NULL AND EXISTS (
    SELECT FROM "NodeHeartbeat" h WHERE h."nodeId" = lease."nodeId" AND h."at" < lease."expiresAt"
  )
)`

/** A condition on the row `lease` of a lease table: whether its client keeps its offers and requests. An expired lease
 * still counts in two cases: its node stopped while the lease ran, or all nodes paused while it ran. A client with only
 * such a lease gets nothing new, so code that assigns something checks "expiresAt" alone.
 * @param when.goneForMs how long the client may be gone otherwise */
export function leaseCounts({ now, goneForMs }: { now: Date; goneForMs: number }): Prisma.Sql {
  const goneSince = new Date(now.getTime() - goneForMs)
  const nodeStoppedSince = new Date(now.getTime() - RETURN_MS)
  return Prisma.sql`(
    lease."expiresAt" > ${goneSince}::timestamptz
    OR lease."protectedUntil" > ${now}::timestamptz
    OR lease."protectedUntil" IS NULL AND EXISTS (
      SELECT FROM "NodeHeartbeat" h
      WHERE h."nodeId" = lease."nodeId" AND h."at" < lease."expiresAt" AND h."at" > ${nodeStoppedSince}::timestamptz
    )
  )`
}
