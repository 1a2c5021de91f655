// Offers a chat to the agent whose turn it is (docs/semantics.md, sections 4 and 6).
import { v7 as uuidv7 } from 'uuid'
import type { ChatOffer } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { sendTogether } from '../../../database/send-together.ts'
import { NotFoundError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import {
  type DecisionRecord,
  decideInTurn,
  recordDecision,
  recordingDecision,
} from '../../routing/decision.ts'
import { type AskedPool, readTurns, type Turns } from '../../routing/pool.ts'
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
  const turns = await lockTurns(tx, request)
  const { offer, unserved } = await offerInTurn(services, { tx, turns, request })
  if (offer === null) await recordMiss(tx, { request, record: unserved.record })
  return offer
}

/** A pool that is locked, and those whose turn it is next, as they were read under the lock. */
export interface LockedTurns {
  pool: Turns
  next: ChatCandidate[]
}

/** Waits for the other transactions that take turns in the pool.
 * @throws NotFoundError for a target that the workspace does not have */
export async function lockTurns(tx: Transaction, request: OfferRequest): Promise<LockedTurns> {
  const { conversation, target, field = 'input.target' } = request
  const asked = { workspaceId: conversation.workspaceId, kind: 'LIVE_CHAT' as const, target }
  // A statement of its own, because the snapshot of the locking one predates the lock.
  const [pool, next] = await sendTogether(
    () => readTurns(tx, { ...asked, field, lock: true }),
    () => readFirst(tx, { pool: asked, request }),
  )
  return { pool, next }
}

const readFirst = (
  tx: Transaction,
  given: { pool: AskedPool; request: OfferRequest },
): Promise<ChatCandidate[]> => readPortion(tx, { ...given, skip: 0, most: FIRST_PORTION })

/** Nobody gets the chat. */
export interface Unserved {
  /** Not stored yet. */
  record: DecisionRecord
  candidates: ChatCandidate[]
}

/** Like `offerNext`, but stores nothing when no agent is eligible. */
export async function offerInTurn(
  services: Pick<Services, 'jobs'>,
  { tx, turns: { pool, next }, request }: { tx: Transaction; turns: LockedTurns; request: OfferRequest },
): Promise<{ offer: ChatOffer; unserved: null } | { offer: null; unserved: Unserved }> {
  for (let first = next; ; first = await readFirst(tx, { pool, request })) {
    const { candidates, record } = await decideTurn(tx, { turns: { pool, next: first }, request })
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
  { turns, request }: { turns: LockedTurns; request: OfferRequest },
): Promise<Unserved> {
  const { conversation, now } = request
  const { pool } = turns
  const candidates = await readUntilEligible(tx, { turns, request })
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
  { turns: { pool, next }, request }: { turns: LockedTurns; request: OfferRequest },
): Promise<ChatCandidate[]> {
  const candidates: ChatCandidate[] = []
  let portion = next
  for (let most = FIRST_PORTION; ; ) {
    candidates.push(...portion)
    const isFound = portion.some(({ ineligibleBecause }) => ineligibleBecause.length === 0)
    if (isFound || portion.length < most) return candidates
    most *= PORTION_GROWTH
    portion = await readPortion(tx, { pool, request, skip: candidates.length, most })
  }
}

function readPortion(
  tx: Transaction,
  { pool, request, ...range }: { pool: AskedPool; request: OfferRequest; skip: number; most: number },
): Promise<ChatCandidate[]> {
  const { conversation, except, transferredBy, now } = request
  // A transfer is the agent's choice.
  const network = transferredBy === null ? conversation.clientNetwork : null
  return readChatCandidatesInTurn(tx, { pool, portion: { except, ...range }, network, now })
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
