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

/** One pass looks at no more requests of a pool than this; the others have to wait until these are fewer. */
const MOST_OF_A_POOL = 50

interface WaitingRequest {
  id: string
  workspaceId: string
  target: Prisma.JsonValue
}

/** Offers as many chats as there is room for: in each pool that of the longest waiting request first. Any number of nodes
 * may do so at once. A failure is reported and does not hold up the rest. */
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
  const mayHaveRoom = await lookForRoom(services, workspaceId)
  const full = new Set<string>()
  for (const { id, target } of requests) {
    const pool = JSON.stringify(target)
    if (full.has(pool) || !mayHaveRoom(targetInput.parse(target))) continue
    const outcome = await serve(services, id).catch(services.onError)
    if (outcome === 'POOL_FULL') full.add(pool)
  }
}

/** Looks at all agents without a lock, because most looks find nobody who has room.
 * @returns whether it is worth to look under the lock of a pool: an agent has room, or the pool no longer exists */
async function lookForRoom(
  { database, clock }: Services,
  workspaceId: string,
): Promise<(target: RoutingTarget) => boolean> {
  const candidates = await readChatCandidatesOf(database, { workspaceId, now: clock.now() })
  const members = await database.teamMember.findMany({ where: { workspaceId } })
  const teams = Map.groupBy(members, ({ teamId }) => teamId)
  const ineligible = new Map(
    candidates.map(({ agentId, ineligibleBecause }) => [agentId, ineligibleBecause.length > 0]),
  )
  const hasRoom = (agentId: string) => ineligible.get(agentId) === false
  return (target) => {
    if ('agentId' in target) return hasRoom(target.agentId) || !ineligible.has(target.agentId)
    if (!('teamId' in target)) return [...ineligible.values()].includes(false)
    const team = teams.get(target.teamId)
    return team === undefined || team.some(({ agentId }) => hasRoom(agentId))
  }
}

/** @returns the longest waiting requests of each pool, the longest waiting one first */
function readQueue(database: Database): Promise<WaitingRequest[]> {
  return database.$queryRaw<WaitingRequest[]>`
    SELECT "id", "workspaceId", "target" FROM (
      SELECT "id", "workspaceId", "target", "requestedAt",
        row_number() OVER (PARTITION BY "workspaceId", "target" ORDER BY "requestedAt", "id") AS "place"
      FROM "Conversation" WHERE "state" = 'REQUESTED'
    ) queue
    WHERE "place" <= ${MOST_OF_A_POOL} ORDER BY "requestedAt", "id"`
}

/** @returns POOL_FULL: nobody in the pool has room, whoever asks */
async function serve(services: Services, id: string): Promise<'POOL_FULL' | undefined> {
  const now = services.clock.now()
  return runTransaction(services, async (tx) => {
    const conversation = await lockConversation(tx, id)
    const { state, waitUntil } = conversation
    // Another node may have been faster; and after its deadline a wait is over, even if no node has recorded it.
    if (state !== 'REQUESTED' || waitUntil === null || waitUntil <= now) return
    try {
      return await offerIfRoom(services, { tx, conversation, now })
    } catch (error) {
      // The agent or the team was removed: nobody will have room.
      if (!(error instanceof NotFoundError)) throw error
      await missRequest(services, { tx, conversation, now })
    }
  })
}

async function offerIfRoom(
  services: Services,
  { tx, conversation, now }: { tx: Transaction; conversation: Conversation; now: Date },
): Promise<'POOL_FULL' | undefined> {
  const { id, workspaceId } = conversation
  const workspace = await tx.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const request = await nextRequest(tx, { conversation, workspace, precedingEvents: [], now })
  if (request === null) return
  const nobody = request.except.length === 0 ? 'POOL_FULL' : undefined
  const pool = await lockTurns(tx, request)
  const { offer } = await offerInTurn(services, { tx, pool, request })
  if (offer === null) return nobody
  await tx.conversation.update({ where: { id }, data: { state: 'OFFERED' } })
}
