import type { z } from 'zod'
import type { PushSubscription } from '../../../database/generated/client/client.ts'
import { lockAgentRow, SKIPPING_LOCKED } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { ForbiddenError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireStaff } from '../../identity/viewer.ts'
import { parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { pushSubscriptionInput } from './push-subscription-input.ts'

/** For each agent. A further subscription replaces the oldest one. */
export const MAX_PUSH_SUBSCRIPTIONS = 10

/** Registers a browser for push messages about the viewer's chat offers. When the workspace has the endpoint already,
 * its keys are replaced, and it moves to the viewer, who is using the browser now.
 * @param raw.label null or left out: a browser that the viewer has registered before keeps its label
 * @returns the subscription
 * @throws ForbiddenError unless the viewer is staff
 * @throws InvalidInputError */
export async function registerPushSubscription(
  context: RequestContext,
  raw: z.input<ReturnType<typeof pushSubscriptionInput>>,
): Promise<PushSubscription> {
  const { workspaceId, agentId } = requireStaff(context.viewer)
  const { endpoint, label, ...keys } = parseInput(pushSubscriptionInput(context.push), raw)
  const now = context.clock.now()
  return runTransaction(context, async (tx) => {
    // It is not removed, and registers no other browser, until the transaction is over.
    const agent = await lockAgentRow(tx, { agentId })
    if (agent === null) throw new ForbiddenError('Only agents and administrators may do this.')
    const where = { workspaceId_endpoint: { workspaceId, endpoint } }
    const known = await tx.pushSubscription.findUnique({ where })
    const own = known?.agentId === agentId ? known : { createdAt: now, label: null, lastUsedAt: null }
    const { createdAt, lastUsedAt } = own
    const row = { endpoint, workspaceId, agentId, ...keys, label: label ?? own.label, createdAt, lastUsedAt }
    const saved = await tx.pushSubscription.upsert({ where, create: row, update: row })
    await dropOldest(tx, saved)
    return saved
  })
}

/** Skips a browser that is locked, because it is about to belong to another agent. Two agents who take each other's
 * browsers would otherwise wait for each other. */
async function dropOldest(tx: Transaction, { id, agentId }: PushSubscription): Promise<void> {
  await tx.$executeRaw`
    WITH surplus AS (
      SELECT "id" FROM "PushSubscription" WHERE "agentId" = ${agentId}::uuid AND "id" <> ${id}::uuid
      ORDER BY "createdAt" DESC, "id" DESC OFFSET ${MAX_PUSH_SUBSCRIPTIONS - 1}
    ), unlocked AS (
      SELECT "id" FROM "PushSubscription" WHERE "id" IN (SELECT "id" FROM surplus) ${SKIPPING_LOCKED}
    )
    DELETE FROM "PushSubscription" WHERE "id" IN (SELECT "id" FROM unlocked) AND "agentId" = ${agentId}::uuid`
}
