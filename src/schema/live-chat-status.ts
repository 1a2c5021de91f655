// Whether agents take live chats, and the toggle that they set by hand.
import { NotFoundError } from '../errors.ts'
import { clearAvailabilityToggle } from '../services/chat/availability/clear-availability-toggle.ts'
import { type AgentStatus, readAgentStatuses } from '../services/chat/availability/read-status.ts'
import type { Toggle } from '../services/chat/availability/rules.ts'
import { setAvailabilityToggle } from '../services/chat/availability/set-availability-toggle.ts'
import { LEASE_MS } from '../services/presence/leases.ts'
import { formatDuration } from '../services/wording.ts'
import { AgentRef } from './agent.ts'
import { batched } from './batch.ts'
import { builder } from './builder.ts'
import { fromOptionalGlobalId } from './global-id.ts'
import { requiresOwnOrManaged, STAFF_ONLY } from './texts.ts'

const LiveChatStatusSourceRef = builder.enumType('LiveChatStatusSource', {
  description: 'What decides whether an agent is available.',
  values: {
    HOURS: { description: 'The hours for live chat.' },
    TOGGLE: { description: 'The toggle.' },
  },
})

const AvailabilityToggleRef = builder.objectRef<Toggle>('AvailabilityToggle').implement({
  description: 'The toggle: an availability set by hand, which overrides the hours for live chat.',
  fields: (t) => ({
    available: t.exposeBoolean('available', { description: 'Whether the toggle makes the agent available.' }),
    setAt: t.field({
      type: 'DateTime',
      description: 'The instant at which the toggle was set.',
      resolve: ({ setAt }) => new Date(setAt),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The instant at which the toggle ends: the start of the next block of the hours after it was set, or midnight if that is earlier and `toggleResetsAtMidnight` ends it. It moves when the hours are replaced. Null if there is no further block: the toggle then stays until it is set again.',
      resolve: ({ expiresAt }) => toDate(expiresAt),
    }),
  }),
})

export const LiveChatStatusRef = builder.objectRef<AgentStatus>('LiveChatStatus').implement({
  description: 'Whether an agent takes live chats, at the time of the request.',
  fields: (t) => ({
    agent: t.prismaField({
      type: AgentRef,
      description: 'The agent.',
      resolve: (query, { agentId }, _arguments, { database }) =>
        database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
    available: t.boolean({
      description:
        'Whether the agent takes live chats at present, by the hours and the toggle, whether or not the agent is reachable and has capacity.',
      resolve: ({ status }) => status.available,
    }),
    source: t.field({
      type: LiveChatStatusSourceRef,
      description: 'What decides `available`.',
      resolve: ({ status }) => status.source,
    }),
    changesAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The instant at which `available` next changes if the toggle is not set before; null if it never does. `LiveChatStatusChanged` is published then.',
      resolve: ({ status }) => toDate(status.changesAt),
    }),
    toggle: t.field({
      type: AvailabilityToggleRef,
      nullable: true,
      description: 'The toggle; null if none is set, or if it has ended.',
      resolve: ({ status }) => status.toggle,
    }),
    signedIn: t.exposeBoolean('signedIn', {
      description: `Whether the agent has a console open: a subscription to \`agentEvents\` whose client has responded within the last ${formatDuration(LEASE_MS)}.`,
    }),
    reachable: t.exposeBoolean('reachable', {
      description:
        'Whether the agent can be notified of an offer: the agent is signed in, or has registered a browser with `registerPushSubscription`. Live chats are offered to reachable agents only.',
    }),
    activeChats: t.exposeInt('activeChats', {
      description: 'How many `ACTIVE` conversations the agent has.',
    }),
    pendingOffers: t.exposeInt('pendingOffers', {
      description: 'How many offers the agent has not answered yet.',
    }),
    capacity: t.exposeInt('capacity', {
      description:
        'How many conversations, including pending offers, the agent may have at once. The agent is at capacity, and gets no further offer, while `activeChats` and `pendingOffers` together are as many.',
    }),
  }),
})

const toDate = (instant: number | null) => (instant === null ? null : new Date(instant))

builder.prismaObjectField(AgentRef, 'liveChatStatus', (t) =>
  t.field({
    type: LiveChatStatusRef,
    description: `Whether the agent takes live chats. ${STAFF_ONLY}`,
    authScopes: { staff: true },
    select: { id: true },
    resolve: ({ id }, _arguments, context) => loadStatus(context, id),
  }),
)

/** Reads the status of an agent, together with the others that an operation selects at the same time. */
export const loadStatus = batched(async ({ database, clock }, agentIds) => {
  const read = await readAgentStatuses(database, { agentIds, now: clock.now() })
  return new Map(read.map((status) => [status.agentId, status]))
})

const SetAvailabilityToggleInput = builder.inputType('SetAvailabilityToggleInput', {
  description: 'The toggle to set.',
  fields: (t) => ({
    agentId: t.id({ description: 'The agent. Defaults to the viewer.' }),
    available: t.boolean({
      required: true,
      description:
        'True: the agent takes live chats. False: the agent takes none; active conversations go on, and pending offers are revoked.',
    }),
  }),
})

builder.mutationField('setAvailabilityToggle', (t) =>
  t.field({
    type: LiveChatStatusRef,
    description: `Sets the toggle, which overrides the hours for live chat until the start of their next block. It replaces a toggle that was set before. ${requiresOwnOrManaged('MANAGE_LIVE_CHAT_AVAILABILITY')}`,
    errors: { types: [NotFoundError] },
    args: {
      input: t.arg({
        type: SetAvailabilityToggleInput,
        required: true,
        description: 'The toggle to set.',
      }),
    },
    resolve: (_root, { input }, context) =>
      setAvailabilityToggle(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
      }),
  }),
)

const ClearAvailabilityToggleInput = builder.inputType('ClearAvailabilityToggleInput', {
  description: 'Whose toggle to remove.',
  fields: (t) => ({ agentId: t.id({ description: 'The agent. Defaults to the viewer.' }) }),
})

builder.mutationField('clearAvailabilityToggle', (t) =>
  t.field({
    type: LiveChatStatusRef,
    description: `Removes the toggle, so that the hours for live chat decide again. Has no effect without a toggle. ${requiresOwnOrManaged('MANAGE_LIVE_CHAT_AVAILABILITY')}`,
    errors: { types: [NotFoundError] },
    args: {
      input: t.arg({
        type: ClearAvailabilityToggleInput,
        required: true,
        description: 'Whose toggle to remove.',
      }),
    },
    resolve: (_root, { input }, context) =>
      clearAvailabilityToggle(context, {
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
      }),
  }),
)
