// Whether a lease counts. "Gone" may only be concluded of a time in which the lease could have been renewed
// (docs/semantics.md, section 5).
import { Prisma } from '../../database/generated/client/client.ts'
import { SECOND } from '../time.ts'

/** How long clients may take to come back after their node stopped, or after all nodes paused. */
export const RETURN_MS = 45 * SECOND

/** A condition on the row `lease` of a lease table: whether what its client has is not to be taken from it. A lease that
 * has expired counts on in two cases: its node stopped while the lease ran, or all nodes paused while it ran. Whoever is
 * known only by such a lease gets nothing new, so what gives something asks for "expiresAt" alone.
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
