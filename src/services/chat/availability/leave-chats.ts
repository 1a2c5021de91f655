// Passes on the offers and chats of an agent who becomes unavailable or is removed. This runs after that change has committed,
// in one transaction for each chat; if a crash interrupts it, the sweep does the rest (../sweep.ts).
import type { ChatOffer } from '../../../database/generated/client/client.ts'
import { OfferNoLongerOpenError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { type Settlement, settleOffer } from '../offers/settle-offer.ts'
import { announcePresence } from '../presence/announce-presence.ts'
import { reofferChat } from '../presence/reoffer-chat.ts'

/** Revokes the agent's pending offers, so that the chats are offered to the next agents: the longest waiting chat first,
 * because it is to get the first turn. */
export async function revokeOffers(services: Services, agentId: string): Promise<void> {
  const offers = await services.database.chatOffer.findMany({
    where: { agentId, state: 'PENDING' },
    orderBy: [{ offeredAt: 'asc' }, { id: 'asc' }],
  })
  for (const offer of offers) await settleIfOpen(services, { offer, as: 'REVOKED' })
}

/** Revokes the pending offers of an agent who was removed, and offers the active chats on. */
export async function leaveChats(services: Services, agentId: string): Promise<void> {
  await revokeOffers(services, agentId)
  const active = await services.database.conversation.findMany({
    where: { agentId, state: 'ACTIVE' },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  for (const { id } of active) {
    await reofferChat(services, id)
    await announcePresence(services, id)
  }
}

/** Like `settleOffer`, but has no effect on an offer that has been settled meanwhile. */
export async function settleIfOpen(
  services: Services,
  settlement: { offer: Pick<ChatOffer, 'id' | 'conversationId'>; as: Settlement },
): Promise<void> {
  try {
    await settleOffer(services, settlement)
  } catch (error) {
    if (!(error instanceof OfferNoLongerOpenError)) throw error
  }
}
