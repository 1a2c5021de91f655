import type { Prisma } from '../../../database/generated/client/client.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, NOTHING } from '../../identity/viewer.ts'

/** The holds a viewer may know of: the own ones, as long as they last. */
export function visibleHolds({ viewer, clock }: RequestContext): Prisma.ReservationWhereInput {
  if (viewer.kind === 'ANONYMOUS') return NOTHING
  return { workspaceId: viewer.workspaceId, holder: callerOf(viewer), expiresAt: { gt: clock.now() } }
}
