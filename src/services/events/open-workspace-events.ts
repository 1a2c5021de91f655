import type { RequestContext } from '../identity/request-context.ts'
import { requireStaff } from '../identity/viewer.ts'
import { workspaceStream } from './append-events.ts'
import { type EventOf, type ShownType, shownBy } from './catalogue.ts'
import { createEventSource, type EventSource } from './event-source.ts'

/** The events for boards and settings screens, as far as the viewer's permissions reach.
 * @param after the cursor to resume from; null: the subscription begins now
 * @throws ForbiddenError unless the viewer is an agent */
export function openWorkspaceEvents(
  context: RequestContext,
  after: string | null,
): EventSource<EventOf<ShownType<'workspace'>>> {
  const viewer = requireStaff(context.viewer)
  const { workspaceId } = viewer
  return createEventSource(context, {
    viewer,
    streamId: workspaceStream(workspaceId),
    after,
    presence: null,
    includes: shownBy('workspace', viewer.permissions),
  })
}
