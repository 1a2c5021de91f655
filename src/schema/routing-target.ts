// The target of a request: an agent, a team, or all agents in turn.
import { EVERYBODY } from '../services/routing/slug-rules.ts'
import { builder } from './builder.ts'
import { fromOptionalGlobalId } from './global-id.ts'

export const RoutingTargetInput = builder.inputType('RoutingTargetInput', {
  description: 'The requested agent or agents. Give exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    agentId: t.id({
      description:
        'This agent. Whoever knows the id can book the agent, also if the website does not list it.',
    }),
    teamId: t.id({ description: 'The agents of this team in turn, in the order of the team.' }),
    roundRobin: t.boolean({
      description: 'All agents in turn, in the order of the routing queue. It must be true.',
    }),
    slug: t.string({
      description: `The agent or the team with this slug, if it is publicly bookable (\`Site.bookable\`), for example from the address of a page; \`${EVERYBODY}\` stands for all agents in turn.`,
    }),
  }),
})

type Id = string | number | bigint | null | undefined

export interface TargetArgument {
  agentId?: Id
  teamId?: Id
  roundRobin?: boolean | null
  slug?: string | null
}

/** @param field the argument that has the target, for the error
 * @returns the target with UUIDs in place of global ids
 * @throws NotFoundError for an id that is not a global id of its type */
export function toTarget({ agentId, teamId, roundRobin, slug }: TargetArgument, field = 'input.target') {
  return {
    agentId: fromOptionalGlobalId('Agent', { id: text(agentId), field: `${field}.agentId` }),
    teamId: fromOptionalGlobalId('Team', { id: text(teamId), field: `${field}.teamId` }),
    roundRobin: roundRobin ?? null,
    slug: slug ?? null,
  }
}

const text = (id: Id) => (id === undefined || id === null ? null : String(id))
