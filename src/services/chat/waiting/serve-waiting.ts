// Offers the chats of requests that wait to agents who have room again, whatever gave them room: a chat has ended or has
// gone to another agent, the settings allow more, an agent has come (docs/semantics.md, section 6).
import type { Conversation, Prisma } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { readTurns } from '../../routing/pool.ts'
import { runTransaction } from '../../transaction.ts'
import { lockConversation } from '../conversation/lock-conversation.ts'
import { decideTurn, lockTurns, nextRequest, offerInTurn } from '../offers/offer-next.ts'
import type { OfferRequest } from '../offers/seat-offer.ts'
import { missRequest } from './end-wait.ts'

/** One pass looks at no more requests of a pool than this; the next pass looks at the rest. */
const MOST_OF_A_POOL = 50

interface WaitingRequest {
  id: string
  workspaceId: string
  target: Prisma.JsonValue
}

/** Offers as many chats as there is room for: in each pool that of the longest waiting request first. Any number of nodes
 * may do so at once. A failure is reported and does not hold up the rest. */
export async function serveWaiting(services: Services): Promise<void> {
  const full = new Set<string>()
  for (const request of await readQueue(services.database)) {
    const pool = JSON.stringify([request.workspaceId, request.target])
    if (full.has(pool)) continue
    const outcome = await serve(services, request.id).catch(services.onError)
    if (outcome === 'POOL_FULL') full.add(pool)
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
  if (!(await isAnyEligible(tx, request))) return nobody
  const pool = await lockTurns(tx, request)
  const { offer } = await offerInTurn(services, { tx, pool, request })
  if (offer === null) return nobody
  await tx.conversation.update({ where: { id }, data: { state: 'OFFERED' } })
}

/** A look without a lock, because most looks find nobody. */
async function isAnyEligible(tx: Transaction, request: OfferRequest): Promise<boolean> {
  const { conversation, target } = request
  const pool = await readTurns(tx, {
    workspaceId: conversation.workspaceId,
    kind: 'LIVE_CHAT',
    target,
    lock: false,
  })
  const { record } = await decideTurn(tx, { pool, request })
  return record.decision.agentId !== null
}
