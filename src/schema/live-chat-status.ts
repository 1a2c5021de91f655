// Whether an agent is there for live chats, and the toggle that agents set by hand.
import { NotFoundError } from '../errors.ts'
import { type AgentStatus, readAgentStatuses } from '../services/chat/availability/read-status.ts'
import type { Toggle } from '../services/chat/availability/rules.ts'
import { toggleLiveChatAvailability } from '../services/chat/availability/toggle-live-chat-availability.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import type { SchemaContext } from './context.ts'
import { fromOptionalGlobalId } from './global-id.ts'

const LiveChatStatusSourceRef = builder.enumType('LiveChatStatusSource', {
  description: 'What decides whether an agent is available.',
  values: {
    SCHEDULE: { description: 'The hours for live chat.' },
    TOGGLE: { description: 'What was set by hand.' },
  },
})

const AvailabilityToggleRef = builder.objectRef<Toggle>('AvailabilityToggle').implement({
  description: 'What was set by hand, in place of the hours.',
  fields: (t) => ({
    available: t.exposeBoolean('available', { description: 'Whether the agent was made available.' }),
    setAt: t.field({
      type: 'DateTime',
      description: 'When it was set.',
      resolve: ({ setAt }) => new Date(setAt),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When it ends: at the start of the next block of the hours after it was set, or earlier if `toggleResetsAtMidnight` is on. It moves when the hours are changed. null: there is no further block, so that it stays until it is set again.',
      resolve: ({ expiresAt }) => toDate(expiresAt),
    }),
  }),
})

export const LiveChatStatusRef = builder.objectRef<AgentStatus>('LiveChatStatus').implement({
  description: 'Whether an agent is there for live chats, as it is when it is read.',
  fields: (t) => ({
    agent: t.prismaField({
      type: AgentRef,
      description: 'Whose.',
      resolve: (query, { agentId }, _arguments, { database }) =>
        database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
    available: t.boolean({
      description:
        'Whether the agent takes live chats now, by the hours and what was set by hand. It does not say whether the agent is signed in, or has chats enough.',
      resolve: ({ status }) => status.available,
    }),
    source: t.field({
      type: LiveChatStatusSourceRef,
      description: 'What decides it.',
      resolve: ({ status }) => status.source,
    }),
    changesAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When `available` next changes by itself, if nobody sets anything until then; null: never. An event tells of it when it happens.',
      resolve: ({ status }) => toDate(status.changesAt),
    }),
    toggle: t.field({
      type: AvailabilityToggleRef,
      nullable: true,
      description: 'What was set by hand; null when nothing was, or it has ended.',
      resolve: ({ status }) => status.toggle,
    }),
    signedIn: t.exposeBoolean('signedIn', {
      description:
        'Whether a console of the agent is connected: somewhere a subscription to `agentEvents` is open, and its client was heard of within the last 15 seconds.',
    }),
    reachable: t.exposeBoolean('reachable', {
      description:
        'Whether the agent would learn of a chat: signed in, or with notifications set up in some browser. Nobody else is offered one.',
    }),
    activeChats: t.exposeInt('activeChats', { description: 'How many chats the agent has at the moment.' }),
    capacity: t.exposeInt('capacity', {
      description: 'How many chats, offers that wait for an answer included, the agent may have at once.',
    }),
  }),
})

const toDate = (instant: number | null) => (instant === null ? null : new Date(instant))

builder.prismaObjectField(AgentRef, 'liveChatStatus', (t) =>
  t.field({
    type: LiveChatStatusRef,
    description: 'Whether the agent is there for live chats. Staff only.',
    authScopes: { staff: true },
    select: { id: true },
    resolve: ({ id }, _arguments, context) => loadStatus(context, id),
  }),
)

interface Batch {
  agentIds: Set<string>
  statuses: Promise<Map<string, AgentStatus>>
}

const batches = new WeakMap<SchemaContext, Batch>()

/** Those that an operation asks for at the same time are read in one statement. Nothing is kept: a later one is read
 * anew.
 * @throws Error for an agent that there is not */
export async function loadStatus(context: SchemaContext, agentId: string): Promise<AgentStatus> {
  const batch = batches.get(context) ?? openBatch(context)
  batch.agentIds.add(agentId)
  const status = (await batch.statuses).get(agentId)
  if (status === undefined) throw new Error(`There is no live-chat status of the agent ${agentId}.`)
  return status
}

function openBatch(context: SchemaContext): Batch {
  const agentIds = new Set<string>()
  const statuses = afterResolvers().then(async () => {
    batches.delete(context)
    const { database, clock } = context
    const read = await readAgentStatuses(database, { agentIds: [...agentIds], now: clock.now() })
    return new Map(read.map((status) => [status.agentId, status]))
  })
  const batch = { agentIds, statuses }
  batches.set(context, batch)
  return batch
}

/** @returns when everything has run that only waits for promises which are fulfilled already */
const afterResolvers = () =>
  new Promise<void>((resolve) => {
    Promise.resolve().then(() => process.nextTick(resolve))
  })

const ToggleLiveChatAvailabilityInput = builder.inputType('ToggleLiveChatAvailabilityInput', {
  description: 'Whether an agent is to be available for live chats, in place of the hours.',
  fields: (t) => ({
    agentId: t.id({ description: 'Whom; left out: oneself.' }),
    available: t.boolean({
      required: true,
      description: 'True: takes chats from now on. False: takes none; chats that are running go on.',
    }),
  }),
})

builder.mutationField('toggleLiveChatAvailability', (t) =>
  t.field({
    type: LiveChatStatusRef,
    description:
      'Makes an agent available for live chats, or not, until the start of the next block of the hours. Setting it again replaces what was set before. Needs MANAGE_LIVE_CHAT_AVAILABILITY, for a colleague MANAGE_AGENTS.',
    errors: { types: [NotFoundError] },
    args: {
      input: t.arg({ type: ToggleLiveChatAvailabilityInput, required: true, description: 'Who, and which.' }),
    },
    resolve: (_root, { input }, context) =>
      toggleLiveChatAvailability(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
      }),
  }),
)
