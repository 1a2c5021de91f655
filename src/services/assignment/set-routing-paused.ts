import { noteLocks } from '../../database/lock-order.ts'
import { NotFoundError } from '../../errors.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import type { RoutingKind } from '../routing/rules.ts'
import { runTransaction } from '../transaction.ts'
import { type RoutingQueue, readRoutingQueue } from './routing-queue.ts'

/** Pauses an agent, who then takes no turns of that kind, or ends the pause. The agent keeps its place in the order.
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
    if (count === 0) throw new NotFoundError('input.agentId')
    const events = [newEvent.routingChanged({ kind })]
    await appendEvents(tx, { workspaceId, at: context.clock.now(), events })
  })
  return readRoutingQueue(context, kind)
}
