import { z } from 'zod'
import type { RoutingTarget } from './pool.ts'

/** Who is asked for: exactly one of an agent, a team (UUIDs), or round robin over all agents. It is stored as it is
 * parsed, and parsed again when it is read. */
export const targetInput = z
  .object({ agentId: z.string().nullish(), teamId: z.string().nullish(), roundRobin: z.boolean().nullish() })
  .transform(({ agentId, teamId, roundRobin }, check): RoutingTarget => {
    if (agentId) return { agentId }
    if (teamId) return { teamId }
    if (roundRobin) return { roundRobin }
    check.addIssue({ code: 'custom', path: ['roundRobin'], message: 'Must be true, or left out.' })
    return z.NEVER
  })
