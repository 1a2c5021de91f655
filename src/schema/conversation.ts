// Conversations as they are read: the node, the list, a person's, and what is said in them.
import type { Conversation } from '../database/generated/client/client.ts'
import { CONVERSATION_ORDER, filterConversations } from '../services/chat/conversation/conversation-filter.ts'
import { writeTranscript } from '../services/chat/conversation/transcript.ts'
import { visibleConversations } from '../services/chat/conversation/visible-conversations.ts'
import { conversationStream } from '../services/events/append-events.ts'
import { signEventCursor } from '../services/events/event-cursor.ts'
import { callerOf, requireSignedIn } from '../services/identity/viewer.ts'
import { personName } from '../services/people/person-name.ts'
import { toDecision } from '../services/routing/decision.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { AuthorRef, ConversationStateRef } from './chat-enums.ts'
import type { SchemaContext } from './context.ts'
import { fromGlobalIds } from './global-id.ts'
import { PersonRef } from './person.ts'
import { DecisionRef } from './routing-decision.ts'
import { FallbackRef } from './shared.ts'

export const MessageRef = builder.prismaNode('Message', {
  id: { field: 'id', description: 'Global id.' },
  description: 'Something that was said in a conversation. Never changed.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    author: t.expose('author', { type: AuthorRef, description: 'Who said it.' }),
    agent: t.relation('agent', { nullable: true, description: 'The agent who said it; null for others.' }),
    text: t.exposeString('text', {
      description:
        'At most 4000 characters, plain text of several lines. Links are for the client to recognise.',
    }),
    sentAt: t.expose('sentAt', { type: 'DateTime', description: 'When it was sent.' }),
    sharedCalendar: t.relation('sharedAgent', {
      nullable: true,
      description:
        'The agent whose calendar was shared: the visitor can book a meeting with `slots` and `bookMeeting` for this agent. Null for an ordinary message.',
    }),
  }),
})

