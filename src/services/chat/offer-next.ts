// Offers a chat to the agent whose turn it is (docs/semantics.md, sections 4 and 6).
import { v7 as uuidv7 } from 'uuid'
import type { ChatOffer, Conversation, Workspace } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import { NotFoundError } from '../../errors.ts'
import type { Services } from '../context.ts'
import { type Contender, type Decision, decide, recordDecision } from '../routing/decision.ts'
import { movePointer, type Pool, type RoutingTarget, readPool } from '../routing/pool.ts'
import { turnOrder } from '../routing/rules.ts'
import { readChatContenders } from './contenders.ts'
import { seatOffer } from './seat-offer.ts'

/** Agents are looked at in the order of their turns, a few at a time: the first ones mostly do. */
const ASKED_AT_ONCE = 20

export interface OfferRequest {
  /** Locked. */
  conversation: Conversation
  workspace: Workspace
  target: RoutingTarget
  /** Who is not asked. */
  except: string[]
  attempt: number
  /** The agent who hands the chat over; null: a request. */
  transferredBy: string | null
  now: Date
}

/** Takes the turn of the first eligible agent, and keeps why it is that one. Whoever the turn was taken from is decided
 * under the lock of the pool, so that turns are strict.
 * @returns null when nobody is eligible; that is kept too
 * @throws NotFoundError for a target that the workspace does not have */
export async function offerNext(
  services: Pick<Services, 'jobs'>,
  { tx, request }: { tx: Transaction; request: OfferRequest },
): Promise<ChatOffer | null> {
  const { conversation, target, now } = request
  const { workspaceId } = conversation
  const pool = await readPool(tx, { workspaceId, kind: 'LIVE_CHAT', target, lock: true })
  const { decision, offer } = await giveTo(services, { tx, pool, request })
  await recordDecision(tx, { id: uuidv7(), workspaceId, decision, now, conversationId: conversation.id })
  if (offer !== null) await movePointer(tx, { pool, agentId: offer.agentId, now })
  return offer
}

async function giveTo(
  services: Pick<Services, 'jobs'>,
  { tx, pool, request }: { tx: Transaction; pool: Pool; request: OfferRequest },
): Promise<{ decision: Decision; offer: ChatOffer | null }> {
  const { conversation, except, now } = request
  const { workspaceId } = conversation
  const waiting = turnOrder(pool.agentIds, pool.lastAgentId).filter((agentId) => !except.includes(agentId))
  const candidates: Contender[] = []
  // Through another pool somebody else may have taken the last seat in this moment, or the agent went.
  const lost = new Set<string>()
  for (;;) {
    const decision = decide(pool, { candidates, isAvailable: ({ agentId }) => !lost.has(agentId) })
    if (decision.agentId === null) {
      if (waiting.length === 0) return { decision, offer: null }
      const agentIds = waiting.splice(0, ASKED_AT_ONCE)
      candidates.push(...(await readChatContenders(tx, { workspaceId, agentIds, now })))
      continue
    }
    const offer = await seatOffer(services, { tx, agentId: decision.agentId, request })
    if (offer !== null) return { decision, offer }
    lost.add(decision.agentId)
  }
}

/** What a request goes on with after an offer came to nothing: the same pool, without those who were asked.
 * @returns null when there is nothing to go on with */
export async function nextRequest(
  tx: Transaction,
  { conversation, workspace, now }: { conversation: Conversation; workspace: Workspace; now: Date },
): Promise<OfferRequest | null> {
  const asked = await tx.chatOffer.findMany({
    where: { conversationId: conversation.id, transferredBy: null },
    select: { agentId: true },
  })
  if (asked.length >= workspace.maxOffersPerRequest) return null
  const except = asked.map(({ agentId }) => agentId)
  const target = conversation.target as unknown as RoutingTarget
  return { conversation, workspace, target, except, attempt: asked.length + 1, transferredBy: null, now }
}

/** Like `offerNext`, where the target may have gone meanwhile. */
export async function offerAgain(
  services: Pick<Services, 'jobs'>,
  { tx, request }: { tx: Transaction; request: OfferRequest },
): Promise<ChatOffer | null> {
  try {
    return await offerNext(services, { tx, request })
  } catch (error) {
    if (error instanceof NotFoundError) return null
    throw error
  }
}
