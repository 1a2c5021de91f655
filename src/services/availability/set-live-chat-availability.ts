// Replaces an agent's hours for live chat. Those for meetings are set apart from them.
import type { z } from 'zod'
import type { LiveChatAvailability } from '../../database/generated/client/client.ts'
import { NotFoundError } from '../../errors.ts'
import type { RequestContext } from '../context.ts'
import { appendEvents } from '../events/append-events.ts'
import { requireOwnOrManaged } from '../identity/viewer.ts'
import { parseInput } from '../input.ts'
import { runTransaction } from '../transaction.ts'
import { hoursInput } from './hours-input.ts'

/** @param raw.agentId left out: the viewer
 * @returns the hours afterwards
 * @throws ForbiddenError without MANAGE_LIVE_CHAT_AVAILABILITY, for a colleague without MANAGE_AGENTS
 * @throws InvalidInputError
 * @throws NotFoundError for an agent the workspace does not have */
export async function setLiveChatAvailability(
  context: RequestContext,
  raw: z.input<typeof hoursInput>,
): Promise<LiveChatAvailability> {
  const { viewer, agentId } = requireOwnOrManaged(context.viewer, {
    agentId: raw.agentId ?? null,
    permission: 'MANAGE_LIVE_CHAT_AVAILABILITY',
  })
  const { timeZone, weekly, overrides } = parseInput(hoursInput, raw)
  const { workspaceId } = viewer
  return runTransaction(context, async (tx) => {
    const [availability] = await tx.liveChatAvailability.updateManyAndReturn({
      where: { agentId, workspaceId, agent: { removedAt: null } },
      data: { timeZone, weekly, overrides: overrides ?? undefined },
    })
    if (availability === undefined) throw new NotFoundError('agentId')
    const event = { type: 'LiveChatAvailabilityChanged' as const, payload: { agentId: availability.agentId } }
    await appendEvents(tx, { workspaceId, at: context.clock.now(), events: [event] })
    return availability
  })
}
