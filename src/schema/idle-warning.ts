// The warning that a conversation is about to end by the idle time-out: the event, and the field of the snapshot.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { idleEndOf } from '../services/chat/idle-warnings.ts'
import type { EventOf } from '../services/events/catalogue.ts'
import { builder } from './builder.ts'
import { CONVERSATION_ID, visible } from './chat-event.ts'
import { ConversationRef } from './conversation.ts'
import { EventInterface } from './event-interface.ts'

export const IdleWarningRef = builder.objectRef<EventOf<'IdleWarning'>>('IdleWarning').implement({
  description:
    'The conversation is about to end, because neither side writes or types; or, without `endsAt`, it no longer is, because one side is typing. A message takes a warning back too, with its `MessageSent`. It comes one minute before the end, or halfway to it if the time-out is shorter than two minutes, once in each quiet period; after an outage of the service it may come again, with a later `endsAt`.',
  interfaces: [EventInterface],
  fields: (t) => ({
    conversationId: t.id({
      description: CONVERSATION_ID,
      resolve: ({ payload }) => encodeGlobalID('Conversation', payload.conversationId),
    }),
    endsAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The instant at which the conversation ends unless either side writes or types before, as of the delivery of the event; null if no warning stands any more, or if the viewer can no longer see the conversation.',
      resolve: async ({ payload }, _arguments, { database, viewer }) => {
        const found = await database.conversation.findFirst({
          where: visible(payload.conversationId, viewer),
          include: { workspace: { select: { idleTimeoutMinutes: true } } },
        })
        return found && idleEndOf(found, found.workspace)
      },
    }),
  }),
})

builder.prismaObjectField(ConversationRef, 'idleEndsAt', (t) =>
  t.field({
    type: 'DateTime',
    nullable: true,
    description:
      'The instant at which the conversation ends unless either side writes or types before, once both sides were warned of it (`IdleWarning`); null without a warning that stands.',
    select: {
      state: true,
      lastActiveAt: true,
      idleWarnedFor: true,
      workspace: { select: { idleTimeoutMinutes: true } },
    },
    resolve: ({ workspace, ...conversation }) => idleEndOf(conversation, workspace),
  }),
)
