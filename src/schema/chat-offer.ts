// Offers of chats, as the agents' consoles show them.

import { visibleOffers } from '../services/chat/conversation/visible-conversations.ts'
import { offerStateAt } from '../services/chat/offers/offer-state.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { OfferStateRef } from './chat-enums.ts'
import { ConversationRef } from './conversation.ts'

export const ChatOfferRef = builder.prismaNode('ChatOffer', {
  id: { field: 'id', description: 'Global id.' },
  description: 'A chat that was offered to an agent. Staff only.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    conversation: t.relation('conversation', { description: 'The chat.' }),
    agent: t.relation('agent', { description: 'Who is asked.' }),
    state: t.field({
      type: OfferStateRef,
      description: 'What became of it, by the clock at the time of asking.',
      select: { state: true, expiresAt: true },
      resolve: (offer, _arguments, { clock }) => offerStateAt(offer, clock.now()),
    }),
    attempt: t.exposeInt('attempt', {
      description: 'The number of the offer among those of its chat; the first has 1.',
    }),
    offeredAt: t.expose('offeredAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'Until when it can be accepted: `offerTimeoutSeconds` after it was made.',
    }),
    settledAt: t.expose('settledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was answered or came to nothing; null while nobody has noted that.',
    }),
  }),
})

builder.prismaObjectField(ConversationRef, 'offers', (t) =>
  t.relation('offers', {
    description: 'To whom it was offered, oldest first. Staff only.',
    authScopes: { staff: true },
    query: (_arguments, { viewer }) => ({
      where: visibleOffers(viewer),
      orderBy: [{ offeredAt: 'asc' }, { id: 'asc' }],
    }),
  }),
)

builder.prismaObjectField(AgentRef, 'pendingOffers', (t) =>
  t.relation('offers', {
    description:
      'The chats that wait for the agent to accept or decline, oldest first; those the viewer may see. Staff only.',
    authScopes: { staff: true },
    query: (_arguments, { viewer, clock }) => ({
      where: { AND: [visibleOffers(viewer), { state: 'PENDING', expiresAt: { gt: clock.now() } }] },
      orderBy: [{ offeredAt: 'asc' }, { id: 'asc' }],
    }),
  }),
)
