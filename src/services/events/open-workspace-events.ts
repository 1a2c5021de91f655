import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { workspaceStream } from './append-events.ts'
import { type EventOf, type ShownType, shownBy } from './catalogue.ts'
import { createEventSource, type EventSource } from './event-source.ts'

/** The events for a supervisor's board, as far as the viewer's permissions reach.
 * @param after the cursor to resume from; null: the subscription begins now
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
