import type { Conversation } from '../../../database/generated/client/client.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { runTransaction } from '../../transaction.ts'
import { endConversation } from './end-conversation.ts'
import { lockVisible, requireChatViewer, requirePartOrManaged } from './require-part.ts'

/** Ends a chat, or gives up a request that no agent has accepted. Its visitor, its agent and agents with
 * MANAGE_ALL_CONVERSATIONS may end a chat. Has no effect on a chat that is over.
 * @returns the conversation afterwards
 * @throws ForbiddenError, NotFoundError */
export async function endChat(context: RequestContext, conversationId: string): Promise<Conversation> {
  const viewer = requireChatViewer(context.viewer)
  const now = context.clock.now()
  return runTransaction(context, async (tx) => {
    const conversation = await lockVisible(tx, { id: conversationId, viewer })
    requirePartOrManaged(viewer, conversation)
    if (conversation.endedAt !== null) return conversation
    const endedById = viewer.kind === 'AGENT' ? viewer.agentId : null
    return endConversation(context, { tx, conversation, as: 'ENDED', endedById, now })
  })
}
