import { NotFoundError } from '../../errors.ts'
import { requireChatViewer } from '../chat/require-part.ts'
import { visibleConversations } from '../chat/visible-conversations.ts'
import type { RequestContext } from '../context.ts'
import { conversationStream, type EventType } from './append-events.ts'
import { createEventSource, type EventSource } from './event-source.ts'

const TOLD: EventType[] = ['ConversationUpdated', 'MessageSent']

/** What happens in one conversation.
 * @param source.after the cursor of the last event seen; null: from now on
 * @throws ForbiddenError unless a visitor is asking, or an agent with VIEW_MY_CONVERSATIONS
 * @throws NotFoundError for a conversation that the viewer may not know of */
export async function openConversationEvents(
  context: RequestContext,
  { conversationId: id, after }: { conversationId: string; after: string | null },
): Promise<EventSource> {
  const viewer = requireChatViewer(context.viewer)
  const isVisible = async () =>
    (await context.database.conversation.count({ where: { AND: [{ id }, visibleConversations(viewer)] } })) >
    0
  if (!(await isVisible())) throw new NotFoundError('conversationId')
  return createEventSource(context, {
    ...{ viewer, streamId: conversationStream(id), after, isConsole: false },
    mayStill: isVisible,
    includes: ({ type }) => TOLD.includes(type),
  })
}
