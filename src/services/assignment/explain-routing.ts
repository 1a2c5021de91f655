// Decides who would get a meeting or a chat now, and why, without assigning it.
import { z } from 'zod'
import { InvalidInputError } from '../../errors.ts'
import { type MeetingCandidate, readCandidates } from '../booking/slots/meeting-candidates.ts'
import { refuseSlot } from '../booking/slots/rules.ts'
import { readChatCandidates } from '../chat/offers/candidates.ts'
import { explainRequest } from '../chat/waiting/queue-ahead.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { type AgentViewer, callerOf, requirePermission } from '../identity/viewer.ts'
import { instant, parseInput } from '../input.ts'
import { type Decision, decide } from '../routing/decision.ts'
import { findTarget } from '../routing/list-bookables.ts'
import { type Pool, readPool } from '../routing/pool.ts'
import { askedTarget } from '../routing/target-input.ts'
import { readEligibility } from './eligibility.ts'

const explainArguments = z.object({
  kind: z.enum(['MEETING', 'LIVE_CHAT']),
  target: askedTarget,
  startsAt: instant.nullish(),
})

/** @param raw.startsAt the start of the meeting; left out: any slot in the next 62 days counts
 * @returns the decision as it would be made now
 * @throws ForbiddenError without VIEW_ROUTING
 * @throws InvalidInputError
 * @throws NotFoundError for a target that the workspace does not have */
export async function explainRouting(
  context: RequestContext,
  raw: z.input<typeof explainArguments>,
): Promise<Decision & { decidedAt: Date }> {
  const viewer = requirePermission(context.viewer, 'VIEW_ROUTING')
  const { workspaceId } = viewer
  const { kind, target: asked, startsAt } = parseInput(explainArguments, raw, [])
  if (kind === 'LIVE_CHAT' && startsAt) {
    const message = 'Must be omitted for a live chat.'
    throw new InvalidInputError([{ path: ['startsAt'], code: 'CONFLICTING', message }])
  }
  const target = await findTarget(context.database, { workspaceId, target: asked, field: 'target' })
  const pool = await readPool(context.database, { workspaceId, kind, target, lock: false })
  const decision = startsAt
    ? await decideAt(context, { viewer, pool, startsAt })
    : await decideNow(context, { workspaceId, pool })
  return { ...decision, decidedAt: context.clock.now() }
}

async function decideNow(
  context: RequestContext,
  { workspaceId, pool }: { workspaceId: string; pool: Pool },
): Promise<Decision> {
  const { database, clock } = context
  if (pool.kind === 'MEETING') {
    const candidates = await readEligibility(context, { workspaceId, pool })
    return decide(pool, { candidates, isAvailable: () => true })
  }
  const now = clock.now()
  const candidates = await readChatCandidates(database, { agentIds: pool.agentIds, now })
  return explainRequest(database, { pool, candidates, now })
}

async function decideAt(
  context: RequestContext,
  { viewer, pool, startsAt }: { viewer: AgentViewer; pool: Pool; startsAt: Date },
): Promise<Decision> {
  const { workspaceId } = viewer
  const now = context.clock.now()
  const start = startsAt.getTime()
  const candidates = await readCandidates(context.database, {
    workspaceId,
    agentIds: pool.agentIds,
    range: { start, end: start + 1 },
    now,
    caller: callerOf(viewer),
  })
  const isAvailable = ({ calendar }: MeetingCandidate) =>
    refuseSlot(calendar, { startsAt: start, now: now.getTime() }) === null
  return decide(pool, { candidates, isAvailable })
}
