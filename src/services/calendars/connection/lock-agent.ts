import type { Agent } from '../../../database/generated/client/client.ts'
import { lockAgentRow } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'

export type ConnectedAgent = Pick<Agent, 'id' | 'workspaceId' | 'email' | 'name'>

/** Whoever changes the agent, or connects another calendar, waits until the transaction is over.
 * @throws NotFoundError for an agent the workspace does not have, or not any more */
export async function lockAgent(
  tx: Transaction,
  { workspaceId, agentId }: { workspaceId: string; agentId: string },
): Promise<ConnectedAgent> {
  const agent = await lockAgentRow(tx, { workspaceId, agentId })
  if (agent === null) throw new NotFoundError('agentId')
  return agent
}
