import type { Transaction } from '../../database/open.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { runTransaction } from '../transaction.ts'
import { lockTeam } from './lock-team.ts'

/** Deletes a team with its pools. Its agents stay, and so do the meetings booked through it.
 * @param team.read reads the answer before the team is deleted
 * @returns what `read` returned
 * @throws ForbiddenError without MANAGE_ROUTING
 * @throws NotFoundError for a team the workspace does not have */
export async function deleteTeam<Answer>(
  context: RequestContext,
  { teamId, read }: { teamId: string; read: (tx: Transaction, teamId: string) => Promise<Answer> },
): Promise<Answer> {
  const { workspaceId } = requirePermission(context.viewer, 'MANAGE_ROUTING')
  return runTransaction(context, async (tx) => {
    const { team } = await lockTeam(tx, { workspaceId, teamId })
    const answer = await read(tx, team.id)
    const members = await tx.teamMember.findMany({ where: { teamId: team.id }, select: { agentId: true } })
    await tx.team.delete({ where: { id: team.id } })
    const agentIds = members.map(({ agentId }) => agentId)
    const events = [newEvent.teamChanged({ teamId: team.id, agentIds })]
    await appendEvents(tx, { workspaceId, at: context.clock.now(), events })
    return answer
  })
}
