// The mutations of live chats.
import {
  ConflictError,
  NoAgentAvailableError,
  NotFoundError,
  OfferNoLongerOpenError,
  QuotaExceededError,
} from '../errors.ts'
import { endChat } from '../services/chat/conversation/end-chat.ts'
import { markRead } from '../services/chat/conversation/mark-read.ts'
import { SCORE_BOUNDS, scoreConversation } from '../services/chat/conversation/score-conversation.ts'
import { sendMessage } from '../services/chat/conversation/send-message.ts'
import { shareCalendar } from '../services/chat/conversation/share-calendar.ts'
import { signalTyping } from '../services/chat/conversation/signal-typing.ts'
import { MAX_MESSAGE_LENGTH } from '../services/chat/conversation/write-message.ts'
import { acceptChat } from '../services/chat/offers/accept-chat.ts'
import { declineChat } from '../services/chat/offers/decline-chat.ts'
import { transferChat } from '../services/chat/offers/transfer-chat.ts'
import { requestLiveChat } from '../services/chat/request/request-live-chat.ts'
import { MAX_KEY_LENGTH } from '../services/input.ts'
import { builder } from './builder.ts'
import { ChatOfferRef } from './chat-offer.ts'
import { ConversationRef, MessageRef } from './conversation.ts'
import { fromGlobalId, fromOptionalGlobalId } from './global-id.ts'
import { RoutingTargetInput, toTarget } from './routing-target.ts'
import { BUDGETED, between, IDEMPOTENCY_KEY, someText, VISITOR_TOKEN } from './texts.ts'

const CLIENT_KEY = `A key that the client makes up for the message, for example a UUID. A retry with the same key and text returns the same message; with another text it is a \`ConflictError\`. 1 to ${MAX_KEY_LENGTH} characters.`
const TEXT = someText(MAX_MESSAGE_LENGTH)
const CONVERSATION = 'The conversation.'
const PENDING_OFFER = 'A pending offer to the viewer.'
const PARTICIPANTS = 'Available only to the visitor and the agent of the conversation.'
const ACTIVE_AGENT = 'Available only to the agent of the conversation, while it is `ACTIVE`.'

const conversationIdOf = (id: string) => fromGlobalId('Conversation', { id, field: 'input.conversationId' })
const offerIdOf = (id: string) => fromGlobalId('ChatOffer', { id, field: 'input.offerId' })

