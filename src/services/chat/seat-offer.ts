// Writes an offer into one of the agent's seats.
import { v7 as uuidv7 } from 'uuid'
import type { ChatOffer } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import type { Services } from '../context.ts'
import type { OfferRequest } from './offer-next.ts'
import { readAgentStatuses } from './read-status.ts'

/** @returns null when it is too late for this agent */
export async function seatOffer(
  { jobs }: Pick<Services, 'jobs'>,
  { tx, agentId, request }: { tx: Transaction; agentId: string; request: OfferRequest },
): Promise<ChatOffer | null> {
  const { conversation, workspace, attempt, transferredBy, now } = request
  const { id: conversationId, workspaceId } = conversation
  await lockChatAgent(tx, agentId)
  const [present] = await readAgentStatuses(tx, { agentIds: [agentId], now })
  if (!present?.status.available || !present.reachable) return null
  const expiresAt = new Date(now.getTime() + workspace.offerTimeoutSeconds * 1000)
  const taken = await tx.chatOffer.findMany({
    where: { agentId, seat: { not: null } },
    select: { seat: true },
  })
  const seats = new Set(taken.map(({ seat }) => seat))
  const capacity = workspace.chatsPerAgent
  const seat = Array.from({ length: capacity }, (_one, index) => index + 1).find((free) => !seats.has(free))
  if (seat === undefined) return null
  const offer = await tx.chatOffer.create({
    data: {
      ...{ id: uuidv7(), workspaceId, conversationId, agentId, attempt, transferredBy },
      ...{ offeredAt: now, expiresAt, seat, capacity },
    },
  })
  if (!present.signedIn) await jobs.enlist(tx, 'chat-push', [{ offerId: offer.id }])
  return offer
}

/** Whoever offers this agent another chat, or changes the status, waits until the transaction is over; and what was
 * committed since the agent was chosen is seen. */
async function lockChatAgent(tx: Transaction, agentId: string): Promise<void> {
  await tx.$executeRaw`
    SELECT FROM "LiveChatAvailability" WHERE "agentId" = ${agentId}::uuid FOR NO KEY UPDATE`
}
