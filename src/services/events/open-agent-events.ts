import type { RequestContext } from '../identity/request-context.ts'
import { requireStaff } from '../identity/viewer.ts'
import { agentStream, type EventType } from './append-events.ts'
import { createEventSource, type EventSource } from './event-source.ts'

const TOLD: EventType[] = [
  'MeetingChanged',
  'CalendarStatusChanged',
  'LiveChatStatusChanged',
  'ChatOffered',
  'ChatOfferSettled',
  'ConversationUpdated',
  'MessageSent',
]

/** What concerns the viewer, an agent: the own meetings and calendar. Whoever holds it open is signed in.
 * @param after the cursor of the last event seen; null: from now on
 * @throws ForbiddenError unless an agent or administrator is asking */
export function openAgentEvents(context: RequestContext, after: string | null): EventSource {
  const viewer = requireStaff(context.viewer)
  return createEventSource(context, {
    viewer,
    streamId: agentStream(viewer.agentId),
    after,
    presence: { kind: 'CONSOLE', id: viewer.agentId },
    includes: ({ type }) => TOLD.includes(type),
  })
}
