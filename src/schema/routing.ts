// The queue of agents, and what administrators do to it.
import { NotFoundError } from '../errors.ts'
import { explainRouting } from '../services/assignment/explain-routing.ts'
import { moveInRoutingQueue } from '../services/assignment/move-in-routing-queue.ts'
import {
  type RoutingEntry,
  type RoutingQueue,
  readRoutingQueue,
} from '../services/assignment/routing-queue.ts'
import { setRoutingPaused } from '../services/assignment/set-routing-paused.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { fromGlobalId } from './global-id.ts'
import { DecisionRef, IneligibilityRef, RoutingKindRef } from './routing-decision.ts'
import { RoutingTargetInput, toTarget } from './routing-target.ts'

const RoutingEntryRef = builder.objectRef<RoutingEntry>('RoutingEntry').implement({
  description: "An agent's place in the queue.",
  fields: (t) => ({
    position: t.exposeInt('position', { description: 'The place in the order; 1 is the first.' }),
    agent: t.prismaField({
      type: AgentRef,
      description: 'Who.',
      resolve: (query, { agentId }, _arguments, { database }) =>
        database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
    isNext: t.exposeBoolean('isNext', { description: 'Whether it is this agent’s turn.' }),
    assignedToDate: t.exposeInt('assignedToDate', {
      description:
        'For meetings: how many the agent was given that stand. For live chats: how many were offered.',
    }),
    lastAssignedAt: t.expose('lastAssignedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When the agent was given a meeting or a held slot, or was offered a chat, last; null: never.',
    }),
    eligible: t.boolean({
      description: 'Whether the agent could be given a meeting, or offered a chat, now.',
      resolve: ({ ineligibleBecause }) => ineligibleBecause.length === 0,
    }),
    ineligibleBecause: t.field({
      type: [IneligibilityRef],
      description: 'Why not; empty for those who are eligible.',
      resolve: ({ ineligibleBecause }) => ineligibleBecause,
    }),
  }),
})

export const RoutingQueueRef = builder.objectRef<RoutingQueue>('RoutingQueue').implement({
  description:
    'All agents in the order of their turns. The next is the first eligible one after the one served last, going round.',
  fields: (t) => ({
    kind: t.field({
      type: RoutingKindRef,
      description: 'What the turns are for.',
      resolve: ({ kind }) => kind,
    }),
    entries: t.field({
      type: [RoutingEntryRef],
      description:
        'The agents in their order. An agent joins at the end: for meetings when a calendar is first connected, for live chats when the agent is created.',
      resolve: ({ entries }) => entries,
    }),
    next: t.prismaField({
      type: AgentRef,
      nullable: true,
      description: 'Whose turn it is; null when nobody is eligible.',
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
    description: 'The queue of agents. Needs VIEW_ROUTING.',
    args: { kind: t.arg({ type: RoutingKindRef, required: true, description: 'What the turns are for.' }) },
    resolve: (_root, { kind }, context) => readRoutingQueue(context, kind),
  }),
)

builder.queryField('explainRouting', (t) =>
  t.field({
    type: DecisionRef,
    description:
      'Who would be given a meeting or offered a chat now, and why others would be passed over. Nothing is decided by it. Needs VIEW_ROUTING.',
    args: {
      kind: t.arg({ type: RoutingKindRef, required: true, description: 'What the turn is for.' }),
      target: t.arg({ type: RoutingTargetInput, required: true, description: 'Who is asked for.' }),
      startsAt: t.arg({
        type: 'DateTime',
        description:
          'For a meeting, the time that is asked for; left out: whether there is any free slot in the next 62 days.',
      }),
    },
    resolve: (_root, { kind, target, startsAt }, context) =>
      explainRouting(context, { kind, target: toTarget(target), startsAt: startsAt ?? null }),
  }),
)

const MoveInRoutingQueueInput = builder.inputType('MoveInRoutingQueueInput', {
  description: 'A new place for an agent.',
  fields: (t) => ({
    kind: t.field({ type: RoutingKindRef, required: true, description: 'Which queue.' }),
    agentId: t.id({ required: true, description: 'An agent who has a place in the queue.' }),
    position: t.int({
      required: true,
      description: 'The new place; 1 is the first, a large number the last.',
    }),
  }),
})

builder.mutationField('moveInRoutingQueue', (t) =>
  t.field({
    type: RoutingQueueRef,
    description:
      'Changes the place of an agent. The turn goes on after the agent served last, wherever that one stands now. Needs MANAGE_ROUTING.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: MoveInRoutingQueueInput, required: true, description: 'The place.' }) },
    resolve: (_root, { input }, context) =>
      moveInRoutingQueue(context, {
        kind: input.kind,
        agentId: fromGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
        position: input.position,
      }),
  }),
)

const SetRoutingPausedInput = builder.inputType('SetRoutingPausedInput', {
  description: 'Whether an agent takes part in the turns.',
  fields: (t) => ({
    kind: t.field({ type: RoutingKindRef, required: true, description: 'Which queue.' }),
    agentId: t.id({ required: true, description: 'An agent who has a place in the queue.' }),
    paused: t.boolean({ required: true, description: 'True: out. False: in again, at the same place.' }),
  }),
})

builder.mutationField('setRoutingPaused', (t) =>
  t.field({
    type: RoutingQueueRef,
    description:
      'Takes an agent out of the turns, or back in. While out, the agent gets no new meetings and offers no slots, or is offered no chats. Needs MANAGE_ROUTING.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: SetRoutingPausedInput, required: true, description: 'Who, and which.' }) },
    resolve: (_root, { input }, context) =>
      setRoutingPaused(context, {
        kind: input.kind,
        agentId: fromGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
        paused: input.paused,
      }),
  }),
)
