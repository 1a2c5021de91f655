// The agents of a pool as they stand for a live chat (docs/semantics.md, section 4).
import type { Database, Transaction } from '../../database/open.ts'
import type { Contender } from '../routing/decision.ts'
import type { Ineligibility } from '../routing/rules.ts'
import { type AgentStatus, readAgentStatuses } from './read-status.ts'

interface Query {
  workspaceId: string
  agentIds: string[]
  now: Date
}

/** @returns the agents in the order of `agentIds`; those who are removed are left out */
export async function readChatContenders(
  database: Database | Transaction,
  { workspaceId, agentIds, now }: Query,
): Promise<Contender[]> {
  const statuses = await readAgentStatuses(database, { agentIds, now })
  const status = new Map(statuses.map((one) => [one.agentId, one]))
  const rights = await readRights(database, { workspaceId, agentIds })
  return rights.flatMap((right) => {
    const known = status.get(right.agentId)
    if (known === undefined) return []
    return [{ agentId: right.agentId, ineligibleBecause: ineligibilities(known, right) }]
  })
}

interface Rights {
  agentId: string
  mayChat: boolean
  paused: boolean
}

function readRights(
  database: Database | Transaction,
  { workspaceId, agentIds }: { workspaceId: string; agentIds: string[] },
): Promise<Rights[]> {
  return database.$queryRaw<Rights[]>`
    SELECT a."id" AS "agentId", coalesce(p."paused", false) AS "paused",
      EXISTS (
        SELECT FROM "AgentRole" ar JOIN "Role" r ON r."id" = ar."roleId"
        WHERE ar."agentId" = a."id" AND 'MANAGE_LIVE_CHAT_AVAILABILITY' = ANY (r."permissions")
      ) AS "mayChat"
    FROM unnest(${agentIds}::uuid[]) WITH ORDINALITY AS asked("id", "place")
    JOIN "Agent" a ON a."id" = asked."id"
    LEFT JOIN "RoutingPlace" p ON p."agentId" = a."id" AND p."kind" = 'LIVE_CHAT'
    WHERE a."workspaceId" = ${workspaceId}::uuid AND a."removedAt" IS NULL
    ORDER BY asked."place"`
}

function ineligibilities(
  { status, reachable, activeChats, pendingOffers, capacity }: AgentStatus,
  { mayChat, paused }: Rights,
): Ineligibility[] {
  const reasons: Ineligibility[] = []
  if (!mayChat) reasons.push('NO_PERMISSION')
  if (!status.available) reasons.push('NOT_AVAILABLE')
  if (activeChats + pendingOffers >= capacity) reasons.push('AT_CAPACITY')
  if (!reachable) reasons.push('NOT_REACHABLE')
  if (paused) reasons.push('PAUSED')
  return reasons
}
