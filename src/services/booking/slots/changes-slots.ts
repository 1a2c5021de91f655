// Which events can change free slots. Chats are frequent, and none of their events can: open date pickers need not
// compute anything for them.
import type { EventPayload, EventType, StoredEvent } from '../../events/catalogue.ts'

/** A function decides by the payload. Yes where it is doubtful: the event is rare. */
const CHANGES_SLOTS: { [Type in EventType]: boolean | ((payload: EventPayload<Type>) => boolean) } = {
  MeetingChanged: true,
  MeetingAvailabilityChanged: true,
  LiveChatAvailabilityChanged: false,
  LiveChatStatusChanged: false,
  CalendarChanged: true,
  AgentChanged: true,
  TeamChanged: true,
  WorkspaceChanged: true,
  /** That of meetings also stands for a new hold. Each offer of a chat changes that of live chats. */
  RoutingChanged: ({ kind }) => kind === 'MEETING',
  ChatOffered: false,
  ChatOfferSettled: false,
  ConversationChanged: false,
  IdleWarning: false,
  MessageSent: false,
  /** An agent's roles decide whether the agent takes meetings. */
  AccessChanged: (payload) => 'agentId' in payload,
  SlotsReleased: true,
  BusyTimeChanged: true,
}

/** @returns true also for an event of a type that only a newer version knows */
export function changesSlots(event: StoredEvent): boolean {
  if (event.type === 'Unknown') return true
  const changes = CHANGES_SLOTS[event.type]
  // The compiler does not see that the payload is the one of the type.
  return typeof changes === 'boolean' ? changes : changes(event.payload as never)
}
