// The target of a request: an agent, a team, or all agents in turn.
import { builder } from './builder.ts'
import { fromOptionalGlobalId } from './global-id.ts'

export const RoutingTargetInput = builder.inputType('RoutingTargetInput', {
  description: 'The requested agent or agents. Give exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    agentId: t.id({ description: 'This agent.' }),
    teamId: t.id({ description: 'The agents of this team in turn, in the order of the team.' }),
    roundRobin: t.boolean({
      description: 'All agents in turn, in the order of the routing queue. It must be true.',
    }),
  }),
})

export interface TargetArgument {
  agentId?: string | number | bigint | null
  teamId?: string | number | bigint | null
  roundRobin?: boolean | null
}

/** @param field the argument that has the target, for the error
 * @returns the target with UUIDs in place of global ids
 * @throws NotFoundError for an id that is not a global id of its type */
export function toTarget({ agentId, teamId, roundRobin }: TargetArgument, field = 'input.target') {
  return {
    agentId: fromOptionalGlobalId('Agent', { id: text(agentId), field: `${field}.agentId` }),
    teamId: fromOptionalGlobalId('Team', { id: text(teamId), field: `${field}.teamId` }),
    roundRobin: roundRobin ?? null,
  }
}

const text = (id: string | number | bigint | null | undefined) =>
  id === undefined || id === null ? null : String(id)
