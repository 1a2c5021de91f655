import type { NewEvent } from '../../events/append-events.ts'

/** Tells the agent and those who look after the workspace.
 * @param options.joins whether the agent takes turns from now on */
export function calendarStatusChanged(agentId: string, { joins } = { joins: false }): NewEvent[] {
  const changed: NewEvent = { type: 'CalendarStatusChanged', payload: { agentId }, agentIds: [agentId] }
  return joins ? [changed, { type: 'RoutingChanged', payload: { kind: 'MEETING' } }] : [changed]
}
