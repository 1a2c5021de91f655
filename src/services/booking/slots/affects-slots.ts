// Which events can change the free slots of a target. Chats are frequent, and none of their events can; nor can what
// happens to agents whom the target does not have: open date pickers need not compute anything for them.
import type { EventPayload, EventType, StoredEvent } from '../../events/catalogue.ts'
import type { SlotsTarget } from './offered-slots.ts'

/** Whose slots they are. */
export interface SlotsOf {
  target: SlotsTarget
  /** The agents of the target, also those who are not eligible. */
  agentIds: string[]
}

type Decision<Payload> = (payload: Payload, of: SlotsOf) => boolean

const never = () => false
const always = () => true
const ofItsAgent: Decision<{ agentId: string }> = ({ agentId }, of) => isOfAny([agentId], of)

/** Yes where it is doubtful: for an event of a node of the version before, which does not name agents. */
const AFFECTS: { [Type in EventType]: Decision<EventPayload<Type>> } = {
  MeetingChanged: ({ meetingId, agentIds }, of) =>
    ('movingMeetingId' in of.target && of.target.movingMeetingId === meetingId) || isOfAny(agentIds, of),
  MeetingAvailabilityChanged: ofItsAgent,
  LiveChatAvailabilityChanged: never,
  LiveChatStatusChanged: never,
  CalendarChanged: ofItsAgent,
  AgentChanged: ofItsAgent,
  TeamChanged: ({ teamId, agentIds }, of) =>
    ('teamId' in of.target && of.target.teamId === teamId) || isOfAny(agentIds, of),
  WorkspaceChanged: always,
  /** That of meetings also stands for a new hold. Each offer of a chat changes that of live chats. */
  RoutingChanged: ({ kind, agentIds }, of) => kind === 'MEETING' && isOfAny(agentIds, of),
  ChatOffered: never,
  ChatOfferSettled: never,
  ConversationChanged: never,
  IdleWarning: never,
  MessageSent: never,
  /** An agent's roles decide whether the agent takes meetings. */
  AccessChanged: (payload, of) => 'agentId' in payload && isOfAny([payload.agentId], of),
  SlotsReleased: ofItsAgent,
  BusyTimeChanged: ofItsAgent,
}

/** @returns true also for an event of a type that only a newer version knows */
export function affectsSlots(event: StoredEvent, of: SlotsOf): boolean {
  if (event.type === 'Unknown') return true
  // The compiler does not see that the payload is the one of the type.
  return AFFECTS[event.type](event.payload as never, of)
}

/** All agents of the workspace are those of the target of all. */
function isOfAny(agentIds: string[] | undefined, of: SlotsOf): boolean {
  if (agentIds === undefined || 'roundRobin' in of.target) return true
  return agentIds.some((agentId) => of.agentIds.includes(agentId))
}
