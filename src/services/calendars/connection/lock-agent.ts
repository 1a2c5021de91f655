import type { Agent } from '../../../database/generated/client/client.ts'
import { lockAgentRow } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'

export type ConnectedAgent = Pick<Agent, 'id' | 'workspaceId' | 'email' | 'name'>

/** Transactions that change the agent or connect another calendar wait until this one ends.
 * @throws NotFoundError for an agent that the workspace does not have, or no longer has */
export async function lockAgent(
  tx: Transaction,
  { workspaceId, agentId }: { workspaceId: string; agentId: string },
): Promise<ConnectedAgent> {
  const agent = await lockAgentRow(tx, { workspaceId, agentId })
  if (agent === null) throw new NotFoundError('input.agentId')
  return agent
}
