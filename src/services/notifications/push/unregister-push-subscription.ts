import { z } from 'zod'
import type { Agent } from '../../../database/generated/client/client.ts'
import { NotFoundError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireStaff } from '../../identity/viewer.ts'
import { opaque, parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { MAX_ENDPOINT_LENGTH } from './push-subscription-input.ts'

const input = z.object({ endpoint: opaque(MAX_ENDPOINT_LENGTH) })

/** Deletes the push subscription of one of the viewer's browsers.
 * @returns the viewer's agent
 * @throws ForbiddenError unless the viewer is staff
 * @throws InvalidInputError
 * @throws NotFoundError when the viewer has no subscription with this endpoint */
export async function unregisterPushSubscription(
  context: RequestContext,
  raw: z.input<typeof input>,
): Promise<Agent> {
  const { agentId } = requireStaff(context.viewer)
  const { endpoint } = parseInput(input, raw)
  return runTransaction(context, async (tx) => {
    const { count } = await tx.pushSubscription.deleteMany({ where: { endpoint, agentId } })
    if (count === 0) throw new NotFoundError('input.endpoint')
    return tx.agent.findUniqueOrThrow({ where: { id: agentId } })
  })
}
