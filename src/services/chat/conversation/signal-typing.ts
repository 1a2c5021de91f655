// Signals to the other participants of a chat that the viewer is typing.
import type { Conversation } from '../../../database/generated/client/client.ts'
import { NotFoundError } from '../../../errors.ts'
import { conversationStream } from '../../events/append-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireActive, requireChatViewer, requirePart } from './require-part.ts'
import { visibleConversations } from './visible-conversations.ts'

/** Sends a signal to the current subscribers of the conversation that the viewer is typing. The signal is not stored.
 * @returns the conversation
 * @throws ForbiddenError, NotFoundError
 * @throws ConflictError when the chat is not active */
export async function signalTyping(context: RequestContext, conversationId: string): Promise<Conversation> {
  const viewer = requireChatViewer(context.viewer)
  const conversation = await context.database.conversation.findFirst({
    where: { AND: [{ id: conversationId }, visibleConversations(viewer)] },
  })
  if (conversation === null) throw new NotFoundError('conversationId')
  requirePart(viewer, conversation)
  requireActive(conversation)
  context.wakeUps.signal({
    streamId: conversationStream(conversationId),
    type: 'Typing',
    payload: viewer.kind === 'AGENT' ? { author: 'AGENT', agentId: viewer.agentId } : { author: 'VISITOR' },
  })
  return conversation
}
