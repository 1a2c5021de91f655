// Says who would be given a meeting, and why, without giving it.
import { z } from 'zod'
import { type Candidate, readCandidates } from '../booking/candidates.ts'
import { hasSlot, turnHorizon } from '../booking/offered-slots.ts'
import { refuseSlot } from '../booking/rules.ts'
import { targetInput } from '../booking/target-input.ts'
import type { RequestContext } from '../context.ts'
import { callerOf, requirePermission } from '../identity/viewer.ts'
import { instant, parseInput } from '../input.ts'
import { type Decision, decide } from './decision.ts'
import { readPool } from './pool.ts'

const explainArguments = z.object({ target: targetInput, startsAt: instant.nullish() })

/** @param raw.startsAt the time that is asked for; left out: whether there is any time at all
 * @returns the decision as it would be made now
 * @throws ForbiddenError without VIEW_ROUTING
 * @throws InvalidInputError
 * @throws NotFoundError for a target that the workspace does not have */
export async function explainRouting(
  context: RequestContext,
  raw: z.input<typeof explainArguments>,
): Promise<Decision & { decidedAt: Date }> {
  const viewer = requirePermission(context.viewer, 'VIEW_ROUTING')
  const { target, startsAt } = parseInput(explainArguments, raw, [])
  const { database } = context
  const { workspaceId } = viewer
  const now = context.clock.now()
  const horizon = turnHorizon(now)
  const pool = await readPool(database, { workspaceId, target, lock: false })
  const start = startsAt?.getTime()
  const candidates = await readCandidates(database, {
    workspaceId,
    agentIds: pool.agentIds,
    range: start === undefined ? horizon : { start, end: start + 1 },
    now,
    caller: callerOf(viewer),
  })
  const isAvailable = (candidate: Candidate) =>
    start === undefined
      ? hasSlot(candidate, { horizon, now })
      : refuseSlot(candidate.calendar, { startsAt: start, now: now.getTime() }) === null
  return { ...decide(pool, { candidates, isAvailable }), decidedAt: now }
}
