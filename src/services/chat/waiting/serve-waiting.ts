// Offers the chats of requests that wait to agents who have room again, whatever gave them room: a chat has ended or has
// gone to another agent, the settings allow more, an agent has come (docs/semantics.md, section 6).
import type { Conversation, Prisma } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import type { RoutingTarget } from '../../routing/pool.ts'
import { targetInput } from '../../routing/target-input.ts'
import { runTransaction } from '../../transaction.ts'
import { lockConversation } from '../conversation/lock-conversation.ts'
import { readChatCandidatesOf } from '../offers/candidates.ts'
import { lockTurns, nextRequest, offerInTurn } from '../offers/offer-next.ts'
import { missRequest } from './end-wait.ts'

/** Of requests that the same agents can get, one pass looks at no more than this; the others are behind them anyway. */
const MOST_ALIKE = 50

interface WaitingRequest {
  id: string
  workspaceId: string
  target: Prisma.JsonValue
  /** The ids of agents who have had its offer, in order. */
  asked: string[]
  /** See `Conversation.clientNetwork`. */
  clientNetwork: string | null
  /** Whether it has had as many offers as are allowed. */
  isExhausted: boolean
}

/** Offers as many chats as there is room for: in each pool that of the longest waiting request first. Ends the wait of
 * requests that no agent can get any more. Any number of nodes may do so at once. A failure is reported and does not hold
 * up the rest. */
export async function serveWaiting(services: Services): Promise<void> {
  const queue = await readQueue(services.database)
  for (const [workspaceId, requests] of Map.groupBy(queue, (request) => request.workspaceId)) {
    await serveWorkspace(services, { workspaceId, requests }).catch(services.onError)
  }
}

async function serveWorkspace(
  services: Services,
  { workspaceId, requests }: { workspaceId: string; requests: WaitingRequest[] },
): Promise<void> {
  const isOver = await lookForRoom(services, workspaceId)
  const full = new Set<string>()
  for (const request of requests) {
    const alike = JSON.stringify([request.target, request.asked, request.clientNetwork])
    if (full.has(alike) || !isOver(request)) continue
    const outcome = await serve(services, request.id).catch(services.onError)
    if (outcome === 'FULL') full.add(alike)
  }
}

/** Looks at all agents without a lock, because most looks find nobody who has room.
 * @returns whether the wait of a request may be over: an agent has room, or no agent is left who could get it */
async function lookForRoom(
  { database, clock }: Services,
  workspaceId: string,
): Promise<(request: WaitingRequest) => boolean> {
  const candidates = await readChatCandidatesOf(database, { workspaceId, now: clock.now() })
  const members = await database.teamMember.findMany({ where: { workspaceId } })
  const teams = Map.groupBy(members, ({ teamId }) => teamId)
  const ineligible = new Map(
    candidates.map(({ agentId, ineligibleBecause }) => [agentId, ineligibleBecause.length > 0]),
  )
  const membersOf = (target: RoutingTarget): string[] => {
    if ('agentId' in target) return ineligible.has(target.agentId) ? [target.agentId] : []
    if (!('teamId' in target)) return [...ineligible.keys()]
    return teams.get(target.teamId)?.map(({ agentId }) => agentId) ?? []
  }
  return ({ target, asked, isExhausted }) => {
    const left = membersOf(targetInput.parse(target)).filter((agentId) => !asked.includes(agentId))
    return isExhausted || left.length === 0 || left.some((agentId) => ineligible.get(agentId) === false)
  }
}

/** @returns the longest waiting requests, the longest waiting one first */
function readQueue(database: Database): Promise<WaitingRequest[]> {
  return database.$queryRaw<WaitingRequest[]>`
    SELECT queue."id", "workspaceId", "target", "asked", "clientNetwork",
      cardinality("asked") >= w."maxOffersPerRequest" AS "isExhausted"
    FROM (
      SELECT c."id", c."workspaceId", c."target", c."requestedAt", "asked", c."clientNetwork",
        row_number() OVER (
          PARTITION BY c."workspaceId", c."target", "asked", c."clientNetwork" ORDER BY c."requestedAt", c."id"
        ) AS "place"
      FROM "Conversation" c
      CROSS JOIN LATERAL (
        SELECT ARRAY (
          SELECT o."agentId" FROM "ChatOffer" o
          WHERE o."conversationId" = c."id" AND o."transferredBy" IS NULL ORDER BY o."agentId"
        ) AS "asked"
      ) offers
      WHERE c."state" = 'REQUESTED'
    ) queue JOIN "Workspace" w ON w."id" = queue."workspaceId"
    WHERE "place" <= ${MOST_ALIKE} ORDER BY "requestedAt", queue."id"`
}

/** @returns FULL: no agent who could get the request has room */
async function serve(services: Services, id: string): Promise<'FULL' | undefined> {
  const now = services.clock.now()
  return runTransaction(services, async (tx) => {
    const conversation = await lockConversation(tx, id)
    const { state, waitUntil } = conversation
    // Another node may have been faster; and after its deadline a wait is over, even if no node has recorded it.
    if (state !== 'REQUESTED' || waitUntil === null || waitUntil <= now) return
    try {
      return await offerOrMiss(services, { tx, conversation, now })
    } catch (error) {
      // The agent or the team was removed: nobody will have room.
      if (!(error instanceof NotFoundError)) throw error
      await missRequest(services, { tx, conversation, now })
    }
  })
}

async function offerOrMiss(
  services: Services,
  { tx, conversation, now }: { tx: Transaction; conversation: Conversation; now: Date },
): Promise<'FULL' | undefined> {
  const { id, workspaceId } = conversation
  const workspace = await tx.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const request = await nextRequest(tx, { conversation, workspace, precedingEvents: [], now })
  if (request === null) {
    await missRequest(services, { tx, conversation, now })
    return
  }
  const turns = await lockTurns(tx, request)
  const { unserved } = await offerInTurn(services, { tx, turns, request })
  if (unserved === null) await tx.conversation.update({ where: { id }, data: { state: 'OFFERED' } })
  else if (unserved.candidates.length > 0) return 'FULL'
  else await missRequest(services, { tx, conversation, now })
}
