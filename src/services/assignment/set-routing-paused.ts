import { noteLocks } from '../../database/lock-order.ts'
import { NotFoundError } from '../../errors.ts'
import { appendEvents } from '../events/append-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import type { RoutingKind } from '../routing/rules.ts'
import { runTransaction } from '../transaction.ts'
import { type RoutingQueue, readRoutingQueue } from './routing-queue.ts'

/** Takes an agent out of all turns for a while, or back in; the place in the order is kept.
 * @returns the queue afterwards
 * @throws ForbiddenError without MANAGE_ROUTING
 * @throws NotFoundError when the agent has no place in the queue */
export async function setRoutingPaused(
  context: RequestContext,
  { kind, agentId, paused }: { kind: RoutingKind; agentId: string; paused: boolean },
): Promise<RoutingQueue> {
  const { workspaceId } = requirePermission(context.viewer, 'MANAGE_ROUTING')
  await runTransaction(context, async (tx) => {
    noteLocks(tx, 'place', [agentId])
    const { count } = await tx.routingPlace.updateMany({
      where: { workspaceId, agentId, kind, agent: { removedAt: null } },
      data: { paused },
    })
    if (count === 0) throw new NotFoundError('agentId')
    const event = { type: 'RoutingChanged' as const, payload: { kind } }
    await appendEvents(tx, { workspaceId, at: context.clock.now(), events: [event] })
  })
  return readRoutingQueue(context, kind)
}
