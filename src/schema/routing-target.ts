// The target of a request: an agent, a team, or all agents in turn.
import { findBookable } from '../services/routing/list-bookables.ts'
import { EVERYBODY } from '../services/routing/slug-rules.ts'
import { builder } from './builder.ts'
import type { SchemaContext } from './context.ts'
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

/** @param options.field the argument that has the target, for the error
 * @returns the target with UUIDs in place of global ids and of a slug
 * @throws ForbiddenError for a slug from an anonymous viewer
 * @throws NotFoundError for an id that is not a global id of its type, and for a slug that the website does not list */
export async function toTarget(
  { agentId, teamId, roundRobin, slug }: TargetArgument,
  { context, field = 'input.target' }: { context: SchemaContext; field?: string },
): Promise<{ agentId?: string | null; teamId?: string | null; roundRobin?: boolean | null }> {
  if (typeof slug === 'string') return findBookable(context, { slug, field: `${field}.slug` })
  return {
    agentId: fromOptionalGlobalId('Agent', { id: text(agentId), field: `${field}.agentId` }),
    teamId: fromOptionalGlobalId('Team', { id: text(teamId), field: `${field}.teamId` }),
    roundRobin: roundRobin ?? null,
  }
}

const text = (id: Id) => (id === undefined || id === null ? null : String(id))