export const ConversationRef = builder.prismaNode('Conversation', {
  id: { field: 'id', description: 'Global id.' },
  description:
    'A live chat of a visitor with an agent, from the request on. Seen by its visitor, by its agent and whoever it is offered to (VIEW_MY_CONVERSATIONS), and by staff with VIEW_ALL_CONVERSATIONS.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    state: t.expose('state', { type: ConversationStateRef, description: 'Where it stands.' }),
    person: t.relation('person', { description: 'Who the visitor is, as far as is known.' }),
    agent: t.relation('agent', {
      nullable: true,
      description: 'Who has it, or had it last; null when nobody has taken it.',
    }),
    pageUrl: t.expose('pageUrl', {
      type: 'URL',
      nullable: true,
      description: 'The page of the website on which it was asked for.',
    }),
    requestedAt: t.expose('requestedAt', { type: 'DateTime', description: 'When it was asked for.' }),
    acceptedAt: t.expose('acceptedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the first agent took it; null: nobody has.',
    }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was over; null while it is not.',
    }),
    decisions: t.field({
      type: [DecisionRef],
      description: 'Why it was offered to whom, one record for each offer or try, oldest first. Staff only.',
      authScopes: { staff: true },
      select: { decisions: { orderBy: [{ decidedAt: 'asc' }, { id: 'asc' }] } },
      resolve: ({ decisions }) => decisions.map(toDecision),
    }),
    decision: t.field({
      type: DecisionRef,
      nullable: true,
      description: 'The last of `decisions`. Staff only.',
      authScopes: { staff: true },
      select: { decisions: { orderBy: [{ decidedAt: 'asc' }, { id: 'asc' }] } },
      resolve: ({ decisions }) => toOptionalDecision(decisions.at(-1)),
    }),
    messages: t.relatedConnection('messages', {
      cursor: 'id',
      description:
        'What was said, oldest first. For the latest, take `last`. Empty for an agent who may not see the conversation any more.',
      query: (_arguments, { viewer }) => ({
        where: { conversation: visibleConversations(viewer) },
        orderBy: { seq: 'asc' },
      }),
    }),
    unread: t.int({
      description:
        "How many messages of the other side the viewer's side has not read (see `markRead`). For staff: what the agent has not read.",
      select: { messageCount: true, readByVisitor: true, readByAgent: true },
      resolve: ({ messageCount, readByVisitor, readByAgent }, _arguments, { viewer }) =>
        messageCount - (viewer.kind === 'VISITOR' ? readByVisitor : readByAgent),
    }),
    score: t.exposeInt('score', {
      nullable: true,
      description: 'How well it went, 0 to 3, as its agent has noted; null: not noted. Staff only.',
      authScopes: { staff: true },
    }),
    fallback: t.field({
      type: FallbackRef,
      nullable: true,
      description: 'What to show the visitor of a chat that was MISSED; null for others.',
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
        'For a chat that was MISSED where the fallback offers a meeting: the agent who was asked first, to offer slots of. Null when nobody was asked, or the agent was removed.',
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
      description:
        'All that was said, as plain text to download, one paragraph for each message; null until it is over. Costs as much as a hundred messages.',
      complexity: 100,
      select: (_arguments, { viewer }) => ({
        endedAt: true,
        person: true,
        messages: {
          where: { conversation: visibleConversations(viewer) },
          orderBy: { seq: 'asc' },
          include: { agent: { select: { name: true } } },
        },
      }),
      resolve: ({ endedAt, person, messages }) => {
        if (endedAt === null) return null
        const lines = messages.map(({ agent, ...message }) => ({
          ...message,
          agentName: agent?.name ?? null,
        }))
        return writeTranscript({ lines, visitorName: personName(person) })
      },
    }),
    streamHead: t.field({
      type: 'EventCursor',
      description:
        'Where the stream of `conversationEvents` stood when this conversation was read: to subscribe from once it is shown. Messages that are in this answer already may be told once more.',
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

const ConversationFilter = builder.inputType('ConversationFilter', {
  description: 'Which conversations to list: those for which everything given is true.',
  fields: (t) => ({
    state: t.field({ type: [ConversationStateRef], description: 'In one of these states.' }),
    agentIds: t.idList({ description: 'That one of these agents has, or had last. At most 1000.' }),
    mine: t.boolean({ description: 'True: that the viewer has, or had last. For staff.' }),
    from: t.field({ type: 'DateTime', description: 'Asked for at this instant or later.' }),
    to: t.field({ type: 'DateTime', description: 'Asked for before this instant.' }),
    search: t.string({
      description:
        "Text in the person's name or e-mail, the agent's name, or what was said. At most 100 characters.",
    }),
  }),
})

builder.queryField('conversations', (t) =>
  t.prismaConnection({
    type: ConversationRef,
    cursor: 'id',
    description:
      "Conversations, the latest request first. An agent's inbox is `{ mine: true, state: [ACTIVE] }`. All of the workspace with VIEW_ALL_CONVERSATIONS, those nobody has taken included; the own ones with VIEW_MY_CONVERSATIONS or as a visitor.",
    args: { filter: t.arg({ type: ConversationFilter, description: 'Which of them; left out: all.' }) },
    resolve: (query, _root, { filter }, context) => {
      const agentIds = filter?.agentIds?.map(String)
      const where = filterConversations(context, {
        ...filter,
        agentIds: agentIds ? fromGlobalIds('Agent', { ids: agentIds, field: 'agentIds' }) : null,
      })
      return context.database.conversation.findMany({ ...query, where, orderBy: CONVERSATION_ORDER })
    },
  }),
)

builder.prismaObjectField(PersonRef, 'conversations', (t) =>
  t.relatedConnection('conversations', {
    cursor: 'id',
    description: "The person's conversations that the viewer may see, the latest request first.",
    query: (_arguments, { viewer }) => ({
      where: visibleConversations(viewer),
      orderBy: CONVERSATION_ORDER,
    }),
  }),
)
