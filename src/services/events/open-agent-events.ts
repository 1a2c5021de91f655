import type { RequestContext } from '../identity/request-context.ts'
import { requireStaff } from '../identity/viewer.ts'
import { agentStream } from './append-events.ts'
import { type EventOf, type ShownType, shownBy } from './catalogue.ts'
import { createEventSource, type EventSource } from './event-source.ts'

/** What concerns the viewer, an agent: the own meetings and calendar. Whoever holds it open is signed in.
 * @param after the cursor of the last event seen; null: from now on
 * @throws ForbiddenError unless an agent or administrator is asking */
export function openAgentEvents(
  context: RequestContext,
  after: string | null,
): EventSource<EventOf<ShownType<'agent'>>> {
  const viewer = requireStaff(context.viewer)
  return createEventSource(context, {
    viewer,
    streamId: agentStream(viewer.agentId),
    after,
    presence: { kind: 'CONSOLE', id: viewer.agentId },
    includes: shownBy('agent'),
  })
}
