import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { workspaceStream } from './append-events.ts'
import { type EventOf, type ShownType, shownBy } from './catalogue.ts'
import { createEventSource, type EventSource } from './event-source.ts'

/** What happens in the workspace; meetings only with MANAGE_ALL_MEETINGS, conversations only with
 * VIEW_ALL_CONVERSATIONS.
 * @param after the cursor of the last event seen; null: from now on
 * @throws ForbiddenError without VIEW_ROUTING */
export function openWorkspaceEvents(
  context: RequestContext,
  after: string | null,
): EventSource<EventOf<ShownType<'workspace'>>> {
  const viewer = requirePermission(context.viewer, 'VIEW_ROUTING')
  const { workspaceId } = viewer
  return createEventSource(context, {
    viewer,
    streamId: workspaceStream(workspaceId),
    after,
    presence: null,
    includes: shownBy('workspace', viewer.permissions),
  })
}
