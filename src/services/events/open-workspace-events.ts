import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { type EventType, workspaceStream } from './append-events.ts'
import { createEventSource, type EventSource } from './event-source.ts'

const TOLD: EventType[] = [
  'MeetingAvailabilityChanged',
  'CalendarStatusChanged',
  'LiveChatStatusChanged',
  'RoutingChanged',
]

/** What happens in the workspace; meetings only with MANAGE_ALL_MEETINGS, conversations only with
 * VIEW_ALL_CONVERSATIONS.
 * @param after the cursor of the last event seen; null: from now on
 * @throws ForbiddenError without VIEW_ROUTING */
export function openWorkspaceEvents(context: RequestContext, after: string | null): EventSource {
  const viewer = requirePermission(context.viewer, 'VIEW_ROUTING')
  const { workspaceId } = viewer
  const told = [
    ...TOLD,
    ...(viewer.permissions.has('MANAGE_ALL_MEETINGS') ? ['MeetingChanged'] : []),
    ...(viewer.permissions.has('VIEW_ALL_CONVERSATIONS') ? ['ConversationUpdated'] : []),
  ]
  return createEventSource(context, {
    viewer,
    streamId: workspaceStream(workspaceId),
    after,
    presence: null,
    includes: ({ type }) => told.includes(type),
  })
}