const RequestLiveChatInput = builder.inputType('RequestLiveChatInput', {
  description: 'A live chat to request.',
  fields: (t) => ({
    target: t.field({
      type: RoutingTargetInput,
      description: 'The agent or agents to offer it to. Defaults to all agents in turn.',
    }),
    text: t.string({
      description: `The visitor's first message; a further one, if the visitor has a conversation that is not over. ${TEXT}`,
    }),
    pageUrl: t.field({ type: 'URL', description: 'The address of the web page that the visitor is on.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('requestLiveChat', (t) =>
  t.field({
    type: ConversationRef,
    description: `Requests a live chat, which is offered to the next eligible agent. The conversation is then \`OFFERED\`, or \`MISSED\` with a \`fallback\` if no agent is eligible. With \`waitSeconds\` in the settings it is \`REQUESTED\` while it waits for an agent who is signed in and has no room; see \`waiting\`. A visitor who has a conversation that is not over gets that one, and \`text\` becomes a message in it, and counts as one. ${BUDGETED} ${VISITOR_TOKEN}`,
    errors: { types: [NotFoundError, ConflictError, QuotaExceededError] },
    args: {
      input: t.arg({ type: RequestLiveChatInput, required: true, description: 'The live chat to request.' }),
    },
    resolve: (_root, { input }, context) =>
      requestLiveChat(context, {
        ...input,
        target: input.target ? toTarget(input.target) : null,
      }),
  }),
)

const AcceptChatInput = builder.inputType('AcceptChatInput', {
  description: 'An offer to accept.',
  fields: (t) => ({
    offerId: t.id({ required: true, description: PENDING_OFFER }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('acceptChat', (t) =>
  t.field({
    type: ConversationRef,
    description:
      'Accepts an offer: the conversation becomes `ACTIVE`, and the viewer is its agent. Returns `OfferNoLongerOpenError` if the offer is no longer pending. Requires VIEW_MY_CONVERSATIONS.',
    errors: { types: [NotFoundError, ConflictError, OfferNoLongerOpenError] },
    args: { input: t.arg({ type: AcceptChatInput, required: true, description: 'The offer to accept.' }) },
    resolve: (_root, { input }, context) =>
      acceptChat(context, { ...input, offerId: offerIdOf(input.offerId) }),
  }),
)

const DeclineChatInput = builder.inputType('DeclineChatInput', {
  description: 'An offer to decline.',
  fields: (t) => ({
    offerId: t.id({ required: true, description: PENDING_OFFER }),
  }),
})

builder.mutationField('declineChat', (t) =>
  t.field({
    type: ChatOfferRef,
    description:
      'Declines an offer. The conversation is offered to the next eligible agent at once. Requires VIEW_MY_CONVERSATIONS.',
    errors: { types: [NotFoundError, OfferNoLongerOpenError] },
    args: { input: t.arg({ type: DeclineChatInput, required: true, description: 'The offer to decline.' }) },
    resolve: (_root, { input }, context) => declineChat(context, offerIdOf(input.offerId)),
  }),
)

const SendMessageInput = builder.inputType('SendMessageInput', {
  description: 'A message to send.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: CONVERSATION }),
    text: t.string({ required: true, description: TEXT }),
    clientKey: t.string({ required: true, description: CLIENT_KEY }),
  }),
})

builder.mutationField('sendMessage', (t) =>
  t.field({
    type: MessageRef,
    description: `Sends a message, and marks the messages before it as read by the sender. The visitor can write from the request on, the agent from the acceptance on, until the conversation is over. ${BUDGETED} ${PARTICIPANTS}`,
    errors: { types: [NotFoundError, ConflictError, QuotaExceededError] },
    args: { input: t.arg({ type: SendMessageInput, required: true, description: 'The message to send.' }) },
    resolve: (_root, { input }, context) =>
      sendMessage(context, { ...input, conversationId: conversationIdOf(input.conversationId) }),
  }),
)

const MarkReadInput = builder.inputType('MarkReadInput', {
  description: 'How far the viewer has read.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: CONVERSATION }),
    messageId: t.id({ required: true, description: 'The last message that the viewer has read.' }),
  }),
})

builder.mutationField('markRead', (t) =>
  t.field({
    type: ConversationRef,
    description: `Marks the messages up to one of them as read, and notifies the other side. A mark never moves back. ${BUDGETED} ${PARTICIPANTS}`,
    errors: { types: [NotFoundError, QuotaExceededError] },
    args: {
      input: t.arg({ type: MarkReadInput, required: true, description: 'How far the viewer has read.' }),
    },
    resolve: (_root, { input }, context) =>
      markRead(context, {
        conversationId: conversationIdOf(input.conversationId),
        messageId: fromGlobalId('Message', { id: input.messageId, field: 'input.messageId' }),
      }),
  }),
)

const ShareCalendarInput = builder.inputType('ShareCalendarInput', {
  description: 'A calendar from which the visitor can book a meeting.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: CONVERSATION }),
    agentId: t.id({ description: 'The agent whose calendar to share. Defaults to the viewer.' }),
    text: t.string({ description: `The text of the message. Defaults to an English sentence. ${TEXT}` }),
    clientKey: t.string({ required: true, description: CLIENT_KEY }),
  }),
})

builder.mutationField('shareCalendar', (t) =>
  t.field({
    type: MessageRef,
    description: `Sends a message with \`sharedCalendar\`, from which the visitor can book a meeting with the viewer or another agent. ${ACTIVE_AGENT}`,
    errors: { types: [NotFoundError, ConflictError, QuotaExceededError] },
    args: {
      input: t.arg({ type: ShareCalendarInput, required: true, description: 'The calendar to share.' }),
    },
    resolve: (_root, { input }, context) =>
      shareCalendar(context, {
        ...input,
        conversationId: conversationIdOf(input.conversationId),
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
      }),
  }),
)

const ChatReceiver = builder.inputType('ChatReceiver', {
  description: 'Whom to offer a conversation to. Give exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    agentId: t.id({ description: 'This agent.' }),
    teamId: t.id({ description: 'The next eligible agent of this team in turn.' }),
  }),
})

const TransferChatInput = builder.inputType('TransferChatInput', {
  description: 'A conversation to transfer.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: CONVERSATION }),
    receiver: t.field({ type: ChatReceiver, required: true, description: 'Whom to offer it to.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('transferChat', (t) =>
  t.field({
    type: ConversationRef,
    description: `Transfers a conversation: offers it to another agent. It stays with its agent until the other one accepts; if none does, nothing changes. Neither its agent nor the viewer gets the offer. Available only to its agent and to staff with MANAGE_ALL_CONVERSATIONS, while it is \`ACTIVE\`.`,
    errors: { types: [NotFoundError, ConflictError, NoAgentAvailableError] },
    args: {
      input: t.arg({
        type: TransferChatInput,
        required: true,
        description: 'The conversation, and whom to offer it to.',
      }),
    },
    resolve: (_root, { input }, context) =>
      transferChat(context, {
        idempotencyKey: input.idempotencyKey ?? null,
        conversationId: conversationIdOf(input.conversationId),
        receiver: toTarget(input.receiver, 'input.receiver'),
      }),
  }),
)

const ScoreConversationInput = builder.inputType('ScoreConversationInput', {
  description: 'A score for a conversation.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: CONVERSATION }),
    score: t.int({
      description: `How well the conversation goes, ${between(SCORE_BOUNDS)}. If omitted or null, the score is removed.`,
    }),
  }),
})

builder.mutationField('scoreConversation', (t) =>
  t.field({
    type: ConversationRef,
    description: `Scores a conversation. The score is final once the conversation is over. ${ACTIVE_AGENT}`,
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
  description: 'A conversation to end.',
  fields: (t) => ({ conversationId: t.id({ required: true, description: CONVERSATION }) }),
})

builder.mutationField('endChat', (t) =>
  t.field({
    type: ConversationRef,
    description:
      'Ends a conversation, or withdraws a request that no agent has accepted. A conversation that is over stays as it is. Available only to its visitor, its agent, and staff with MANAGE_ALL_CONVERSATIONS.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: EndChatInput, required: true, description: 'The conversation to end.' }) },
    resolve: (_root, { input }, context) => endChat(context, conversationIdOf(input.conversationId)),
  }),
)

const SignalTypingInput = builder.inputType('SignalTypingInput', {
  description: 'The conversation in which the viewer is typing.',
  fields: (t) => ({ conversationId: t.id({ required: true, description: CONVERSATION }) }),
})

builder.mutationField('signalTyping', (t) =>
  t.field({
    type: ConversationRef,
    description: `Notifies the present subscribers of \`conversationEvents\`, and the consoles of the agent of the conversation (\`agentEvents\`), that the viewer is typing (\`Typing\`), and postpones the idle time-out. Call it at most every few seconds, and ignore a \`QuotaExceededError\`: the next call comes soon. ${BUDGETED} Available only to the visitor and the agent of an \`ACTIVE\` conversation.`,
    errors: { types: [NotFoundError, ConflictError, QuotaExceededError] },
    args: { input: t.arg({ type: SignalTypingInput, required: true, description: 'The conversation.' }) },
    resolve: (_root, { input }, context) => signalTyping(context, conversationIdOf(input.conversationId)),
  }),
)
