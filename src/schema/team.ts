// Teams: agents who take turns among themselves.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { ConflictError, NotFoundError } from '../errors.ts'
import { requireStaff } from '../services/identity/viewer.ts'
import { MAX_NAME_LENGTH } from '../services/input.ts'
import { type DeletedTeam, deleteTeam } from '../services/teams/delete-team.ts'
import { MAX_TEAM_AGENTS, saveTeam } from '../services/teams/save-team.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { fromGlobalId, fromGlobalIds, fromOptionalGlobalId } from './global-id.ts'
import {
  GLOBAL_ID,
  IDEMPOTENCY_KEY,
  NULL_IF_REFUSED,
  oneLine,
  PUBLICLY_BOOKABLE,
  SLUG,
  SLUG_FORMAT,
  STAFF_ONLY,
  STAFF_TOKEN,
  STAFF_TYPE,
} from './texts.ts'

/** The cost counts these numbers, because teams lead to agents and agents back to teams. */
export const TYPICAL_TEAM_SIZE = 20
const TYPICAL_TEAMS_OF_AGENT = 3

export const TeamRef = builder.prismaNode('Team', {
  id: { field: 'id', description: GLOBAL_ID },
  description: `Agents who take turns among themselves, in the order of the team. ${STAFF_TYPE}`,
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'The name, unique in the workspace, for example `Sales Europe`.',
    }),
    agents: t.field({
      type: [AgentRef],
      description: `The agents in the order of their turns, at most ${MAX_TEAM_AGENTS}.`,
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
    description: `The teams of the agent, by name. ${STAFF_ONLY}`,
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
    nullable: true,
    description: `The teams of the workspace, by name. ${STAFF_TOKEN} ${NULL_IF_REFUSED}`,
    resolve: (query, _root, _arguments, { viewer, database }) =>
      database.team.findMany({
        ...query,
        where: { workspaceId: requireStaff(viewer).workspaceId },
        orderBy: { name: 'asc' },
      }),
  }),
)

const SaveTeamInput = builder.inputType('SaveTeamInput', {
  description:
    'A team to create or to replace. `name` and `agentIds` are always given, and replace the present ones; null in an optional field is the same as leaving it out.',
  fields: (t) => ({
    teamId: t.id({ description: 'The team to replace. If omitted or null, a team is created.' }),
    name: t.string({
      required: true,
      description: `The name, which must not belong to another team of the workspace. ${oneLine(MAX_NAME_LENGTH)}`,
    }),
    agentIds: t.idList({
      required: true,
      description: `The agents in the order of their turns: at most ${MAX_TEAM_AGENTS}, each once. They replace the present ones.`,
    }),
    slug: t.string({
      description: `${SLUG} ${SLUG_FORMAT} If omitted or null, it stays, and that of a new team is made from the name.`,
    }),
    publiclyBookable: t.boolean({
      description: `${PUBLICLY_BOOKABLE} If omitted or null, it stays, and is false for a new team.`,
    }),
    idempotencyKey: t.string({
      description: IDEMPOTENCY_KEY,
    }),
  }),
})

builder.mutationField('saveTeam', (t) =>
  t.prismaField({
    type: TeamRef,
    description:
      'Creates a team, or replaces the name and the agents of one. The turns continue after the agent served last; if that agent leaves, after the agent before. Requires MANAGE_ROUTING.',
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: SaveTeamInput, required: true, description: 'The team.' }) },
    resolve: (query, _root, { input }, context) => {
      const team = {
        ...input,
        teamId: fromOptionalGlobalId('Team', { id: input.teamId, field: 'input.teamId' }),
        agentIds: fromGlobalIds('Agent', { ids: input.agentIds, field: 'input.agentIds' }),
      }
      return saveTeam(context, team, (tx, id) => tx.team.findUnique({ ...query, where: { id } }))
    },
  }),
)

const DeleteTeamInput = builder.inputType('DeleteTeamInput', {
  description: 'A team to delete.',
  fields: (t) => ({ teamId: t.id({ required: true, description: 'The team.' }) }),
})

export const DeletedTeamRef = builder.objectRef<DeletedTeam>('DeletedTeam').implement({
  description: 'What is left of a team after its deletion.',
  fields: (t) => ({
    teamId: t.id({
      description: 'The global id that the team had.',
      resolve: ({ teamId }) => encodeGlobalID('Team', teamId),
    }),
    agents: t.prismaField({
      type: [AgentRef],
      description: 'The agents that the team had, by name.',
      complexity: { field: 1, multiplier: TYPICAL_TEAM_SIZE },
      resolve: (query, { agentIds }, _arguments, { database }) =>
        database.agent.findMany({
          ...query,
          where: { id: { in: agentIds }, removedAt: null },
          orderBy: [{ name: 'asc' }, { id: 'asc' }],
        }),
    }),
  }),
})

builder.mutationField('deleteTeam', (t) =>
  t.field({
    type: DeletedTeamRef,
    description:
      'Deletes a team, and returns what is left of it. Its agents and their meetings stay. Requires MANAGE_ROUTING.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: DeleteTeamInput, required: true, description: 'The team to delete.' }) },
    resolve: (_root, { input }, context) =>
      deleteTeam(context, { teamId: fromGlobalId('Team', { id: input.teamId, field: 'input.teamId' }) }),
  }),
)
