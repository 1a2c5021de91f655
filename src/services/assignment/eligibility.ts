// The eligibility of a pool's agents at this moment, with the reasons against each of them.
import { type MeetingCandidate, NO_CALLER, readCandidates } from '../booking/slots/meeting-candidates.ts'
import { hasSlot, turnHorizon } from '../booking/slots/offered-slots.ts'
import { readChatCandidates } from '../chat/offers/candidates.ts'
import type { Services } from '../context.ts'
import { type Candidate, unavailability } from '../routing/decision.ts'
import type { Pool } from '../routing/pool.ts'

/** For meetings, an agent without any slot in the next 62 days is not available.
 * @returns the candidates in the order of the pool */
export async function readEligibility(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { workspaceId, pool }: { workspaceId: string; pool: Pool },
): Promise<Candidate[]> {
  const now = clock.now()
  const { agentIds } = pool
  if (pool.kind === 'LIVE_CHAT') return readChatCandidates(database, { agentIds, now })
  const horizon = turnHorizon(now)
  const query = { workspaceId, agentIds, range: horizon, now, caller: NO_CALLER }
  const candidates = await readCandidates(database, query)
  const isAvailable = (candidate: MeetingCandidate) => hasSlot(candidate, { horizon, now })
  return candidates.map((candidate) => {
    const { agentId, ineligibleBecause, hasHours } = candidate
    const isFree = ineligibleBecause.length > 0 || isAvailable(candidate)
    return {
      agentId,
      hasHours,
      ineligibleBecause: isFree ? ineligibleBecause : [unavailability(candidate)],
    }
  })
}
