// What is told of live chats.
import { visibleConversations } from '../services/chat/conversation/visible-conversations.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { AuthorRef } from './chat-enums.ts'
import { ChatOfferRef } from './chat-offer.ts'
import { ConversationRef, MessageRef } from './conversation.ts'
import { EventInterface, type Happening } from './event-interface.ts'

const aboutOffer = (name: string, description: string) =>
  builder.objectRef<Happening>(name).implement({
    description,
    interfaces: [EventInterface],
    fields: (t) => ({
      offer: t.prismaField({
        type: ChatOfferRef,
        description: 'The offer as it is when the event is read.',
        resolve: (query, { payload }, _arguments, { database }) =>
          database.chatOffer.findUniqueOrThrow({ ...query, where: { id: payload.offerId } }),
      }),
    }),
  })

export const ChatOfferedRef = aboutOffer(
  'ChatOffered',
  'A visitor wants to chat, or a colleague hands a chat over: accept or decline it (`acceptChat`, `declineChat`).',
)
export const ChatOfferSettledRef = aboutOffer(
  'ChatOfferSettled',
  'An offer is no longer open: take it off the screen, and the notification of the browser with it.',
)

export const ConversationUpdatedRef = builder.objectRef<Happening>('ConversationUpdated').implement({
  description:
    'A conversation was offered, taken, handed over or ended, or somebody has read it, noted a score or booked a meeting in it; or a meeting booked in it was moved, cancelled or reassigned while it goes on; or its person is known better, or turned out to be another. An agent is told too when a chat is handed over to somebody else.',
  interfaces: [EventInterface],
  fields: (t) => ({
    conversation: t.prismaField({
      type: ConversationRef,
      description: 'The conversation as it is when the event is read.',
      resolve: (query, { payload }, _arguments, { database }) =>
        database.conversation.findUniqueOrThrow({ ...query, where: { id: payload.conversationId } }),
    }),
  }),
})

export const TypingRef = builder.objectRef<Happening>('Typing').implement({
  description:
    'Somebody is writing. Show it for a few seconds, or until the message comes. It is no event: it has no cursor, is never told again, and may be lost. Whoever writes is told too.',
  fields: (t) => ({
    author: t.field({
      type: AuthorRef,
      description: 'Which side.',
      resolve: ({ payload }) => (payload.author === 'AGENT' ? 'AGENT' : 'VISITOR'),
    }),
    agent: t.prismaField({
      type: AgentRef,
      nullable: true,
      description: 'The agent; null for the visitor.',
      resolve: (query, { payload: { agentId } }, _arguments, { database }) =>
        agentId === undefined ? null : database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
  }),
})

export const MessageSentRef = builder.objectRef<Happening>('MessageSent').implement({
  description: 'Something was said.',
  interfaces: [EventInterface],
  fields: (t) => ({
    message: t.prismaField({
      type: MessageRef,
      nullable: true,
      description:
        'What. Null when the viewer may not see the conversation any more, because it was handed over before the event was read.',
      resolve: (query, { payload: { messageId = '' } }, _arguments, { database, viewer }) => {
        const where = { id: messageId, conversation: visibleConversations(viewer) }
        return database.message.findFirst({ ...query, where })
      },
    }),
    conversation: t.prismaField({
      type: ConversationRef,
      description: 'The conversation as it is when the event is read.',
      resolve: (query, { payload }, _arguments, { database }) =>
        database.conversation.findUniqueOrThrow({ ...query, where: { id: payload.conversationId } }),
    }),
  }),
})
