import type { Transaction } from '../../../database/open.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'

/** Publishes that the live-chat status of each agent has changed. To be called last in a transaction, like
 * `appendEvents`. The streams of several workspaces are locked in the order of their ids. */
export async function appendStatusEvents(
  tx: Transaction,
  { agents, now }: { agents: { agentId: string; workspaceId: string }[]; now: Date },
): Promise<void> {
  const workspaces = Map.groupBy(agents, (agent) => agent.workspaceId)
  for (const workspaceId of [...workspaces.keys()].sort()) {
    const events = (workspaces.get(workspaceId) ?? []).map((agent) => newEvent.liveChatStatusChanged(agent))
    await appendEvents(tx, { workspaceId, at: now, events })
  }
}
