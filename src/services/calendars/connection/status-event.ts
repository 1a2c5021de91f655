import { type NewEvent, newEvent } from '../../events/new-events.ts'

/** Tells the agent and those who look after the workspace.
 * @param options.joins whether the agent takes turns from now on */
export function calendarStatusChanged(agentId: string, { joins } = { joins: false }): NewEvent[] {
  const changed = newEvent.calendarStatusChanged({ agentId })
  return joins ? [changed, newEvent.routingChanged({ kind: 'MEETING' })] : [changed]
}
