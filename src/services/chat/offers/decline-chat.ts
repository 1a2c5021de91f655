import type { ChatOffer } from '../../../database/generated/client/client.ts'
import { NotFoundError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requirePermission } from '../../identity/viewer.ts'
import { settleOffer } from './settle-offer.ts'

/** Declines an offer; the chat is then offered to the next agent.
 * @returns the offer afterwards
 * @throws ForbiddenError without VIEW_MY_CONVERSATIONS
 * @throws NotFoundError for an offer that is not the viewer's
 * @throws OfferNoLongerOpenError when the offer is settled, or has expired by the clock */
export async function declineChat(context: RequestContext, offerId: string): Promise<ChatOffer> {
  const { workspaceId, agentId } = requirePermission(context.viewer, 'VIEW_MY_CONVERSATIONS')
  const offer = await context.database.chatOffer.findFirst({ where: { id: offerId, workspaceId, agentId } })
  if (offer === null) throw new NotFoundError('input.offerId')
  return settleOffer(context, { offer, as: 'DECLINED' })
}
