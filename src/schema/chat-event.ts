// The events of live chats.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { NotFoundError } from '../errors.ts'
import { visibleConversations } from '../services/chat/conversation/visible-conversations.ts'
import type { EventOf } from '../services/events/catalogue.ts'
import type { Viewer } from '../services/identity/viewer.ts'
import type { Signal } from '../services/ports/wake-ups.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { AuthorRef } from './chat-enums.ts'
import { ChatOfferRef } from './chat-offer.ts'
import { ConversationRef, MessageRef } from './conversation.ts'
import { EventInterface } from './event-interface.ts'
import { PERSONAL } from './personal.ts'
import { loadViewerUnread } from './read-marks.ts'

const CONVERSATION =
  'The conversation as it is when the event is delivered; null if the viewer can no longer see it, because another agent has accepted it.'
export const CONVERSATION_ID =
  'The global id of the conversation, also of one that the viewer can no longer see.'

const VIEWER_UNREAD =
  '`viewerUnread` of the query at the delivery of the event. It needs no `conversation`, which is null once the agent has handed it over.'

/** Access is checked at each delivery: an agent who handed a chat over may replay events from before. */
export const visible = (id: string, viewer: Viewer) => ({ AND: [{ id }, visibleConversations(viewer)] })

const aboutOffer = <Type extends 'ChatOffered' | 'ChatOfferSettled'>(type: Type, description: string) =>
  builder.objectRef<EventOf<Type>>(type).implement({
    description,
    interfaces: [EventInterface],
    fields: (t) => ({
      offer: t.prismaField({
        type: ChatOfferRef,
        description: 'The offer as it is when the event is delivered.',
        resolve: async (query, { payload }, _arguments, { database }) => {
          const offer = await database.chatOffer.findUnique({ ...query, where: { id: payload.offerId } })
          // The sweep has removed it with its conversation: that is an answer, and no fault.
          if (offer === null) throw new NotFoundError('offerId')
          return offer
        },
      }),
    }),
  })

export const ChatOfferedRef = aboutOffer(
  'ChatOffered',
  'A conversation is offered to the agent, because a visitor requested it or another agent transfers it, or because its own agent is gone (`reofferAfterSeconds`); after an outage also again, with a later `expiresAt`. The agent answers with `acceptChat` or `declineChat`.',
)
export const ChatOfferSettledRef = aboutOffer(
  'ChatOfferSettled',
  'An offer is no longer pending: the console and the browser notification should no longer show it.',
)

export const ConversationChangedRef = builder
  .objectRef<EventOf<'ConversationChanged'>>('ConversationChanged')
  .implement({
    description:
      'A conversation changed: it was offered, accepted, transferred, taken over or ended, moved up in the queue, read, scored, or used to book a meeting; or its agent or its visitor has left or returned (`agentPresent`, `visitorPresent`); or a meeting booked in it was rescheduled, cancelled or reassigned while it is active; or its person was identified or updated. An agent also receives it, without `conversation`, when the conversation goes to another agent: the console should no longer show it.',
    interfaces: [EventInterface],
    fields: (t) => ({
      conversationId: t.id({
        description: CONVERSATION_ID,
        resolve: ({ payload }) => encodeGlobalID('Conversation', payload.conversationId),
      }),
      conversation: t.prismaField({
        type: ConversationRef,
        nullable: true,
        description: CONVERSATION,
        resolve: (query, { payload }, _arguments, { database, viewer }) =>
          database.conversation.findFirst({ ...query, where: visible(payload.conversationId, viewer) }),
      }),
      viewerUnread: t.int({
        description: VIEWER_UNREAD,
        extensions: PERSONAL,
        resolve: (_event, _arguments, context) => loadViewerUnread(context),
      }),
    }),
  })

export const TypingRef = builder.objectRef<Signal>('Typing').implement({
  description:
    'The visitor or an agent is typing. Show it for a few seconds, or until a message arrives. It has no cursor, is never replayed and may be lost, and comes at most once a second for each side. The side that is typing receives it too.',
  fields: (t) => ({
    conversationId: t.id({
      description: 'The global id of the conversation, by which a console finds it among its own.',
      resolve: ({ payload }) => encodeGlobalID('Conversation', payload.conversationId),
    }),
    author: t.field({
      type: AuthorRef,
      description: 'The side that is typing.',
      resolve: ({ payload }) => payload.author,
    }),
    agent: t.prismaField({
      type: AgentRef,
      nullable: true,
      description: 'The agent who is typing; null for the visitor.',
      resolve: (query, { payload }, _arguments, { database }) =>
        payload.author === 'VISITOR'
          ? null
          : database.agent.findUniqueOrThrow({ ...query, where: { id: payload.agentId } }),
    }),
  }),
})

export const MessageSentRef = builder.objectRef<EventOf<'MessageSent'>>('MessageSent').implement({
  description: 'A message was sent.',
  interfaces: [EventInterface],
  fields: (t) => ({
    message: t.prismaField({
      type: MessageRef,
      nullable: true,
      description:
        'The message; null if the viewer can no longer see the conversation, because it was transferred before the event was delivered.',
      resolve: (query, { payload }, _arguments, { database, viewer }) => {
        const where = { id: payload.messageId, conversation: visibleConversations(viewer) }
        return database.message.findFirst({ ...query, where })
      },
    }),
    conversationId: t.id({
      description: CONVERSATION_ID,
      resolve: ({ payload }) => encodeGlobalID('Conversation', payload.conversationId),
    }),
    conversation: t.prismaField({
      type: ConversationRef,
      nullable: true,
      description: CONVERSATION,
      resolve: (query, { payload }, _arguments, { database, viewer }) =>
        database.conversation.findFirst({ ...query, where: visible(payload.conversationId, viewer) }),
    }),
    viewerUnread: t.int({
      description: VIEWER_UNREAD,
      extensions: PERSONAL,
      resolve: (_event, _arguments, context) => loadViewerUnread(context),
    }),
  }),
})
