// Who gets the meeting or the live chat of a card.
import type { CardRouting } from '../services/dialogues/definition/draft.ts'
import { AgentRef } from './agent.ts'
import { batched } from './batch.ts'
import { builder } from './builder.ts'
import type { SchemaContext } from './context.ts'
import { fromOptionalGlobalId } from './global-id.ts'
import { TeamRef } from './team.ts'
import { STAFF_TYPE } from './texts.ts'

/** Read in one statement for all cards; a team that was deleted is null. */
const loadTeam = batched(async ({ database }: SchemaContext, ids) => {
  const teams = new Map(
    (await database.team.findMany({ where: { id: { in: ids } } })).map((team) => [team.id, team]),
  )
  return new Map(ids.map((id) => [id, teams.get(id) ?? null]))
})

export const CardRoutingRef = builder.objectRef<CardRouting>('CardRouting').implement({
  description: `Who gets the meeting or the live chat. ${STAFF_TYPE}`,
  fields: (t) => ({
    agent: t.prismaField({
      type: AgentRef,
      nullable: true,
      description: 'This agent. An agent who was removed is a problem, and visitors get the fallback.',
      resolve: (query, routing, _arguments, { database }) =>
        'agentId' in routing
          ? database.agent.findUniqueOrThrow({ ...query, where: { id: routing.agentId } })
          : null,
    }),
    team: t.field({
      type: TeamRef,
      nullable: true,
      description:
        'The agents of this team in turn. If the team was deleted, this is null too, which is a problem, and visitors get the fallback.',
      resolve: (routing, _arguments, context) =>
        'teamId' in routing ? loadTeam(context, routing.teamId) : null,
    }),
    roundRobin: t.boolean({
      description: 'Whether it is all agents in turn.',
      resolve: (routing) => 'roundRobin' in routing,
    }),
    rules: t.boolean({
      description: 'Whether routing rules decide. A dialogue with them cannot be published yet.',
      resolve: (routing) => 'rules' in routing,
    }),
  }),
})

export const CardRoutingInput = builder.inputType('CardRoutingInput', {
  description: 'Who gets the meeting or the live chat. Give exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    agentId: t.id({ description: 'This agent.' }),
    teamId: t.id({ description: 'The agents of this team in turn.' }),
    roundRobin: t.boolean({ description: 'All agents in turn. It must be true.' }),
    rules: t.boolean({
      description:
        'Routing rules decide. It must be true. A dialogue with them can be saved, but not be published yet.',
    }),
  }),
})

/** @param field the argument that has the routing, for the error
 * @returns the routing with UUIDs in place of global ids
 * @throws NotFoundError for an id that is not a global id of its type */
export function toCardRouting(routing: typeof CardRoutingInput.$inferInput, field: string) {
  const { agentId, teamId, roundRobin = null, rules = null } = routing
  return {
    agentId: fromOptionalGlobalId('Agent', { id: agentId, field: `${field}.agentId` }),
    teamId: fromOptionalGlobalId('Team', { id: teamId, field: `${field}.teamId` }),
    roundRobin,
    rules,
  }
}
