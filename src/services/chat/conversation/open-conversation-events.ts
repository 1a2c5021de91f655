import { NotFoundError } from '../../../errors.ts'
import { agentStream, conversationStream, workspaceStream } from '../../events/append-events.ts'
import { type EventOf, type ShownType, shownBy } from '../../events/catalogue.ts'
import { createEventSource, type EventSource } from '../../events/event-source.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { type ChatViewer, requireChatViewer } from './require-part.ts'
import { visibleConversations } from './visible-conversations.ts'

/** Opens the events of one conversation. A visitor counts as present while subscribed (docs/semantics.md, section 6).
 * @param source.after the cursor of the last event seen; null: from now on
 * @throws ForbiddenError unless the viewer is a visitor, or an agent with VIEW_MY_CONVERSATIONS
 * @throws NotFoundError for a conversation that the viewer may not see */
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

/** A further stream in which changes of the viewer's access are published. A transfer is published in the conversation's
 * own stream, and a visitor never loses access to the chats of its own browser, so there it needs no further stream. To
 * the chats of its person's other browsers a visitor has access only while it is verified. */
function accessStreamOf(viewer: ChatViewer, { visitorId }: { visitorId: string }): string | null {
  if (viewer.kind === 'AGENT') return agentStream(viewer.agentId)
  return viewer.visitorId === visitorId ? null : workspaceStream(viewer.workspaceId)
}
