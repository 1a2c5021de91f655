import type { Agent } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'

export type ConnectedAgent = Pick<Agent, 'id' | 'workspaceId' | 'email' | 'name'>

/** Whoever changes the agent, or connects another calendar, waits until the transaction is over.
 * @throws NotFoundError for an agent the workspace does not have, or not any more */
export async function lockAgent(
  tx: Transaction,
  { workspaceId, agentId }: { workspaceId: string; agentId: string },
): Promise<ConnectedAgent> {
  const [agent] = await tx.$queryRaw<ConnectedAgent[]>`
    SELECT "id", "workspaceId", "email", "name" FROM "Agent"
    WHERE "id" = ${agentId}::uuid AND "workspaceId" = ${workspaceId}::uuid AND "removedAt" IS NULL
    FOR NO KEY UPDATE`
  if (agent === undefined) throw new NotFoundError('agentId')
  return agent
}
