// The routing queues, and the mutations that change them.
import { NotFoundError } from '../errors.ts'
import { explainRouting } from '../services/assignment/explain-routing.ts'
import { moveInRoutingQueue, POSITION_BOUNDS } from '../services/assignment/move-in-routing-queue.ts'
import {
  type RoutingEntry,
  type RoutingQueue,
  readRoutingQueue,
} from '../services/assignment/routing-queue.ts'
import { setRoutingPaused } from '../services/assignment/set-routing-paused.ts'
import { TURN_HORIZON_MS } from '../services/booking/slots/offered-slots.ts'
import { formatDuration } from '../services/wording.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { fromGlobalId } from './global-id.ts'
import { DecisionRef, IneligibilityRef, RoutingKindRef } from './routing-decision.ts'
import { RoutingTargetInput, toTarget } from './routing-target.ts'
import { between, NULL_IF_REFUSED } from './texts.ts'

const QUEUE = 'The routing queue.'
const QUEUED_AGENT = 'An agent who has a position in the queue.'

const RoutingEntryRef = builder.objectRef<RoutingEntry>('RoutingEntry').implement({
  description: "An agent's place in a routing queue.",
  fields: (t) => ({
    position: t.exposeInt('position', { description: 'The position of the agent; the first is 1.' }),
    agent: t.prismaField({
      type: AgentRef,
      description: 'The agent.',
      resolve: (query, { agentId }, _arguments, { database }) =>
        database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
    isNext: t.exposeBoolean('isNext', { description: "Whether it is the agent's turn." }),
    assignedToDate: t.exposeInt('assignedToDate', {
      description:
        'For meetings, how many the agent was assigned that are not cancelled; for live chats, how many the agent was offered.',
    }),
    lastAssignedAt: t.expose('lastAssignedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'The instant at which the agent was last assigned a meeting or a held slot, or was last offered a live chat; null if never.',
    }),
    paused: t.exposeBoolean('paused', {
      description: 'Whether the agent is paused in this queue: see `setRoutingPaused`.',
    }),
    eligible: t.boolean({
      description: 'Whether the agent could be assigned a meeting, or offered a live chat, now.',
      resolve: ({ ineligibleBecause }) => ineligibleBecause.length === 0,
    }),
    ineligibleBecause: t.field({
      type: [IneligibilityRef],
      description: 'Why the agent is not eligible; empty if the agent is.',
      resolve: ({ ineligibleBecause }) => ineligibleBecause,
    }),
  }),
})

export const RoutingQueueRef = builder.objectRef<RoutingQueue>('RoutingQueue').implement({
  description:
    'All agents in the order of their turns. It is the turn of the first eligible agent after the one served last; after the last position comes the first.',
  fields: (t) => ({
    kind: t.field({
      type: RoutingKindRef,
      description: 'What the turns are for.',
      resolve: ({ kind }) => kind,
    }),
    entries: t.field({
      type: [RoutingEntryRef],
      description:
        'The agents in order. An agent joins at the end: for meetings when a calendar is first connected, for live chats when the agent is created.',
      resolve: ({ entries }) => entries,
    }),
    next: t.prismaField({
      type: AgentRef,
      nullable: true,
      description: 'The agent whose turn it is; null if no agent is eligible.',
      resolve: (query, { nextAgentId }, _arguments, { database }) =>
        nextAgentId === null
          ? null
          : database.agent.findUniqueOrThrow({ ...query, where: { id: nextAgentId } }),
    }),
  }),
})

builder.queryField('routingQueue', (t) =>
  t.field({
    type: RoutingQueueRef,
    nullable: true,
    description: `The routing queue for meetings or for live chats. Requires VIEW_ROUTING. ${NULL_IF_REFUSED}`,
    args: { kind: t.arg({ type: RoutingKindRef, required: true, description: 'What the turns are for.' }) },
    resolve: (_root, { kind }, context) => readRoutingQueue(context, kind),
  }),
)

builder.queryField('explainRouting', (t) =>
  t.field({
    type: DecisionRef,
    nullable: true,
    description: `Explains which agent would be assigned a meeting, or offered a live chat, now, and why others would be skipped. It changes nothing. Requires VIEW_ROUTING. ${NULL_IF_REFUSED}`,
    args: {
      kind: t.arg({ type: RoutingKindRef, required: true, description: 'What the agent is chosen for.' }),
      target: t.arg({
        type: RoutingTargetInput,
        required: true,
        description: 'The requested agent or agents.',
      }),
      startsAt: t.arg({
        type: 'DateTime',
        description: `For a meeting, the requested start. If omitted, any free slot within the next ${formatDuration(TURN_HORIZON_MS)} makes an agent eligible. Must be omitted for a live chat.`,
      }),
    },
    resolve: (_root, { kind, target, startsAt }, context) =>
      explainRouting(context, {
        kind,
        target: toTarget(target, 'target'),
        startsAt: startsAt ?? null,
      }),
  }),
)

const MoveInRoutingQueueInput = builder.inputType('MoveInRoutingQueueInput', {
  description: 'A new position for an agent.',
  fields: (t) => ({
    kind: t.field({ type: RoutingKindRef, required: true, description: QUEUE }),
    agentId: t.id({ required: true, description: QUEUED_AGENT }),
    position: t.int({
      required: true,
      description: `The new position, ${between(POSITION_BOUNDS)}; the first is 1. Positions beyond the end mean the last one.`,
    }),
  }),
})

builder.mutationField('moveInRoutingQueue', (t) =>
  t.field({
    type: RoutingQueueRef,
    description:
      'Moves an agent to another position. The turns continue after the agent served last, wherever that agent is now. Requires MANAGE_ROUTING.',
    errors: { types: [NotFoundError] },
    args: {
      input: t.arg({
        type: MoveInRoutingQueueInput,
        required: true,
        description: 'The agent and the new position.',
      }),
    },
    resolve: (_root, { input }, context) =>
      moveInRoutingQueue(context, {
        kind: input.kind,
        agentId: fromGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
        position: input.position,
      }),
  }),
)

const SetRoutingPausedInput = builder.inputType('SetRoutingPausedInput', {
  description: 'Whether an agent is paused.',
  fields: (t) => ({
    kind: t.field({ type: RoutingKindRef, required: true, description: QUEUE }),
    agentId: t.id({ required: true, description: QUEUED_AGENT }),
    paused: t.boolean({
      required: true,
      description: 'True pauses the agent; false lets the agent take turns again, at the same position.',
    }),
  }),
})

builder.mutationField('setRoutingPaused', (t) =>
  t.field({
    type: RoutingQueueRef,
    description:
      'Pauses an agent, or lets the agent take turns again. A paused agent is assigned no meetings and offers no slots, or is offered no live chats. Requires MANAGE_ROUTING.',
    errors: { types: [NotFoundError] },
    args: {
      input: t.arg({
        type: SetRoutingPausedInput,
        required: true,
        description: 'The agent, and whether to pause.',
      }),
    },
    resolve: (_root, { input }, context) =>
      setRoutingPaused(context, {
        kind: input.kind,
        agentId: fromGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
        paused: input.paused,
      }),
  }),
)
