// Whether the two sides of a conversation are there.

import { VISITOR_GONE_MS } from '../services/chat/abandoned-chats.ts'
import { AGENT_ABSENT_MS, readChatPresence } from '../services/chat/presence/chat-presence.ts'
import { formatDuration } from '../services/wording.ts'
import { batched } from './batch.ts'
import { builder } from './builder.ts'
import { ConversationRef } from './conversation.ts'

builder.prismaObjectFields(ConversationRef, (t) => ({
  agentPresent: t.boolean({
    description: `Whether the agent of the conversation is there, for example to tell the visitor that answers may take longer: false while the conversation is \`ACTIVE\` and the agent has had no console open for ${formatDuration(AGENT_ABSENT_MS)}, or was removed. False too before an agent has accepted, and once the conversation is over. \`ConversationChanged\` reports each change while it is \`ACTIVE\`.`,
    select: { id: true },
    resolve: async ({ id }, _arguments, context) => (await loadPresence(context, id)).agentPresent,
  }),
  visitorPresent: t.boolean({
    description: `Whether the visitor of the conversation is there: false once its last subscription to \`conversationEvents\` has been gone for ${formatDuration(VISITOR_GONE_MS)}. A visitor whose client never subscribed counts as there. False once the conversation is over. \`ConversationChanged\` reports each change while it is \`ACTIVE\`, to the visitor and the agent.`,
    select: { id: true },
    resolve: async ({ id }, _arguments, context) => (await loadPresence(context, id)).visitorPresent,
  }),
}))

/** Reads the presence in a conversation, together with the others that an operation selects at the same time. */
const loadPresence = batched(({ database, clock }, ids) =>
  readChatPresence(database, { ids, now: clock.now() }),
)
