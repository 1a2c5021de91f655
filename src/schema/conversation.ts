// Conversations and their messages.

import type { Conversation } from '../database/generated/client/client.ts'
import { SCORE_BOUNDS } from '../services/chat/conversation/score-conversation.ts'
import { writeTranscript } from '../services/chat/conversation/transcript.ts'
import { visibleConversations } from '../services/chat/conversation/visible-conversations.ts'
import { MAX_MESSAGE_LENGTH } from '../services/chat/conversation/write-message.ts'
import { conversationStream } from '../services/events/append-events.ts'
import { signEventCursor } from '../services/events/event-cursor.ts'
import { callerOf, requireSignedIn } from '../services/identity/viewer.ts'
import { personName } from '../services/people/person-name.ts'
import { toDecision } from '../services/routing/decision.ts'
import { formatCount } from '../services/wording.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { AuthorRef, ConversationStateRef } from './chat-enums.ts'
import { countedByOwner } from './connection.ts'
import type { SchemaContext } from './context.ts'
import { fromCursor, listedBy } from './page-arguments.ts'
import type { Order } from './page-cursor.ts'
import { PersonRef } from './person.ts'
import { PERSONAL } from './personal.ts'
import { DecisionRef } from './routing-decision.ts'
import { seenPerson, withProvenance } from './seen-person.ts'
import { FallbackRef } from './shared.ts'
import { between, GLOBAL_ID, STAFF_ONLY } from './texts.ts'

/** A fixed cost, because the number of messages is not known when the cost is computed. */
export const TRANSCRIPT_COST = 100

export const MessageRef = builder.prismaNode('Message', {
  id: { field: 'id', description: GLOBAL_ID },
  description: 'A message in a conversation. A message never changes.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    conversation: t.relation('conversation', { description: 'The conversation that the message is in.' }),
    author: t.expose('author', { type: AuthorRef, description: 'Who wrote the message.' }),
    agent: t.relation('agent', {
      nullable: true,
      description: 'The agent who wrote the message; null for other authors.',
    }),
    text: t.exposeString('text', {
      description: `Plain text of one or more lines, at most ${formatCount(MAX_MESSAGE_LENGTH)} characters. Links in it are not marked.`,
    }),
    sentAt: t.expose('sentAt', {
      type: 'DateTime',
      description: 'The instant at which the message was sent.',
    }),
    clientKey: t.string({
      nullable: true,
      description:
        'The key that the viewer gave the message in `sendMessage` or `shareCalendar`, by which a client finds the message that it shows already; null for messages of others, and for the text of a request. The other consoles of the agent get it too.',
      extensions: PERSONAL,
      select: { sender: true, clientKey: true },
      resolve: ({ sender, clientKey }, _arguments, { viewer }) =>
        viewer.kind !== 'ANONYMOUS' && sender === callerOf(viewer) ? clientKey : null,
    }),
    sharedCalendar: t.relation('sharedAgent', {
      nullable: true,
      description:
        'The agent whose calendar the message shares: the visitor can book a meeting with this agent through `slots` and `bookMeeting`. Null for other messages.',
    }),
  }),
})

const MessageConnectionRef = builder.connectionObject(
  { type: MessageRef, name: 'MessageConnection', description: 'A page of messages.' },
  { name: 'MessageEdge', description: 'A message with its cursor.' },
)

const AS_SENT = [{ seq: 'asc' }] satisfies Order

const countMessages = countedByOwner({
  where: (_arguments, { viewer }) => ({ conversation: visibleConversations(viewer) }),
  count: async ({ database }, { ids, where }) => {
    const list = { AND: [{ conversationId: { in: ids } }, where] }
    const rows = await database.message.groupBy({ by: 'conversationId', where: list, _count: true })
    return rows.map(({ conversationId, _count }) => ({ owner: conversationId, count: _count }))
  },
})

