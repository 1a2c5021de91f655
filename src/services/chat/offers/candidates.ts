// Reads the agents of a pool as candidates for a live chat (docs/semantics.md, section 4).
import { Prisma } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { type Candidate, unavailability } from '../../routing/decision.ts'
import { inTurns, type Portion } from '../../routing/in-turns.ts'
import type { AskedPool } from '../../routing/pool.ts'
import type { Ineligibility } from '../../routing/rules.ts'
import { type AgentStatus, readAgentStatuses, readStatusesOf } from '../availability/read-status.ts'

/** An agent who is considered for a chat, with the status that decides whether the agent is eligible. */
export interface ChatCandidate extends Candidate {
  status: AgentStatus
}

/** @returns the agents in the order of `agentIds` */
export async function readChatCandidates(
  database: Database | Transaction,
  { agentIds, now }: { agentIds: string[]; now: Date },
): Promise<ChatCandidate[]> {
  return (await readAgentStatuses(database, { agentIds, now })).map(toCandidate)
}

/** @returns all agents of the workspace, in no order */
export async function readChatCandidatesOf(
  database: Database,
  { workspaceId, now }: { workspaceId: string; now: Date },
): Promise<ChatCandidate[]> {
  const asked = Prisma.sql`(
    SELECT "id", 1 AS "place" FROM "Agent" WHERE "workspaceId" = ${workspaceId}::uuid AND "removedAt" IS NULL
  ) asked`
  return (await readStatusesOf(database, { asked, now })).map(toCandidate)
}

/** @param query.network see `Conversation.clientNetwork`
 * @returns the agents in the order of their turns */
export async function readChatCandidatesInTurn(
  tx: Transaction,
  { pool, portion, network, now }: { pool: AskedPool; portion: Portion; network: string | null; now: Date },
): Promise<ChatCandidate[]> {
  const asked = Prisma.sql`${inTurns(pool, portion)} asked`
  return (await readStatusesOf(tx, { asked, network, now })).map(toCandidate)
}

export function toCandidate(status: AgentStatus): ChatCandidate {
  const { agentId, hasHours } = status
  return { agentId, hasHours, ineligibleBecause: ineligibilities(status), status }
}

function ineligibilities(agent: AgentStatus): Ineligibility[] {
  const { status, reachable, activeChats, pendingOffers, capacity, mayChat, paused } = agent
  const reasons: Ineligibility[] = []
  if (!mayChat) reasons.push('NO_PERMISSION')
  if (!status.available) reasons.push(unavailability(agent))
  if (activeChats + pendingOffers >= capacity) reasons.push('AT_CAPACITY')
  if (!sharesSeats(agent)) reasons.push('SEAT_RESERVED')
  if (!reachable) reasons.push('NOT_REACHABLE')
  if (paused) reasons.push('PAUSED')
  return reasons
}

/** One network's requests that nobody has accepted take all seats of an agent but one: from one address, a script could
 * otherwise keep the agent from all other visitors. */
const sharesSeats = ({ offersToNetwork, capacity }: AgentStatus): boolean =>
  offersToNetwork < Math.max(1, capacity - 1)
