import type { ChatOffer } from '../../../database/generated/client/client.ts'
import { NotFoundError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requirePermission } from '../../identity/viewer.ts'
import { settleOffer } from './settle-offer.ts'

/** An agent does not take a chat that was offered: it goes to the next one.
 * @returns the offer
 * @throws ForbiddenError without VIEW_MY_CONVERSATIONS
 * @throws NotFoundError for an offer that is not the viewer's
 * @throws OfferNoLongerOpenError */
export async function declineChat(context: RequestContext, offerId: string): Promise<ChatOffer> {
  const { workspaceId, agentId } = requirePermission(context.viewer, 'VIEW_MY_CONVERSATIONS')
  const offer = await context.database.chatOffer.findFirst({ where: { id: offerId, workspaceId, agentId } })
  if (offer === null) throw new NotFoundError('offerId')
  return settleOffer(context, { offer, as: 'DECLINED' })
}
