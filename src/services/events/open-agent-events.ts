import type { RequestContext } from '../identity/request-context.ts'
import { requireStaff } from '../identity/viewer.ts'
import { agentStream } from './append-events.ts'
import { type EventOf, type ShownType, shownBy } from './catalogue.ts'
import { createEventSource, type EventSource } from './event-source.ts'

/** The events for the viewer's console. The agent is signed in while the subscription is open.
 * @param after the cursor to resume from; null: the subscription begins now
 * @throws ForbiddenError unless the viewer is an agent */
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
