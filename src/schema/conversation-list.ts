// The lists of conversations: all, and those of a person.
import { CONVERSATION_ORDER, filterConversations } from '../services/chat/conversation/conversation-filter.ts'
import { visibleConversations } from '../services/chat/conversation/visible-conversations.ts'
import { MAX_SEARCH_LENGTH } from '../services/search.ts'
import { formatCount } from '../services/wording.ts'
import { builder } from './builder.ts'
import { ConversationStateRef } from './chat-enums.ts'
import { COUNTED } from './connection.ts'
import type { SchemaContext } from './context.ts'
import { ConversationRef } from './conversation.ts'
import { fromGlobalIds, MAX_IDS } from './global-id.ts'
import { PersonRef } from './person.ts'
import { ALL_CONDITIONS, atMost, NULL_IF_REFUSED } from './texts.ts'

const ConversationFilter = builder.inputType('ConversationFilter', {
  description: `A filter for conversations. ${ALL_CONDITIONS}`,
  fields: (t) => ({
    state: t.field({
      type: [ConversationStateRef],
      description: 'Only conversations in one of these states.',
    }),
    agentIds: t.idList({
      description: `Only conversations of these agents, at most ${formatCount(MAX_IDS)}.`,
    }),
    mine: t.boolean({
      description: "If true, only conversations whose agent is the viewer. Requires an agent's token.",
    }),
    from: t.field({
      type: 'DateTime',
      description: 'Only conversations requested at this instant or later.',
    }),
    to: t.field({ type: 'DateTime', description: 'Only conversations requested before this instant.' }),
    search: t.string({
      description: `Only conversations with this text in the person's name or e-mail address, in the agent's name or in a message. ${atMost(MAX_SEARCH_LENGTH)}`,
    }),
  }),
})

const ConversationConnectionRef = builder.connectionObject(
  { type: ConversationRef, name: 'ConversationConnection', description: 'A page of conversations.' },
  { name: 'ConversationEdge', description: 'A conversation with its cursor.' },
)

builder.queryField('conversations', (t) =>
  t.prismaConnection(
    {
      type: ConversationRef,
      cursor: 'id',
      nullable: true,
      description: `The conversations that are visible to the viewer, latest request first. An agent's inbox is \`{ mine: true, state: [ACTIVE] }\`. Requires VIEW_ALL_CONVERSATIONS, VIEW_MY_CONVERSATIONS or a visitor's token. ${NULL_IF_REFUSED}`,
      args: {
        filter: t.arg({
          type: ConversationFilter,
          description: 'Which conversations to return. Defaults to all.',
        }),
      },
      resolve: (query, _root, { filter }, context) =>
        context.database.conversation.findMany({
          ...query,
          where: toWhere(context, filter),
          orderBy: CONVERSATION_ORDER,
        }),
      totalCount: (_root, { filter }, context) =>
        context.database.conversation.count({
          ...COUNTED,
          where: toWhere(context, filter),
          orderBy: CONVERSATION_ORDER,
        }),
    },
    ConversationConnectionRef,
  ),
)

function toWhere(context: SchemaContext, filter: typeof ConversationFilter.$inferInput | null | undefined) {
  const agentIds = filter?.agentIds?.map(String)
  return filterConversations(context, {
    ...filter,
    agentIds: agentIds ? fromGlobalIds('Agent', { ids: agentIds, field: 'filter.agentIds' }) : null,
  })
}

builder.prismaObjectField(PersonRef, 'conversations', (t) =>
  t.relatedConnection(
    'conversations',
    {
      cursor: 'id',
      description: "The person's conversations that are visible to the viewer, latest request first.",
      query: (_arguments, { viewer }) => ({
        where: visibleConversations(viewer),
        orderBy: CONVERSATION_ORDER,
      }),
      totalCount: true,
    },
    ConversationConnectionRef,
  ),
)
