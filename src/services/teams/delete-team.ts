import { lockUniqueValues } from '../../database/locks.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { runTransaction } from '../transaction.ts'
import { lockTeam } from './lock-team.ts'

/** What is left of a team after its deletion. */
export interface DeletedTeam {
  teamId: string
  /** The agents it had, in the order of their turns. */
  agentIds: string[]
}

/** Deletes a team with its pools. Its agents stay, and so do the meetings booked through it.
 * @throws ForbiddenError without MANAGE_ROUTING
 * @throws NotFoundError for a team the workspace does not have */
export async function deleteTeam(
  context: RequestContext,
  { teamId }: { teamId: string },
): Promise<DeletedTeam> {
  const { workspaceId } = requirePermission(context.viewer, 'MANAGE_ROUTING')
  return runTransaction(context, async (tx) => {
    // The slug goes with the team.
    await lockUniqueValues(tx, { workspaceId, of: 'slug' })
    const { team, pools } = await lockTeam(tx, { workspaceId, teamId })
    const [{ agentIds }] = pools
    await tx.team.delete({ where: { id: team.id } })
    const events = [newEvent.teamChanged({ teamId: team.id, agentIds })]
    await appendEvents(tx, { workspaceId, at: context.clock.now(), events })
    return { teamId: team.id, agentIds }
  })
}
