// Forgets which account of the identity provider an agent is, for example because the account was made anew or the wrong
// one was bound. The next account that signs in with the agent's verified e-mail address is bound.
import type { Agent } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import type { Transaction } from '../../database/open.ts'
import { NotFoundError } from '../../errors.ts'
import type { Services } from '../context.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { runTransaction } from '../transaction.ts'

/** What the account has open ends: it has no access any more, unless it is bound again.
 * @returns the agent
 * @throws ForbiddenError without MANAGE_AGENTS
 * @throws NotFoundError for an agent the workspace does not have */
export async function resetSignIn(context: RequestContext, agentId: string): Promise<Agent> {
  const { workspaceId } = requirePermission(context.viewer, 'MANAGE_AGENTS')
  const at = context.clock.now()
  return runTransaction(context, (tx) => forgetAccount(tx, { workspaceId, agentId, at }))
}

/** For an operator, when no administrator can sign in any more. Nodes that run learn of it within seconds.
 * @param agent.email of the agent, in lower case
 * @param agent.workspaceName of the workspace
 * @returns the agent
 * @throws NotFoundError when there is no such agent */
export async function resetSignInByEmail(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { email, workspaceName }: { email: string; workspaceName: string },
): Promise<Agent> {
  const at = clock.now()
  return database.$transaction(async (tx) => {
    const agent = await tx.agent.findFirst({
      where: { email, removedAt: null, workspace: { name: workspaceName } },
    })
    if (agent === null) throw new NotFoundError('agent')
    return forgetAccount(tx, { workspaceId: agent.workspaceId, agentId: agent.id, at })
  })
}

async function forgetAccount(
  tx: Transaction,
  { workspaceId, agentId, at }: { workspaceId: string; agentId: string; at: Date },
): Promise<Agent> {
  noteLocks(tx, 'agent', [agentId])
  const [agent] = await tx.agent.updateManyAndReturn({
    where: { id: agentId, workspaceId, removedAt: null },
    data: { oidcSubject: null },
  })
  if (agent === undefined) throw new NotFoundError('input.agentId')
  await appendEvents(tx, { workspaceId, at, events: [newEvent.accessChanged({ agentId })] })
  return agent
}
