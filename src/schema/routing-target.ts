// Whom something is asked of: an agent, a team, or all agents in turn.
import { builder } from './builder.ts'
import { fromOptionalGlobalId } from './global-id.ts'

export const RoutingTargetInput = builder.inputType('RoutingTargetInput', {
  description: 'Who is asked for. Give exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    agentId: t.id({ description: 'This agent.' }),
    teamId: t.id({ description: "The agents of this team in turn: the team's own order." }),
    roundRobin: t.boolean({ description: 'All agents in turn. Must be true when given.' }),
  }),
})

export interface TargetArgument {
  agentId?: string | number | bigint | null
  teamId?: string | number | bigint | null
  roundRobin?: boolean | null
}

/** The target with UUIDs in place of global ids.
 * @throws NotFoundError for an id that is made up or of another type */
export function toTarget({ agentId, teamId, roundRobin }: TargetArgument) {
  return {
    agentId: fromOptionalGlobalId('Agent', { id: text(agentId), field: 'target.agentId' }),
    teamId: fromOptionalGlobalId('Team', { id: text(teamId), field: 'target.teamId' }),
    roundRobin: roundRobin ?? null,
  }
}

const text = (id: string | number | bigint | null | undefined) =>
  id === undefined || id === null ? null : String(id)
