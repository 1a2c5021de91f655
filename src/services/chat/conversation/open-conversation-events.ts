import { NotFoundError } from '../../../errors.ts'
import { agentStream, conversationStream, workspaceStream } from '../../events/append-events.ts'
import { type EventOf, type ShownType, shownBy } from '../../events/catalogue.ts'
import { createEventSource, type EventSource } from '../../events/event-source.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { type ChatViewer, requireChatViewer } from './require-part.ts'
import { visibleConversations } from './visible-conversations.ts'

/** What happens in one conversation. A visitor who holds it open is there (docs/semantics.md, section 6).
 * @param source.after the cursor of the last event seen; null: from now on
 * @throws ForbiddenError unless a visitor is asking, or an agent with VIEW_MY_CONVERSATIONS
 * @throws NotFoundError for a conversation that the viewer may not know of */
export async function openConversationEvents(
  context: RequestContext,
  { conversationId: id, after }: { conversationId: string; after: string | null },
): Promise<EventSource<EventOf<ShownType<'conversation'>>>> {
  const viewer = requireChatViewer(context.viewer)
  const read = () =>
    context.database.conversation.findFirst({
      where: { AND: [{ id }, visibleConversations(viewer)] },
      select: { visitorId: true },
    })
  const conversation = await read()
  if (conversation === null) throw new NotFoundError('conversationId')
  return createEventSource(context, {
    viewer,
    streamId: conversationStream(id),
    after,
    presence: viewer.kind === 'VISITOR' ? { kind: 'VISITOR_CHAT', id } : null,
    accessStreamId: accessStreamOf(viewer, conversation),
    mayStill: async () => (await read()) !== null,
    includes: shownBy('conversation'),
  })
}

/** That a chat was handed over is told in its own stream. A visitor sees its own chats whatever happens; those of its
 * person's other browsers as long as it is vouched for. */
function accessStreamOf(viewer: ChatViewer, { visitorId }: { visitorId: string }): string | null {
  if (viewer.kind === 'AGENT') return agentStream(viewer.agentId)
  return viewer.visitorId === visitorId ? null : workspaceStream(viewer.workspaceId)
}
