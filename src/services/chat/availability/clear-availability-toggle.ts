// Removes the toggle, so that the hours for live chats decide again (docs/semantics.md, section 5).
import type { RequestContext } from '../../identity/request-context.ts'
import { requireOwnOrManaged } from '../../identity/viewer.ts'
import type { AgentStatus } from './read-status.ts'
import { writeToggle } from './set-availability-toggle.ts'

/** Has no effect without a toggle. An agent who becomes unavailable keeps the active chats; the pending offers are revoked.
 * @param raw.agentId left out: the viewer
 * @returns the status afterwards
 * @throws ForbiddenError without MANAGE_LIVE_CHAT_AVAILABILITY, for a colleague without MANAGE_AGENTS
 * @throws NotFoundError for an agent the workspace does not have */
export function clearAvailabilityToggle(
  context: RequestContext,
  raw: { agentId: string | null | undefined },
): Promise<AgentStatus> {
  const { viewer, agentId } = requireOwnOrManaged(context.viewer, {
    agentId: raw.agentId ?? null,
    permission: 'MANAGE_LIVE_CHAT_AVAILABILITY',
  })
  return writeToggle(context, { workspaceId: viewer.workspaceId, agentId, toggle: null })
}
