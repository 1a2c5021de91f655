// What is done in live chats.
import {
  ConflictError,
  NoAgentAvailableError,
  NotFoundError,
  OfferNoLongerOpenError,
  QuotaExceededError,
} from '../errors.ts'
import { endChat } from '../services/chat/conversation/end-chat.ts'
import { markRead } from '../services/chat/conversation/mark-read.ts'
import { scoreConversation } from '../services/chat/conversation/score-conversation.ts'
import { sendMessage } from '../services/chat/conversation/send-message.ts'
import { shareCalendar } from '../services/chat/conversation/share-calendar.ts'
import { signalTyping } from '../services/chat/conversation/signal-typing.ts'
import { acceptChat } from '../services/chat/offers/accept-chat.ts'
import { declineChat } from '../services/chat/offers/decline-chat.ts'
import { transferChat } from '../services/chat/offers/transfer-chat.ts'
import { requestLiveChat } from '../services/chat/request/request-live-chat.ts'
import { builder } from './builder.ts'
import { ChatOfferRef } from './chat-offer.ts'
import { ConversationRef, MessageRef } from './conversation.ts'
import { fromGlobalId, fromOptionalGlobalId } from './global-id.ts'
import { RoutingTargetInput, toTarget } from './routing-target.ts'

const IDEMPOTENCY_KEY =
  'A repeat with the same key and input answers the first outcome, for 7 days. At most 200 characters.'
const CLIENT_KEY =
  'Names the message, made by the client, for example a UUID: a repeat with the same key is the same message. At most 200 characters.'
const TEXT = 'Plain text of several lines, 1 to 4000 characters.'

const conversationIdOf = (id: string) => fromGlobalId('Conversation', { id, field: 'conversationId' })
const offerIdOf = (id: string) => fromGlobalId('ChatOffer', { id, field: 'offerId' })

