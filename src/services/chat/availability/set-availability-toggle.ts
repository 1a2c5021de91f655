// Sets an agent available or unavailable for live chats by hand, until the next block of the hours starts
// (docs/semantics.md, section 5).
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireOwnOrManaged } from '../../identity/viewer.ts'
import { parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { changeAvailability } from './change-availability.ts'
import { revokeOffers } from './leave-chats.ts'
import type { AgentStatus } from './read-status.ts'

const toggleInput = z.object({ agentId: z.string().nullish(), available: z.boolean() })

/** An agent who becomes unavailable keeps the active chats; the pending offers are revoked.
 * @param raw.agentId left out: the viewer
 * @returns the status afterwards
 * @throws ForbiddenError without MANAGE_LIVE_CHAT_AVAILABILITY, for a colleague without MANAGE_AGENTS
 * @throws InvalidInputError
 * @throws NotFoundError for an agent the workspace does not have */
export async function setAvailabilityToggle(
  context: RequestContext,
  raw: z.input<typeof toggleInput>,
): Promise<AgentStatus> {
  const { viewer, agentId } = requireOwnOrManaged(context.viewer, {
    agentId: raw.agentId ?? null,
    permission: 'MANAGE_LIVE_CHAT_AVAILABILITY',
  })
  const { available } = parseInput(toggleInput, raw)
  const toggle = { toggledTo: available, toggledAt: context.clock.now() }
  return writeToggle(context, { workspaceId: viewer.workspaceId, agentId, toggle })
}

/** @param change.toggle null: none
 * @returns the status afterwards
 * @throws NotFoundError for an agent the workspace does not have */
export async function writeToggle(
  context: RequestContext,
  change: {
    workspaceId: string
    agentId: string
    toggle: { toggledTo: boolean; toggledAt: Date } | null
  },
): Promise<AgentStatus> {
  const { workspaceId, agentId, toggle } = change
  const now = context.clock.now()
  const status = await runTransaction(context, async (tx) => {
    const data = toggle ?? { toggledTo: null, toggledAt: null }
    const { before, after } = await changeAvailability(tx, { workspaceId, agentId, now, data })
    const isVisible = !isDeepStrictEqual(before.status, after.status)
    const events = [newEvent.liveChatStatusChanged(after)]
    if (isVisible) await appendEvents(tx, { workspaceId, at: now, events })
    return after
  })
  if (!status.status.available) await revokeOffers(context, status.agentId)
  return status
}
