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

import { StartAgain } from '../../transaction.ts'
import { beginningConversation } from '../request/begin-conversation.ts'
import { type ChatCandidate, readChatCandidatesInTurn } from './candidates.ts'
import { type OfferRequest, seatOffer } from './seat-offer.ts'

/** Agents are looked at in the order of their turns: a few, who mostly do, then ever more of them. */
const ASKED_FIRST = 4
const MORE_EACH_TIME = 4

/** Takes the turn of the first eligible agent, keeps why it is that one, and tells of it. Whoever the turn was taken
 * from is decided under the lock of the pool, so that turns are strict. To be called last in a transaction, like
 * `appendEvents`.
 * @returns null when nobody is eligible; that is kept too, and to be told by the caller
 * @throws NotFoundError for a target that the workspace does not have */
export async function offerNext(
  services: Pick<Services, 'jobs'>,
  { tx, request }: { tx: Transaction; request: OfferRequest },
): Promise<ChatOffer | null> {
  const { conversation, target, now } = request
  const { workspaceId } = conversation
  const pool = await readTurns(tx, { workspaceId, kind: 'LIVE_CHAT', target, lock: true })
  for (;;) {
    const candidates = await readUntilEligible(tx, { pool, request })
    const decision = decideInTurn(pool, { candidates, isAvailable: () => true })
    const record = { id: uuidv7(), workspaceId, decision, now, conversationId: conversation.id }
    const chosen = candidates.find(({ agentId }) => agentId === decision.agentId)
    if (chosen === undefined) {
      await recordNobody(tx, { request, record })
      return null
    }
    const offer = await seatOffer(services, { tx, chosen: chosen.standing, pool, request, record })
    if (offer !== null) return offer
    // In this moment the seat was taken through another pool, or the agent left. Another agent would be locked out of order.
    if (pool.stage !== 'AGENT') throw new StartAgain()
  }
}

/** A new conversation is missed. */
async function recordNobody(
  tx: Transaction,
  { request, record }: { request: OfferRequest; record: DecisionRecord },
): Promise<void> {
  const { begins, now } = request
  if (begins === null) return recordDecision(tx, record)
  const conversation = { ...request.conversation, state: 'MISSED' as const, endedAt: now }
  await tx.$executeRaw`
    WITH ${beginningConversation({ conversation, ...begins })} ${recordingDecision(record)}`
}

/** @returns the agents up to one who is eligible, or all there are */
async function readUntilEligible(
  tx: Transaction,
  { pool, request: { except, now } }: { pool: Turns; request: OfferRequest },
): Promise<ChatCandidate[]> {
  const candidates: ChatCandidate[] = []
  for (let most = ASKED_FIRST; ; most *= MORE_EACH_TIME) {
    const portion = { except, skip: candidates.length, most }
    const next = await readChatCandidatesInTurn(tx, { pool, portion, now })
    candidates.push(...next)
    const isFound = next.some(({ ineligibleBecause }) => ineligibleBecause.length === 0)
    if (isFound || next.length < most) return candidates
  }
}

/** What a request goes on with after an offer came to nothing: the same pool, without those who were asked.
 * @returns null when there is nothing to go on with */
export async function nextRequest(
  tx: Transaction,
  { conversation, workspace, told, now }: Pick<OfferRequest, 'conversation' | 'workspace' | 'told' | 'now'>,
): Promise<OfferRequest | null> {
  const asked = await tx.chatOffer.findMany({
    where: { conversationId: conversation.id, transferredBy: null },
    select: { agentId: true },
  })
  if (asked.length >= workspace.maxOffersPerRequest) return null
  const except = asked.map(({ agentId }) => agentId)
  const target = targetInput.parse(conversation.target)
  const attempt = asked.length + 1
  return { conversation, begins: null, workspace, target, except, attempt, transferredBy: null, told, now }
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
