import { z } from 'zod'
import { fault } from '../input.ts'
import type { RoutingTarget } from './pool.ts'

/** A routing target: exactly one of an agent (UUID), a team (UUID), or round robin over all agents. Stored targets are
 * parsed with it too. */
export const targetInput = z
  .object({ agentId: z.string().nullish(), teamId: z.string().nullish(), roundRobin: z.boolean().nullish() })
  .transform(({ agentId, teamId, roundRobin }, check): RoutingTarget => {
    if (agentId) return { agentId }
    if (teamId) return { teamId }
    if (roundRobin) return { roundRobin }
    check.addIssue({
      code: 'custom',
      path: ['roundRobin'],
      ...fault('NOT_ALLOWED', 'Must be true, or omitted.'),
    })
    return z.NEVER
  })
