// Replaces an agent's hours for live chat. The hours for meetings are separate.
import type { z } from 'zod'
import type { LiveChatAvailability } from '../../../database/generated/client/client.ts'
import { hoursInput } from '../../availability/hours-input.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireOwnOrManaged } from '../../identity/viewer.ts'
import { parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { changeAvailability } from './change-availability.ts'
import { revokeOffers } from './leave-chats.ts'

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
  const now = context.clock.now()
  const { availability, after } = await runTransaction(context, async (tx) => {
    const data = { timeZone, weekly, overrides: overrides ?? undefined }
    const changed = await changeAvailability(tx, { workspaceId, agentId, now, data })
    const events = [
      newEvent.liveChatAvailabilityChanged(changed.after),
      newEvent.liveChatStatusChanged(changed.after),
    ]
    await appendEvents(tx, { workspaceId, at: now, events })
    return changed
  })
  if (!after.status.available) await revokeOffers(context, after.agentId)
  return availability
}
