// Teams: agents who take their turns among themselves.
import { ConflictError, NotFoundError } from '../errors.ts'
import { requireStaff } from '../services/identity/viewer.ts'
import { deleteTeam } from '../services/teams/delete-team.ts'
import { saveTeam } from '../services/teams/save-team.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { fromGlobalId, fromGlobalIds, fromOptionalGlobalId } from './global-id.ts'

/** For the limit on cost: about how many there are. Teams lead to agents, and agents back to teams. */
const TYPICAL_TEAM_SIZE = 20
const TYPICAL_TEAMS_OF_AGENT = 3

export const TeamRef = builder.prismaNode('Team', {
  id: { field: 'id', description: 'Global id.' },
  description: 'Agents who take their turns among themselves, in an order of their own. Staff only.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Unique in the workspace, for example `Sales Europe`.' }),
    agents: t.field({
      type: [AgentRef],
      description: 'Its agents in the order of their turns, at most 500.',
      complexity: { field: 1, multiplier: TYPICAL_TEAM_SIZE },
      select: (_arguments, _context, nestedSelection) => ({
        members: {
          where: { agent: { removedAt: null } },
          orderBy: [{ position: 'asc' }, { agentId: 'asc' }],
          select: { agent: nestedSelection(true) },
        },
      }),
      resolve: ({ members }) => members.map(({ agent }) => agent),
    }),
  }),
})

builder.prismaObjectField(AgentRef, 'teams', (t) =>
  t.field({
    type: [TeamRef],
    description: 'The teams the agent is in, by name. Staff only.',
    authScopes: { staff: true },
    complexity: { field: 1, multiplier: TYPICAL_TEAMS_OF_AGENT },
    select: (_arguments, _context, nestedSelection) => ({
      teams: { orderBy: { team: { name: 'asc' } }, select: { team: nestedSelection(true) } },
    }),
    resolve: ({ teams }) => teams.map(({ team }) => team),
  }),
)

builder.queryField('teams', (t) =>
  t.prismaField({
    type: [TeamRef],
    description: 'The teams of the workspace by name. Staff only.',
    resolve: (query, _root, _arguments, { viewer, database }) =>
      database.team.findMany({
        ...query,
        where: { workspaceId: requireStaff(viewer).workspaceId },
        orderBy: { name: 'asc' },
      }),
  }),
)

const SaveTeamInput = builder.inputType('SaveTeamInput', {
  description: 'A new team, or what is to take the place of a team.',
  fields: (t) => ({
    teamId: t.id({ description: 'The team to replace; left out: a new one.' }),
    name: t.string({
      required: true,
      description: 'One line, at most 100 characters. Must not belong to another team.',
    }),
    agentIds: t.idList({
      required: true,
      description: 'Its agents in the order of their turns: at most 500, each once. All others leave.',
    }),
    idempotencyKey: t.string({
      description: 'A repeat with the same key and input answers the first outcome. At most 200 characters.',
    }),
  }),
})

builder.mutationField('saveTeam', (t) =>
  t.field({
    type: TeamRef,
    description:
      'Makes a team, or replaces its name and its agents. The turns go on after the agent served last; if that one leaves, after the one before. Needs MANAGE_ROUTING.',
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: SaveTeamInput, required: true, description: 'The team.' }) },
    resolve: (_root, { input }, context) =>
      saveTeam(context, {
        ...input,
        teamId: fromOptionalGlobalId('Team', { id: input.teamId, field: 'teamId' }),
        agentIds: fromGlobalIds('Agent', { ids: input.agentIds, field: 'agentIds', within: 'input' }),
      }),
  }),
)

const DeleteTeamInput = builder.inputType('DeleteTeamInput', {
  description: 'A team to delete.',
  fields: (t) => ({ teamId: t.id({ required: true, description: 'The team.' }) }),
})

builder.mutationField('deleteTeam', (t) =>
  t.prismaField({
    type: TeamRef,
    description:
      'Deletes a team and answers it as it was. Its agents and their meetings stay. Needs MANAGE_ROUTING.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: DeleteTeamInput, required: true, description: 'Which.' }) },
    resolve: (query, _root, { input }, context) =>
      deleteTeam(context, {
        teamId: fromGlobalId('Team', { id: input.teamId, field: 'teamId' }),
        read: (tx, id) => tx.team.findUniqueOrThrow({ ...query, where: { id } }),
      }),
  }),
)
