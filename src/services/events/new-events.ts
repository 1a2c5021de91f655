// One constructor for each type of event. It makes the payload and decides which streams the event is appended to:
// the workspace's, those of agents, that of a conversation (docs/semantics.md, section 7).
import type { ChatOffer, Conversation, Message } from '../../database/generated/client/client.ts'
import type { EventPayload, EventType } from './catalogue.ts'

/** An event that is about to be appended (see `appendEvents`). */
export type NewEvent<Type extends EventType = EventType> = {
  [Each in Type]: {
    type: Each
    payload: EventPayload<Each>
    /** The agents whose streams get it too. */
    agentIds?: string[]
    /** The conversation whose stream gets it too. */
    conversationId?: string
    /** Whether the workspace's stream does not get it: transactions that append to that stream wait for each other. */
    skipsWorkspace?: boolean
  }
}[Type]

type Offer = Pick<ChatOffer, 'id' | 'agentId' | 'conversationId'>
type Chat = Pick<Conversation, 'id' | 'agentId'> & Partial<Pick<Conversation, 'state'>>

/** Whose access has changed: an agent's; an agent's to one conversation; a visitor's; that of any visitor. */
type AccessChange =
  | { agentId: string }
  | { agentId: string; conversationId: string }
  | { visitorId: string }
  | { visitors: 'ALL' }

export const newEvent = {
  /** @param change.agentIds whose calendars and consoles show the meeting, or did before the change */
  meetingChanged: (change: {
    meetingId: string
    changeId: string
    agentIds: string[]
  }): NewEvent<'MeetingChanged'> => ({
    type: 'MeetingChanged',
    payload: change,
    agentIds: change.agentIds,
  }),

  meetingAvailabilityChanged: ({ agentId }: { agentId: string }): NewEvent<'MeetingAvailabilityChanged'> => ({
    type: 'MeetingAvailabilityChanged',
    payload: { agentId },
    agentIds: [agentId],
  }),

  liveChatAvailabilityChanged: ({
    agentId,
  }: {
    agentId: string
  }): NewEvent<'LiveChatAvailabilityChanged'> => ({
    type: 'LiveChatAvailabilityChanged',
    payload: { agentId },
  }),

  liveChatStatusChanged: ({ agentId }: { agentId: string }): NewEvent<'LiveChatStatusChanged'> => ({
    type: 'LiveChatStatusChanged',
    payload: { agentId },
    agentIds: [agentId],
  }),

  calendarChanged: ({ agentId }: { agentId: string }): NewEvent<'CalendarChanged'> => ({
    type: 'CalendarChanged',
    payload: { agentId },
    agentIds: [agentId],
  }),

  agentChanged: ({ agentId }: { agentId: string }): NewEvent<'AgentChanged'> => ({
    type: 'AgentChanged',
    payload: { agentId },
    agentIds: [agentId],
  }),

  teamChanged: (payload: EventPayload<'TeamChanged'>): NewEvent<'TeamChanged'> => ({
    type: 'TeamChanged',
    payload,
  }),

  workspaceChanged: (): NewEvent<'WorkspaceChanged'> => ({ type: 'WorkspaceChanged', payload: {} }),

  routingChanged: (payload: EventPayload<'RoutingChanged'>): NewEvent<'RoutingChanged'> => ({
    type: 'RoutingChanged',
    payload,
  }),

  /** To the agent who is asked. */
  chatOffered: ({ id, agentId, conversationId }: Offer): NewEvent<'ChatOffered'> => ({
    type: 'ChatOffered',
    payload: { offerId: id, conversationId },
    agentIds: [agentId],
    skipsWorkspace: true,
  }),

  /** To the agent who was asked. */
  chatOfferSettled: ({ id, agentId, conversationId }: Offer): NewEvent<'ChatOfferSettled'> => ({
    type: 'ChatOfferSettled',
    payload: { offerId: id, conversationId },
    agentIds: [agentId],
    skipsWorkspace: true,
  }),

  /** While a dialogue goes on, staff is not told.
   * @param options.formerAgentId an agent who had the chat before */
  conversationChanged: (
    { id, agentId, state }: Chat,
    { formerAgentId }: { formerAgentId?: string } = {},
  ): NewEvent<'ConversationChanged'> => ({
    type: 'ConversationChanged',
    payload: { conversationId: id },
    agentIds: [agentId, formerAgentId].filter((each) => typeof each === 'string'),
    conversationId: id,
    ...(state === 'AUTOMATED' ? { skipsWorkspace: true } : {}),
  }),

  /** To the visitor and the agent who chat. */
  idleWarning: ({ id, agentId }: Chat): NewEvent<'IdleWarning'> => ({
    type: 'IdleWarning',
    payload: { conversationId: id },
    agentIds: agentId === null ? [] : [agentId],
    conversationId: id,
    skipsWorkspace: true,
  }),

  /** To the visitor and the agent who chat. */
  messageSent: ({ id }: Pick<Message, 'id'>, conversation: Chat): NewEvent<'MessageSent'> => ({
    type: 'MessageSent',
    payload: { messageId: id, conversationId: conversation.id },
    agentIds: conversation.agentId === null ? [] : [conversation.agentId],
    conversationId: conversation.id,
    skipsWorkspace: true,
  }),

  /** To the streams by which those subscribe whose access has changed. */
  accessChanged: (change: AccessChange): NewEvent<'AccessChanged'> => {
    const type = 'AccessChanged'
    if (!('agentId' in change)) return { type, payload: change }
    const { agentId } = change
    return 'conversationId' in change
      ? { type, payload: { agentId }, conversationId: change.conversationId, skipsWorkspace: true }
      : { type, payload: { agentId }, agentIds: [agentId] }
  },

  slotsReleased: ({ agentId }: { agentId: string }): NewEvent<'SlotsReleased'> => ({
    type: 'SlotsReleased',
    payload: { agentId },
  }),

  busyTimeChanged: ({ agentId }: { agentId: string }): NewEvent<'BusyTimeChanged'> => ({
    type: 'BusyTimeChanged',
    payload: { agentId },
  }),
} satisfies { [Type in EventType as Uncapitalize<Type>]: (...given: never[]) => NewEvent<Type> }

/** An agent was removed, or more of a removed agent's meetings have been dealt with. The agent's own consoles only learn
 * that they have no access any more. */
export const removalChanged = (agent: { agentId: string }): NewEvent<'AgentChanged'> => ({
  ...newEvent.agentChanged(agent),
  agentIds: [],
})

/** A read mark has moved, or the visitor has left or returned. Only the two who chat are notified, so that it does not
 * lock the workspace's stream. */
export const participantsUpdated = (conversation: Chat): NewEvent<'ConversationChanged'> => ({
  ...newEvent.conversationChanged(conversation),
  skipsWorkspace: true,
})

/** A request has another place in the queue, or another end of its wait. Only its visitor is told. */
export const waitChanged = (conversation: Chat): NewEvent<'ConversationChanged'> => ({
  ...newEvent.conversationChanged(conversation),
  skipsWorkspace: true,
})

/** An offer was settled without being accepted: its agent can no longer see the chat. */
export const chatOfferClosed = (offer: ChatOffer): NewEvent[] => [
  newEvent.accessChanged({ agentId: offer.agentId, conversationId: offer.conversationId }),
  newEvent.chatOfferSettled(offer),
]
