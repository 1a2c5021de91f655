// Turns the arguments of the list of agents into a database filter.
import { z } from 'zod'
import type { Prisma } from '../../database/generated/client/client.ts'
import { NotFoundError } from '../../errors.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requireStaff } from '../identity/viewer.ts'
import { parseInput, text } from '../input.ts'
import { containing, MAX_SEARCH_LENGTH } from '../search.ts'

const agentsArguments = z.object({
  search: text(MAX_SEARCH_LENGTH).nullish(),
  teamId: z.string().nullish(),
  removed: z.boolean().nullish(),
})

/** @param raw.search text that the name or the e-mail contains
 * @param raw.removed whether to list the removed agents in place of the present ones
 * @returns a filter for the agents of the viewer's workspace that match the arguments
 * @throws ForbiddenError unless the viewer is staff
 * @throws InvalidInputError
 * @throws NotFoundError for a team that the workspace does not have */
export async function filterAgents(
  context: RequestContext,
  raw: z.input<typeof agentsArguments>,
): Promise<Prisma.AgentWhereInput> {
  const { workspaceId } = requireStaff(context.viewer)
  const { search, teamId, removed } = parseInput(agentsArguments, raw, [])
  const where: Prisma.AgentWhereInput = { workspaceId, removedAt: removed ? { not: null } : null }
  if (search) where.OR = [{ name: containing(search) }, { email: containing(search) }]
  if (teamId) {
    const team = await context.database.team.findFirst({ where: { id: teamId, workspaceId } })
    if (team === null) throw new NotFoundError('teamId')
    where.teams = { some: { teamId } }
  }
  return where
}
