// Whether an agent is there for live chats.
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'

const LiveChatStatusRef = builder
  .objectRef<{ agentId: string; signedIn: boolean }>('LiveChatStatus')
  .implement({
    description: 'Whether an agent is there for live chats.',
    fields: (t) => ({
      agent: t.prismaField({
        type: AgentRef,
        description: 'Whose.',
        resolve: (query, { agentId }, _arguments, { database }) =>
          database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
      }),
      signedIn: t.exposeBoolean('signedIn', {
        description:
          'Whether a console of the agent is connected: somewhere a subscription to `agentEvents` is open, and its client was heard of within the last 15 seconds.',
      }),
    }),
  })

builder.prismaObjectField(AgentRef, 'liveChatStatus', (t) =>
  t.field({
    type: LiveChatStatusRef,
    description: 'Whether the agent is there for live chats. Staff only.',
    authScopes: { staff: true },
    select: (_arguments, { clock }) => ({
      id: true,
      consoles: { where: { expiresAt: { gt: clock.now() } }, take: 1 },
    }),
    resolve: ({ id, consoles }) => ({ agentId: id, signedIn: consoles.length > 0 }),
  }),
)
