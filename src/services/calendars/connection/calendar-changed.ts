import { type NewEvent, newEvent } from '../../events/new-events.ts'

/** The events that notify the agent and the workspace of a calendar's new state.
 * @param options.joins whether the agent joins the routing queue */
export function calendarChanged(agentId: string, { joins } = { joins: false }): NewEvent[] {
  const changed = newEvent.calendarChanged({ agentId })
  return joins ? [changed, newEvent.routingChanged({ kind: 'MEETING' })] : [changed]
}
