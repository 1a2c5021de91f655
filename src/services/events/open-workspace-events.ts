import type { RequestContext } from '../context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { type EventType, workspaceStream } from './append-events.ts'
import { createEventSource, type EventSource } from './event-source.ts'

const TOLD: EventType[] = ['MeetingAvailabilityChanged', 'CalendarStatusChanged', 'RoutingChanged']

/** What happens in the workspace; meetings only with MANAGE_ALL_MEETINGS.
 * @param after the cursor of the last event seen; null: from now on
 * @throws ForbiddenError without VIEW_ROUTING */
export function openWorkspaceEvents(context: RequestContext, after: string | null): EventSource {
  const viewer = requirePermission(context.viewer, 'VIEW_ROUTING')
  const { workspaceId } = viewer
  const told = viewer.permissions.has('MANAGE_ALL_MEETINGS') ? [...TOLD, 'MeetingChanged'] : TOLD
  return createEventSource(context, {
    viewer,
    streamId: workspaceStream(workspaceId),
    after,
    isConsole: false,
    includes: ({ type }) => told.includes(type),
  })
}
