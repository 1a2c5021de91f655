// Offers of conversations, as the agents' consoles show them.

import { encodeGlobalID } from '@pothos/plugin-relay'
import { showsConversation, visibleOffers } from '../services/chat/conversation/visible-conversations.ts'
import { offerStateAt } from '../services/chat/offers/offer-state.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { OfferStateRef } from './chat-enums.ts'
import { ConversationRef } from './conversation.ts'
import { GLOBAL_ID, STAFF_ONLY, STAFF_TYPE } from './texts.ts'

export const ChatOfferRef = builder.prismaNode('ChatOffer', {
  id: { field: 'id', description: GLOBAL_ID },
  description: `The offer of a conversation to an agent. ${STAFF_TYPE}`,
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    conversationId: t.id({
      description: 'The global id of the conversation that is offered.',
      select: { conversationId: true },
      resolve: ({ conversationId }) => encodeGlobalID('Conversation', conversationId),
    }),
    conversation: t.field({
      type: ConversationRef,
      nullable: true,
      description:
        'The conversation that is offered; null if the viewer can no longer see it, because the offer is settled and the conversation has gone to another agent, or to none.',
      select: (_arguments, _context, nestedSelection) => ({
        agentId: true,
        state: true,
        conversation: nestedSelection(true),
      }),
      resolve: ({ conversation, ...offer }, _arguments, { viewer }) =>
        showsConversation({ ...offer, conversation }, viewer) ? conversation : null,
    }),
    agent: t.relation('agent', { description: 'The agent it is offered to.' }),
    transferredBy: t.field({
      type: AgentRef,
      nullable: true,
      description:
        'The agent who transferred the conversation: its agent, or a supervisor. If it is `agent`, a supervisor took the conversation over. Null if no agent did.',
      select: { transferredBy: true },
      resolve: ({ transferredBy: id }, _arguments, { database }) =>
        id === null ? null : database.agent.findUnique({ where: { id } }),
    }),
    state: t.field({
      type: OfferStateRef,
      description: 'The state of the offer at the time of the request.',
      select: { state: true, expiresAt: true },
      resolve: (offer, _arguments, { clock }) => offerStateAt(offer, clock.now()),
    }),
    attempt: t.exposeInt('attempt', {
      description: 'The number of the offer among those of its conversation; the first is 1.',
    }),
    offeredAt: t.expose('offeredAt', {
      type: 'DateTime',
      description: 'The instant at which the offer was made.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description:
        'The instant until which the offer can be accepted: `offerTimeoutSeconds` after `offeredAt`. After an outage of the service it is later, by the length of the outage; the agent then gets `ChatOffered` again.',
    }),
    settledAt: t.expose('settledAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'The instant at which it was recorded that the offer is no longer pending; null until then.',
    }),
  }),
})

builder.prismaObjectField(ConversationRef, 'offers', (t) =>
  t.relation('offers', {
    description: `The offers of the conversation that are visible to the viewer, oldest first. ${STAFF_ONLY}`,
    authScopes: { staff: true },
    query: (_arguments, { viewer }) => ({
      where: visibleOffers(viewer),
      orderBy: [{ offeredAt: 'asc' }, { id: 'asc' }],
    }),
  }),
)

builder.prismaObjectField(AgentRef, 'pendingOffers', (t) =>
  t.relation('offers', {
    description: `The pending offers to the agent that are visible to the viewer, oldest first. ${STAFF_ONLY}`,
    authScopes: { staff: true },
    query: (_arguments, { viewer, clock }) => ({
      where: { AND: [visibleOffers(viewer), { state: 'PENDING', expiresAt: { gt: clock.now() } }] },
      orderBy: [{ offeredAt: 'asc' }, { id: 'asc' }],
    }),
  }),
)
