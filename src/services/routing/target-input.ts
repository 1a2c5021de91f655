import { z } from 'zod'
import { fault } from '../input.ts'
import type { RoutingTarget } from './pool.ts'

/** What a client asks for: a target, or the slug that stands for one (`findTarget`). */
export type AskedTarget = RoutingTarget | { slug: string }

const fields = {
  agentId: z.string().nullish(),
  teamId: z.string().nullish(),
  roundRobin: z.boolean().nullish(),
}

/** A routing target: exactly one of an agent (UUID), a team (UUID), or round robin over all agents. Stored targets are
 * parsed with it too. */
export const targetInput = z.object(fields).transform(toTarget)

/** The same, or a slug, which addresses of pages may have in capital letters. */
export const askedTarget = z
  .object({ ...fields, slug: z.string().trim().toLowerCase().nullish() })
  .transform(
    ({ slug, ...target }, check): AskedTarget =>
      typeof slug === 'string' ? { slug } : toTarget(target, check),
  )

function toTarget(
  { agentId, teamId, roundRobin }: z.output<z.ZodObject<typeof fields>>,
  check: z.RefinementCtx,
): RoutingTarget {
  if (agentId) return { agentId }
  if (teamId) return { teamId }
  if (roundRobin) return { roundRobin }
  check.addIssue({
    code: 'custom',
    path: ['roundRobin'],
    ...fault('NOT_ALLOWED', 'Must be true, or omitted.'),
  })
  return z.NEVER
}