export const ConversationRef = builder.prismaNode('Conversation', {
  id: { field: 'id', description: GLOBAL_ID },
  description:
    'A live chat of a visitor with an agent, from the request on. Visible to its visitor and to verified visitors who are the same person; with VIEW_MY_CONVERSATIONS, to its agent and to agents with a pending offer for it; with VIEW_ALL_CONVERSATIONS, to all staff.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    state: t.expose('state', { type: ConversationStateRef, description: 'The state of the conversation.' }),
    person: t.field({
      type: PersonRef,
      description: 'The person of the visitor, who may be anonymous.',
      select: (_arguments, _context, nestedSelection) => ({ claimed: true, person: nestedSelection(true) }),
      resolve: ({ person, claimed }) => withProvenance(person, { claimed }),
    }),
    agent: t.relation('agent', {
      nullable: true,
      description: 'The agent who last accepted the conversation or took it over; null if no agent has.',
    }),
    pageUrl: t.expose('pageUrl', {
      type: 'URL',
      nullable: true,
      description: 'The address of the web page on which the conversation was requested; null if unknown.',
    }),
    requestedAt: t.expose('requestedAt', {
      type: 'DateTime',
      description: 'The instant of the request.',
    }),
    acceptedAt: t.expose('acceptedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The instant at which an agent first accepted the conversation; null if no agent has.',
    }),
    lastMessageAt: t.expose('lastMessageAt', {
      type: 'DateTime',
      description:
        'The instant at which the last message was sent; of a conversation without messages, `requestedAt`.',
    }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The instant at which the conversation ended; null until then.',
    }),
    clearedAt: t.expose('clearedAt', {
      type: 'DateTime',
      nullable: true,
      description: `The instant at which what was written in the conversation was removed, because its person was erased: the messages are still there, without texts. Null as long as it is there. ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    endedBy: t.relation('endedBy', {
      nullable: true,
      description: `The agent who ended the conversation: its own, or a supervisor. Null if the visitor or Switchboard ended it, or if it is not over. ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    decisions: t.field({
      type: [DecisionRef],
      description: `The routing decisions, one for each attempt to offer the conversation, oldest first. ${STAFF_ONLY}`,
      authScopes: { staff: true },
      select: { decisions: { orderBy: [{ decidedAt: 'asc' }, { id: 'asc' }] } },
      resolve: ({ decisions }) => decisions.map(toDecision),
    }),
    decision: t.field({
      type: DecisionRef,
      nullable: true,
      description: `The last of \`decisions\`; null if there is none. ${STAFF_ONLY}`,
      authScopes: { staff: true },
      select: { decisions: { orderBy: [{ decidedAt: 'asc' }, { id: 'asc' }] } },
      resolve: ({ decisions }) => toOptionalDecision(decisions.at(-1)),
    }),
    messages: t.relatedConnection(
      'messages',
      {
        cursor: 'id',
        description:
          'The messages, oldest first; read the latest with `last`. Empty for an agent who can no longer see the conversation.',
        totalCount: true,
        extensions: listedBy(() => AS_SENT, countMessages),
        query: (page, { viewer }) => ({
          where: { AND: [{ conversation: visibleConversations(viewer) }, fromCursor(page)] },
          orderBy: AS_SENT,
        }),
      },
      MessageConnectionRef,
    ),
    score: t.exposeInt('score', {
      nullable: true,
      description: `How well the conversation went, ${between(SCORE_BOUNDS)}, as scored by its agent; null if it has no score. ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    fallback: t.field({
      type: FallbackRef,
      nullable: true,
      description: 'What to show the visitor if the conversation is `MISSED`; null in all other states.',
      select: {
        state: true,
        workspace: { select: { chatFallbackMessage: true, chatFallbackOfferMeeting: true } },
      },
      resolve: ({ state, workspace }) =>
        state === 'MISSED'
          ? { message: workspace.chatFallbackMessage, offerMeeting: workspace.chatFallbackOfferMeeting }
          : null,
    }),
    fallbackAgent: t.field({
      type: AgentRef,
      nullable: true,
      description:
        'The agent whose slots to offer the visitor if the conversation is `MISSED` and the fallback offers a meeting: the first agent to whom the conversation was offered. Null if there was no offer, or if that agent was removed.',
      select: (_arguments, _context, nestedSelection) => ({
        state: true,
        workspace: { select: { chatFallbackOfferMeeting: true } },
        offers: { orderBy: { attempt: 'asc' }, take: 1, select: { agent: nestedSelection(true) } },
      }),
      resolve: ({ state, workspace, offers: [first] }) =>
        state === 'MISSED' && workspace.chatFallbackOfferMeeting && first?.agent.removedAt === null
          ? first.agent
          : null,
    }),
    transcript: t.string({
      nullable: true,
      description: `All messages as plain text for download, one paragraph for each; null until the conversation is over. It costs as much as ${TRANSCRIPT_COST} fields.`,
      complexity: TRANSCRIPT_COST,
      select: (_arguments, { viewer }) => ({
        endedAt: true,
        claimed: true,
        person: true,
        messages: {
          where: { conversation: visibleConversations(viewer) },
          orderBy: { seq: 'asc' },
          include: { agent: { select: { name: true } } },
        },
      }),
      resolve: async ({ endedAt, person, claimed, messages }, _arguments, context) => {
        if (endedAt === null) return null
        const lines = messages.map(({ agent, ...message }) => ({
          ...message,
          agentName: agent?.name ?? null,
        }))
        const seen = await seenPerson(context, withProvenance(person, { claimed }))
        return writeTranscript({ lines, visitorName: personName(seen) })
      },
    }),
    streamHead: t.field({
      type: 'EventCursor',
      description:
        'The position of the stream of `conversationEvents` when this conversation was read. Pass it as `after` to subscribe without a gap. Messages that are already in the response may be delivered again.',
      extensions: PERSONAL,
      select: { eventCount: true },
      resolve: ({ id, eventCount }, _arguments, context) => headOf({ id, eventCount }, context),
    }),
  }),
})

function toOptionalDecision(row: Parameters<typeof toDecision>[0] | undefined) {
  return row === undefined ? null : toDecision(row)
}

function headOf(
  { id, eventCount: seq }: Pick<Conversation, 'id' | 'eventCount'>,
  { signer, viewer }: SchemaContext,
): string {
  const caller = callerOf(requireSignedIn(viewer))
  return signEventCursor(signer, { streamId: conversationStream(id), caller, seq })
}
