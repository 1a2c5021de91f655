// What is told of chats, and to whom (docs/semantics.md, section 7).
import type { ChatOffer, Conversation, Message } from '../../database/generated/client/client.ts'
import { accessChanged, type NewEvent } from './append-events.ts'

/** To the agent who is asked. */
export const chatOffered = ({
  id,
  agentId,
  conversationId,
}: Pick<ChatOffer, 'id' | 'agentId' | 'conversationId'>): NewEvent => ({
  type: 'ChatOffered',
  payload: { offerId: id, conversationId },
  agentIds: [agentId],
  isPrivate: true,
})

/** To the agent who was asked. */
export const chatOfferSettled = ({ id, agentId, conversationId }: ChatOffer): NewEvent => ({
  type: 'ChatOfferSettled',
  payload: { offerId: id, conversationId },
  agentIds: [agentId],
  isPrivate: true,
})

/** To those who follow the chat: the agent may not see it any more, unless everybody's may be seen. */
export const conversationLeft = (agentId: string, conversationId: string): NewEvent => ({
  ...accessChanged(agentId),
  ...{ agentIds: [], conversationId, isPrivate: true },
})

/** Of an offer that came to nothing. */
export const chatOfferClosed = (offer: ChatOffer): NewEvent[] => [
  conversationLeft(offer.agentId, offer.conversationId),
  chatOfferSettled(offer),
]

/** To those who talk, and to supervisors.
 * @param alsoTo agents who have it no more */
export const conversationUpdated = (
  { id, agentId }: Pick<Conversation, 'id' | 'agentId'>,
  ...alsoTo: string[]
): NewEvent => ({
  type: 'ConversationUpdated',
  payload: { conversationId: id },
  agentIds: agentId === null ? alsoTo : [agentId, ...alsoTo],
  conversationId: id,
})

/** To those who talk. */
export const messageSent = (
  { id: messageId }: Pick<Message, 'id'>,
  { id: conversationId, agentId }: Pick<Conversation, 'id' | 'agentId'>,
): NewEvent => ({
  type: 'MessageSent',
  payload: { messageId, conversationId },
  agentIds: agentId === null ? [] : [agentId],
  conversationId,
  isPrivate: true,
})
