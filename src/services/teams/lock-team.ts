import type { Team } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import { NotFoundError } from '../../errors.ts'
import { type Pool, readPool } from '../routing/pool.ts'

/** Keeps everybody else from changing the team and from taking turns in it until the transaction is over.
 * @throws NotFoundError for a team the workspace does not have */
export async function lockTeam(
  tx: Transaction,
  { workspaceId, teamId }: { workspaceId: string; teamId: string },
): Promise<{ team: Team; pool: Pool }> {
  const team = await tx.team.findFirst({ where: { id: teamId, workspaceId } })
  if (team === null) throw new NotFoundError('teamId')
  return { team, pool: await readPool(tx, { workspaceId, target: { teamId }, lock: true }) }
}
