import type { Team } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import { NotFoundError } from '../../errors.ts'
import { type Pool, readPool } from '../routing/pool.ts'

/** Locks the team's pools, so that no other transaction changes the team or takes turns in it until this one ends.
 * @throws NotFoundError for a team the workspace does not have */
export async function lockTeam(
  tx: Transaction,
  { workspaceId, teamId }: { workspaceId: string; teamId: string },
): Promise<{ team: Team; pools: [Pool, Pool] }> {
  const team = await tx.team.findFirst({ where: { id: teamId, workspaceId } })
  if (team === null) throw new NotFoundError('input.teamId')
  const query = { workspaceId, target: { teamId }, lock: true }
  const meetings = await readPool(tx, { ...query, kind: 'MEETING' })
  return { team, pools: [meetings, await readPool(tx, { ...query, kind: 'LIVE_CHAT' })] }
}
