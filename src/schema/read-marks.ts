// How far each side of a conversation has read, and what is left to read.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { findMessages, type MessagePlace, placeKey } from '../services/chat/conversation/find-messages.ts'
import { readViewerUnread } from '../services/chat/conversation/unread.ts'
import { batched } from './batch.ts'
import { builder } from './builder.ts'
import type { SchemaContext } from './context.ts'
import { ConversationRef } from './conversation.ts'
import { PERSONAL } from './personal.ts'
import { ANY_TOKEN } from './texts.ts'

const SEEN =
  'Show "seen" at it and at the messages before it. `ConversationChanged` reports each change to both sides, and `MessageSent` too: a sender has read what came before.'

builder.prismaObjectFields(ConversationRef, (t) => ({
  lastReadByVisitor: t.id({
    nullable: true,
    description: `The global id of the last message that the visitor has read; null if there is none. ${SEEN}`,
    select: { readByVisitor: true },
    resolve: ({ id, readByVisitor: seq }, _arguments, context) =>
      messageIdAt(context, { conversationId: id, seq }),
  }),
  lastReadByAgent: t.id({
    nullable: true,
    description: `The global id of the last message that the agent of the conversation has read; null if there is none. ${SEEN}`,
    select: { readByAgent: true },
    resolve: ({ id, readByAgent: seq }, _arguments, context) =>
      messageIdAt(context, { conversationId: id, seq }),
  }),
  unread: t.int({
    description:
      'For a visitor, how many messages the visitor has not read; for staff, how many the agent of the conversation has not read. See `markRead`.',
    select: { messageCount: true, readByVisitor: true, readByAgent: true },
    resolve: ({ messageCount, readByVisitor, readByAgent }, _arguments, { viewer }) =>
      messageCount - (viewer.kind === 'VISITOR' ? readByVisitor : readByAgent),
  }),
  unreadTotal: t.int({
    nullable: true,
    description:
      'The same as `viewerUnread`, so that an event brings the new total along. It is read a moment after `unread`, so that it may count messages that have come since; their events follow. Null unless the viewer is the visitor or the agent of the conversation.',
    extensions: PERSONAL,
    select: { agentId: true },
    resolve: ({ agentId }, _arguments, context) =>
      context.viewer.kind === 'VISITOR' || isAgent(context, agentId) ? loadViewerUnread(context) : null,
  }),
}))

builder.queryField('viewerUnread', (t) =>
  t.int({
    description: `How many messages the viewer has not read, for example for the title of the page: for an agent, the sum of \`unread\` over all conversations whose agent the viewer is; for a visitor, over all that are visible to the visitor. Conversations that are over count too, until \`markRead\`. \`ConversationChanged\` and \`MessageSent\` have the new total. 0 for a viewer who takes part in none. ${ANY_TOKEN}`,
    resolve: (_root, _arguments, context) => loadViewerUnread(context),
  }),
)

const isAgent = ({ viewer }: SchemaContext, agentId: string | null) =>
  viewer.kind === 'AGENT' && viewer.agentId === agentId

const loadMessageId = batched(({ database }, keys) => findMessages(database, keys))

/** @returns the global id of the message with this number; null for number 0 */
async function messageIdAt(context: SchemaContext, place: MessagePlace): Promise<string | null> {
  return place.seq === 0 ? null : encodeGlobalID('Message', await loadMessageId(context, placeKey(place)))
}

const VIEWER = 'viewer'
const loadTotal = batched(async (context) => new Map([[VIEWER, await readViewerUnread(context)]]))

/** Reads the total once for all fields that an operation selects at the same time. */
export const loadViewerUnread = (context: SchemaContext): Promise<number> => loadTotal(context, VIEWER)