const RequestLiveChatInput = builder.inputType('RequestLiveChatInput', {
  description: 'A chat to ask for.',
  fields: (t) => ({
    target: t.field({ type: RoutingTargetInput, description: 'Whom to ask; left out: all agents in turn.' }),
    text: t.string({ description: `What the visitor says first. ${TEXT}` }),
    pageUrl: t.field({ type: 'URL', description: 'The page of the website the visitor is on.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('requestLiveChat', (t) =>
  t.field({
    type: ConversationRef,
    description:
      'Asks for a live chat. For visitors. It is offered to the agent whose turn it is: the answer is OFFERED, or MISSED with a `fallback` when nobody is eligible. A visitor has one chat at a time; whoever has one already gets that. At most 10 requests in ten minutes.',
    errors: { types: [NotFoundError, ConflictError, QuotaExceededError] },
    args: { input: t.arg({ type: RequestLiveChatInput, required: true, description: 'The request.' }) },
    resolve: (_root, { input }, context) =>
      requestLiveChat(context, { ...input, target: input.target ? toTarget(input.target) : null }),
  }),
)

const AcceptChatInput = builder.inputType('AcceptChatInput', {
  description: 'An offer to accept.',
  fields: (t) => ({
    offerId: t.id({ required: true, description: 'An offer of your own that is PENDING.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('acceptChat', (t) =>
  t.field({
    type: ConversationRef,
    description:
      'Takes a chat that was offered to the viewer. Whoever comes too late is answered OfferNoLongerOpenError. Needs VIEW_MY_CONVERSATIONS.',
    errors: { types: [NotFoundError, ConflictError, OfferNoLongerOpenError] },
    args: { input: t.arg({ type: AcceptChatInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) =>
      acceptChat(context, { ...input, offerId: offerIdOf(input.offerId) }),
  }),
)

const DeclineChatInput = builder.inputType('DeclineChatInput', {
  description: 'An offer to decline.',
  fields: (t) => ({
    offerId: t.id({ required: true, description: 'An offer of your own that is PENDING.' }),
  }),
})

builder.mutationField('declineChat', (t) =>
  t.field({
    type: ChatOfferRef,
    description:
      'Does not take a chat that was offered to the viewer. It goes to the next agent at once. Needs VIEW_MY_CONVERSATIONS.',
    errors: { types: [NotFoundError, OfferNoLongerOpenError] },
    args: { input: t.arg({ type: DeclineChatInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => declineChat(context, offerIdOf(input.offerId)),
  }),
)

const SendMessageInput = builder.inputType('SendMessageInput', {
  description: 'Something to say.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: 'Where.' }),
    text: t.string({ required: true, description: TEXT }),
    clientKey: t.string({ required: true, description: CLIENT_KEY }),
  }),
})

builder.mutationField('sendMessage', (t) =>
  t.field({
    type: MessageRef,
    description:
      'Says something in a chat. For its visitor from the request on, and for its agent once it is accepted. Whoever writes has read what stands before it. At most 60 messages a minute and sender.',
    errors: { types: [NotFoundError, ConflictError, QuotaExceededError] },
    args: { input: t.arg({ type: SendMessageInput, required: true, description: 'The message.' }) },
    resolve: (_root, { input }, context) =>
      sendMessage(context, { ...input, conversationId: conversationIdOf(input.conversationId) }),
  }),
)

const MarkReadInput = builder.inputType('MarkReadInput', {
  description: 'How far the viewer has read.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: 'Where.' }),
    messageId: t.id({ required: true, description: 'The last message that was read.' }),
  }),
})

builder.mutationField('markRead', (t) =>
  t.field({
    type: ConversationRef,
    description:
      'Notes how far somebody has read. It never goes back, and the other side is told. For the visitor, and the agent who has the chat.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: MarkReadInput, required: true, description: 'How far.' }) },
    resolve: (_root, { input }, context) =>
      markRead(context, {
        conversationId: conversationIdOf(input.conversationId),
        messageId: fromGlobalId('Message', { id: input.messageId, field: 'messageId' }),
      }),
  }),
)

const ShareCalendarInput = builder.inputType('ShareCalendarInput', {
  description: 'A calendar for the visitor to book from.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: 'Where.' }),
    agentId: t.id({ description: 'Whose calendar; left out: your own.' }),
    text: t.string({ description: `What to say with it; left out: a sentence in English. ${TEXT}` }),
    clientKey: t.string({ required: true, description: CLIENT_KEY }),
  }),
})

builder.mutationField('shareCalendar', (t) =>
  t.field({
    type: MessageRef,
    description:
      'Puts a calendar into the chat, the own or that of a colleague: a message with `sharedCalendar`. For the agent who has the chat, while it is ACTIVE.',
    errors: { types: [NotFoundError, ConflictError, QuotaExceededError] },
    args: { input: t.arg({ type: ShareCalendarInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) =>
      shareCalendar(context, {
        ...input,
        conversationId: conversationIdOf(input.conversationId),
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
      }),
  }),
)

const TransferChatInput = builder.inputType('TransferChatInput', {
  description: 'A chat to hand over: give either `agentId` or `teamId`.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: 'Which chat.' }),
    agentId: t.id({ description: 'To this agent.' }),
    teamId: t.id({ description: 'To the agent of this team whose turn it is.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('transferChat', (t) =>
  t.field({
    type: ConversationRef,
    description:
      'Offers a chat to a colleague. It stays with the agent who has it until the other accepts; if nobody does, nothing changes. For the agent who has the chat, while it is ACTIVE.',
    errors: { types: [NotFoundError, ConflictError, NoAgentAvailableError] },
    args: { input: t.arg({ type: TransferChatInput, required: true, description: 'To whom.' }) },
    resolve: (_root, { input }, context) =>
      transferChat(context, {
        idempotencyKey: input.idempotencyKey ?? null,
        conversationId: conversationIdOf(input.conversationId),
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
        teamId: fromOptionalGlobalId('Team', { id: input.teamId, field: 'teamId' }),
      }),
  }),
)

const ScoreConversationInput = builder.inputType('ScoreConversationInput', {
  description: 'How well a chat goes.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: 'Which chat.' }),
    score: t.int({ description: '0 to 3; left out or null: takes the score away.' }),
  }),
})

builder.mutationField('scoreConversation', (t) =>
  t.field({
    type: ConversationRef,
    description:
      'Notes how well a chat goes. The score is frozen when the chat is over. For the agent who has it.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { input: t.arg({ type: ScoreConversationInput, required: true, description: 'The score.' }) },
    resolve: (_root, { input }, context) =>
      scoreConversation(context, {
        conversationId: conversationIdOf(input.conversationId),
        score: input.score ?? null,
      }),
  }),
)

const EndChatInput = builder.inputType('EndChatInput', {
  description: 'A chat to end.',
  fields: (t) => ({ conversationId: t.id({ required: true, description: 'Which.' }) }),
})

builder.mutationField('endChat', (t) =>
  t.field({
    type: ConversationRef,
    description:
      'Ends a chat, or gives up a request. For its visitor, its agent, and staff with VIEW_ALL_CONVERSATIONS. Nothing happens when it is over already.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: EndChatInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => endChat(context, conversationIdOf(input.conversationId)),
  }),
)

const SignalTypingInput = builder.inputType('SignalTypingInput', {
  description: 'Where the viewer is writing.',
  fields: (t) => ({ conversationId: t.id({ required: true, description: 'Which chat.' }) }),
})

builder.mutationField('signalTyping', (t) =>
  t.field({
    type: ConversationRef,
    description:
      'Tells those who follow `conversationEvents` at this moment that the viewer is writing. Nothing is kept. Call it at most every few seconds. For the visitor and the agent of an ACTIVE chat.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { input: t.arg({ type: SignalTypingInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => signalTyping(context, conversationIdOf(input.conversationId)),
  }),
)
