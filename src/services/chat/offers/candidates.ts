// The agents of a pool as they stand for a live chat (docs/semantics.md, section 4).
import { Prisma } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import type { Candidate } from '../../routing/decision.ts'
import { inTurns, type Portion } from '../../routing/in-turns.ts'
import type { Turns } from '../../routing/pool.ts'
import type { Ineligibility } from '../../routing/rules.ts'
import { type AgentStatus, readAgentStatuses, readStatusesOf } from '../availability/read-status.ts'

/** An agent who may be offered a chat, as known when it was read. */
export interface ChatCandidate extends Candidate {
  standing: AgentStatus
}

/** @returns the agents in the order of `agentIds` */
export async function readChatCandidates(
  database: Database | Transaction,
  { agentIds, now }: { agentIds: string[]; now: Date },
): Promise<ChatCandidate[]> {
  return (await readAgentStatuses(database, { agentIds, now })).map(toContender)
}

/** @returns the agents in the order of their turns */
export async function readChatCandidatesInTurn(
  tx: Transaction,
  { pool, portion, now }: { pool: Turns; portion: Portion; now: Date },
): Promise<ChatCandidate[]> {
  const asked = Prisma.sql`${inTurns(pool, portion)} asked`
  return (await readStatusesOf(tx, { asked, now })).map(toContender)
}

function toContender(standing: AgentStatus): ChatCandidate {
  return { agentId: standing.agentId, ineligibleBecause: ineligibilities(standing), standing }
}

function ineligibilities(standing: AgentStatus): Ineligibility[] {
  const { status, reachable, activeChats, pendingOffers, capacity, mayChat, paused } = standing
  const reasons: Ineligibility[] = []
  if (!mayChat) reasons.push('NO_PERMISSION')
  if (!status.available) reasons.push('NOT_AVAILABLE')
  if (activeChats + pendingOffers >= capacity) reasons.push('AT_CAPACITY')
  if (!reachable) reasons.push('NOT_REACHABLE')
  if (paused) reasons.push('PAUSED')
  return reasons
}
