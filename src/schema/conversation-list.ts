// The lists of conversations: all, and those of a person.
import {
  type ConversationOrder,
  filterConversations,
  orderConversations,
} from '../services/chat/conversation/conversation-filter.ts'
import { visibleConversations } from '../services/chat/conversation/visible-conversations.ts'
import { MAX_SEARCH_LENGTH } from '../services/search.ts'
import { formatCount } from '../services/wording.ts'
import { builder } from './builder.ts'
import { ConversationStateRef } from './chat-enums.ts'
import { COUNTED, countedByOwner } from './connection.ts'
import type { SchemaContext } from './context.ts'
import { ConversationRef } from './conversation.ts'
import { fromGlobalIds, MAX_IDS } from './global-id.ts'
import { fromCursor, listedBy } from './page-arguments.ts'
import { PersonRef } from './person.ts'
import { ALL_CONDITIONS, atMost, NULL_IF_REFUSED } from './texts.ts'

const ConversationFilter = builder.inputType('ConversationFilter', {
  description: `A filter for conversations. ${ALL_CONDITIONS}`,
  fields: (t) => ({
    state: t.field({
      type: [ConversationStateRef],
      description:
        'Only conversations in one of these states. If omitted, staff gets no `AUTOMATED` ones: they have no need of an agent.',
    }),
    agentIds: t.idList({
      description: `Only conversations of these agents, at most ${formatCount(MAX_IDS)}.`,
    }),
    mine: t.boolean({
      description: "If true, only conversations whose agent is the viewer. Requires an agent's token.",
    }),
    unread: t.boolean({
      description:
        'True: only conversations with messages that count as `unread`. False: only those without. An agent finds what is behind `viewerUnread` with `{ mine: true, unread: true }`.',
    }),
    from: t.field({
      type: 'DateTime',
      description:
        'Only conversations whose last message was sent at this instant or later; with `orderBy: REQUESTED_AT_DESC`, only those requested then or later.',
    }),
    to: t.field({
      type: 'DateTime',
      description:
        'Only conversations whose last message was sent before this instant; with `orderBy: REQUESTED_AT_DESC`, only those requested before it.',
    }),
    search: t.string({
      description: `Only conversations with this text in the person's name or e-mail address, in the agent's name or in a message. ${atMost(MAX_SEARCH_LENGTH)}`,
    }),
  }),
})

const ConversationOrderRef = builder.enumType('ConversationOrder', {
  description: 'The order of a list of conversations.',
  values: {
    LAST_MESSAGE_DESC: {
      description:
        'The latest message first; a conversation without messages stands at the instant of its request.',
    },
    REQUESTED_AT_DESC: { description: 'The latest request first.' },
  },
})

const ConversationConnectionRef = builder.connectionObject(
  { type: ConversationRef, name: 'ConversationConnection', description: 'A page of conversations.' },
  { name: 'ConversationEdge', description: 'A conversation with its cursor.' },
)

const DEFAULT_ORDER = 'LAST_MESSAGE_DESC'

builder.queryField('conversations', (t) =>
  t.prismaConnection(
    {
      type: ConversationRef,
      cursor: 'id',
      nullable: true,
      description: `The conversations that are visible to the viewer. An agent's inbox is \`{ mine: true, state: [ACTIVE] }\`. Requires VIEW_ALL_CONVERSATIONS, VIEW_MY_CONVERSATIONS or a visitor's token. ${NULL_IF_REFUSED}`,
      args: {
        filter: t.arg({
          type: ConversationFilter,
          description: 'Which conversations to return. Defaults to all.',
        }),
        orderBy: t.arg({
          type: ConversationOrderRef,
          defaultValue: DEFAULT_ORDER,
          description: 'The order. Defaults to the latest message first.',
        }),
      },
      extensions: listedBy(({ orderBy }: List) => orderConversations(orderBy ?? DEFAULT_ORDER)),
      resolve: async (query, _root, { filter, orderBy, ...page }, context) =>
        context.database.conversation.findMany({
          ...query,
          where: { AND: [await toWhere(context, { filter, orderBy }), fromCursor(page)] },
          orderBy: orderConversations(orderBy ?? DEFAULT_ORDER),
        }),
      totalCount: async (_root, { filter, orderBy }, context) =>
        context.database.conversation.count({
          ...COUNTED,
          where: await toWhere(context, { filter, orderBy }),
          orderBy: orderConversations(orderBy ?? DEFAULT_ORDER),
        }),
    },
    ConversationConnectionRef,
  ),
)

interface List {
  filter?: typeof ConversationFilter.$inferInput | null | undefined
  orderBy?: ConversationOrder | null | undefined
}

function toWhere(context: SchemaContext, { filter, orderBy }: List) {
  const agentIds = filter?.agentIds?.map(String)
  return filterConversations(context, {
    filter: {
      ...filter,
      agentIds: agentIds ? fromGlobalIds('Agent', { ids: agentIds, field: 'filter.agentIds' }) : null,
    },
    order: orderBy ?? DEFAULT_ORDER,
  })
}

const countOfPerson = countedByOwner({
  where: (_arguments, { viewer }) => visibleConversations(viewer),
  count: async ({ database }, { ids, where }) => {
    const list = { AND: [{ personId: { in: ids } }, where] }
    const rows = await database.conversation.groupBy({ by: 'personId', where: list, _count: true })
    return rows.map(({ personId, _count }) => ({ owner: personId, count: _count }))
  },
})

builder.prismaObjectField(PersonRef, 'conversations', (t) =>
  t.relatedConnection(
    'conversations',
    {
      cursor: 'id',
      description: "The person's conversations that are visible to the viewer, latest message first.",
      totalCount: true,
      extensions: listedBy(() => orderConversations(DEFAULT_ORDER), countOfPerson),
      query: (page, { viewer }) => ({
        where: { AND: [visibleConversations(viewer), fromCursor(page)] },
        orderBy: orderConversations(DEFAULT_ORDER),
      }),
    },
    ConversationConnectionRef,
  ),
)
