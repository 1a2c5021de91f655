import type { Prisma } from '../../../database/generated/client/client.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, NOTHING } from '../../identity/viewer.ts'

/** The holds that a viewer may see: the viewer's own, until they expire. */
export function visibleHolds({ viewer, clock }: RequestContext): Prisma.ReservationWhereInput {
  if (viewer.kind === 'ANONYMOUS') return NOTHING
  return { workspaceId: viewer.workspaceId, holder: callerOf(viewer), expiresAt: { gt: clock.now() } }
}
