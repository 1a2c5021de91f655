// What supervisors do with the chats of others.
import { ConflictError, NotFoundError } from '../errors.ts'
import { takeOverChat } from '../services/chat/offers/take-over-chat.ts'
import { builder } from './builder.ts'
import { ConversationRef } from './conversation.ts'
import { fromGlobalId } from './global-id.ts'
import { IDEMPOTENCY_KEY } from './texts.ts'

const TakeOverChatInput = builder.inputType('TakeOverChatInput', {
  description: 'A conversation to take over.',
  fields: (t) => ({
    conversationId: t.id({
      required: true,
      description: 'A conversation that is requested, offered or active.',
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('takeOverChat', (t) =>
  t.field({
    type: ConversationRef,
    description:
      'Takes a conversation over, from its agent or before an agent has accepted it: it becomes `ACTIVE`, and the viewer is its agent. A pending offer is `RESCINDED`, and a former agent can no longer read the conversation, unless allowed to see all. A conversation that the viewer already has stays as it is. The viewer need not be available for live chats; returns `ConflictError` if the viewer has `chatsPerAgent` conversations and offers, or if the conversation is over or led by a dialogue. Requires MANAGE_ALL_CONVERSATIONS.',
    errors: { types: [NotFoundError, ConflictError] },
    args: {
      input: t.arg({
        type: TakeOverChatInput,
        required: true,
        description: 'The conversation to take over.',
      }),
    },
    resolve: (_root, { input }, context) =>
      takeOverChat(context, {
        ...input,
        conversationId: fromGlobalId('Conversation', {
          id: input.conversationId,
          field: 'input.conversationId',
        }),
      }),
  }),
)
