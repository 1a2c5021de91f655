// What becomes of an agent's chats when the agent goes. Done after the change itself is committed, one transaction for
// each chat; what a crash leaves undone is found by the next look at what is due (deadlines.ts).
import type { ChatOffer } from '../../../database/generated/client/client.ts'
import { OfferNoLongerOpenError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { endIdleChat } from '../abandoned-chats.ts'
import { type Settlement, settleOffer } from '../offers/settle-offer.ts'

/** Offers that wait for the agent go to the next one: who has waited longest first, as turns are taken. */
export async function revokeOffers(services: Services, agentId: string): Promise<void> {
  const offers = await services.database.chatOffer.findMany({
    where: { agentId, state: 'PENDING' },
    orderBy: [{ offeredAt: 'asc' }, { id: 'asc' }],
  })
  for (const offer of offers) await settleIfOpen(services, { offer, as: 'REVOKED' })
}

/** For an agent who was removed: offers go to the next one, and chats that run are over. */
export async function leaveChats(services: Services, agentId: string): Promise<void> {
  await revokeOffers(services, agentId)
  const active = await services.database.conversation.findMany({
    where: { agentId, state: 'ACTIVE' },
    select: { id: true },
  })
  for (const { id } of active) await endIdleChat(services, id)
}

/** Somebody else may have settled it in this moment. */
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
