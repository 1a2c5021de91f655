// Offers a chat to the agent whose turn it is (docs/semantics.md, sections 4 and 6).
import { v7 as uuidv7 } from 'uuid'
import type { ChatOffer } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import {
  type DecisionRecord,
  decideInTurn,
  recordDecision,
  recordingDecision,
} from '../../routing/decision.ts'
import { readTurns, type Turns } from '../../routing/pool.ts'
import { targetInput } from '../../routing/target-input.ts'
import { RestartTransaction } from '../../transaction.ts'
import { beginningConversation } from '../request/begin-conversation.ts'
import { type ChatCandidate, readChatCandidatesInTurn } from './candidates.ts'
import { type OfferRequest, seatOffer } from './seat-offer.ts'

/** Agents are read in the order of their turns, in growing portions: one of the first few is usually eligible. */
const FIRST_PORTION = 4
const PORTION_GROWTH = 4

/** Offers the chat to the first eligible agent in turn, records the decision, moves the pointer and appends the events.
 * The decision is made under the lock of the pool, so that turns are strict. Must be the last call in a transaction, like
 * `appendEvents`. If meanwhile the seat was taken through another pool, or the agent's hours, toggle or membership changed,
 * it restarts the transaction; if only one agent was requested, it reads that agent again.
 * @returns null when no agent is eligible; the decision is recorded then too, but the caller has to append the events
 * @throws NotFoundError for a target that the workspace does not have */
export async function offerNext(
  services: Pick<Services, 'jobs'>,
  { tx, request }: { tx: Transaction; request: OfferRequest },
): Promise<ChatOffer | null> {
  const pool = await lockTurns(tx, request)
  const { offer, unserved } = await offerInTurn(services, { tx, pool, request })
  if (offer === null) await recordMiss(tx, { request, record: unserved.record })
  return offer
}

/** Waits for the other transactions that take turns in the pool.
 * @throws NotFoundError for a target that the workspace does not have */
export const lockTurns = (
  tx: Transaction,
  {
    conversation: { workspaceId },
    target,
    field = 'input.target',
  }: Pick<OfferRequest, 'conversation' | 'target' | 'field'>,
): Promise<Turns> => readTurns(tx, { workspaceId, kind: 'LIVE_CHAT', target, field, lock: true })

/** Nobody gets the chat. */
export interface Unserved {
  /** Not stored yet. */
  record: DecisionRecord
  candidates: ChatCandidate[]
}

/** Like `offerNext`, but stores nothing when no agent is eligible.
 * @param given.pool locked */
export async function offerInTurn(
  services: Pick<Services, 'jobs'>,
  { tx, pool, request }: { tx: Transaction; pool: Turns; request: OfferRequest },
): Promise<{ offer: ChatOffer; unserved: null } | { offer: null; unserved: Unserved }> {
  for (;;) {
    const { candidates, record } = await decideTurn(tx, { pool, request })
    const chosen = candidates.find(({ agentId }) => agentId === record.decision.agentId)
    if (chosen === undefined) return { offer: null, unserved: { record, candidates } }
    const offer = await seatOffer(services, { tx, chosen: chosen.status, pool, request, record })
    if (offer !== null) return { offer, unserved: null }
    // The seat was taken through another pool, or the agent left. Another agent would be locked out of order.
    if (pool.stage !== 'AGENT') throw new RestartTransaction()
  }
}

/** Decides whose turn it is, and stores nothing. */
export async function decideTurn(
  tx: Transaction,
  { pool, request }: { pool: Turns; request: OfferRequest },
): Promise<Unserved> {
  const { conversation, now } = request
  const candidates = await readUntilEligible(tx, { pool, request })
  const decision = decideInTurn(pool, { candidates, isAvailable: () => true })
  const { id: conversationId, workspaceId } = conversation
  return { candidates, record: { id: uuidv7(), workspaceId, decision, now, conversationId } }
}

/** Records that no agent is eligible. A conversation that is new is inserted as MISSED. */
export async function recordMiss(
  tx: Transaction,
  { request, record }: { request: OfferRequest; record: DecisionRecord },
): Promise<void> {
  const { opening, now } = request
  if (opening === null) return recordDecision(tx, record)
  const conversation = { ...request.conversation, state: 'MISSED' as const, endedAt: now }
  await tx.$executeRaw`
    WITH ${beginningConversation({ conversation, ...opening })} ${recordingDecision(record)}`
}

/** @returns the agents in turn, up to the portion with the first eligible one; all agents if none is eligible */
async function readUntilEligible(
  tx: Transaction,
  { pool, request }: { pool: Turns; request: OfferRequest },
): Promise<ChatCandidate[]> {
  const { conversation, except, transferredBy, now } = request
  // A transfer is the agent's choice.
  const network = transferredBy === null ? conversation.clientNetwork : null
  const candidates: ChatCandidate[] = []
  for (let most = FIRST_PORTION; ; most *= PORTION_GROWTH) {
    const portion = { except, skip: candidates.length, most }
    const next = await readChatCandidatesInTurn(tx, { pool, portion, network, now })
    candidates.push(...next)
    const isFound = next.some(({ ineligibleBecause }) => ineligibleBecause.length === 0)
    if (isFound || next.length < most) return candidates
  }
}

/** The next offer of a request whose last offer was not accepted: to the same pool, without the agents who had an offer.
 * @returns null when the request has had as many offers as the workspace allows */
export async function nextRequest(
  tx: Transaction,
  given: Pick<OfferRequest, 'conversation' | 'workspace' | 'precedingEvents' | 'now'>,
): Promise<OfferRequest | null> {
  const { conversation, workspace } = given
  const asked = await tx.chatOffer.findMany({
    where: { conversationId: conversation.id, transferredBy: null },
    select: { agentId: true },
  })
  if (asked.length >= workspace.maxOffersPerRequest) return null
  return {
    ...given,
    opening: null,
    target: targetInput.parse(conversation.target),
    except: asked.map(({ agentId }) => agentId),
    attempt: asked.length + 1,
    transferredBy: null,
  }
}

/** Like `offerNext`, but a team or an agent that has been removed since the request counts as having no eligible agent. */
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
