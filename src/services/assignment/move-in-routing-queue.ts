// Changes an agent's place in the order of all agents. The pointer stays on the agent served last.
import { z } from 'zod'
import { noteLocks } from '../../database/lock-order.ts'
import type { Transaction } from '../../database/open.ts'
import { NotFoundError } from '../../errors.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { integer, parseInput } from '../input.ts'
import { readPool } from '../routing/pool.ts'
import { moveTo, type RoutingKind } from '../routing/rules.ts'
import { runTransaction } from '../transaction.ts'
import { type RoutingQueue, readRoutingQueue } from './routing-queue.ts'

/** The first position, and the last that is accepted. */
export const POSITION_BOUNDS = [1, 100_000] as const

const moveInput = z.object({
  kind: z.enum(['MEETING', 'LIVE_CHAT']),
  agentId: z.string(),
  position: integer(...POSITION_BOUNDS),
})

/** @param raw.position 1 is the first; one beyond the end is the last
 * @returns the queue afterwards
 * @throws ForbiddenError without MANAGE_ROUTING
 * @throws InvalidInputError
 * @throws NotFoundError when the agent has no place in the queue */
export async function moveInRoutingQueue(
  context: RequestContext,
  raw: z.input<typeof moveInput>,
): Promise<RoutingQueue> {
  const { workspaceId } = requirePermission(context.viewer, 'MANAGE_ROUTING')
  const { kind, agentId, position } = parseInput(moveInput, raw)
  await runTransaction(context, async (tx) => {
    const pool = await readPool(tx, { workspaceId, kind, target: { roundRobin: true }, lock: true })
    if (!pool.agentIds.includes(agentId)) throw new NotFoundError('input.agentId')
    await writeOrder(tx, { kind, order: moveTo(pool.agentIds, { agentId, position }) })
    const events = [newEvent.routingChanged({ kind })]
    await appendEvents(tx, { workspaceId, at: context.clock.now(), events })
  })
  return readRoutingQueue(context, kind)
}

async function writeOrder(
  tx: Transaction,
  { kind, order }: { kind: RoutingKind; order: string[] },
): Promise<void> {
  noteLocks(tx, 'place', order)
  await tx.$executeRaw`
    UPDATE "RoutingPlace" p SET "position" = place."number"
    FROM unnest(${order}::uuid[]) WITH ORDINALITY AS place("agentId", "number")
    WHERE p."agentId" = place."agentId" AND p."kind" = ${kind}::"RoutingKind"`
}
