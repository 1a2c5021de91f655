// The record of how an assignment came out.
import type { Decision, RoutingStep, SkippedAgent } from '../services/routing/decision.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'

export const RoutingKindRef = builder.enumType('RoutingKind', {
  description: 'What turns are taken for. Each kind has its own order, turns and counts.',
  values: { MEETING: { description: 'Meetings.' }, LIVE_CHAT: { description: 'Live chats.' } },
})

export const IneligibilityRef = builder.enumType('Ineligibility', {
  description: 'Why an agent is passed over.',
  values: {
    NO_CALENDAR: { description: 'No calendar is connected.' },
    NEEDS_REAUTHENTICATION: { description: "The calendar's provider no longer lets us in." },
    NOT_AVAILABLE: {
      description:
        'For meetings: not free at the time asked for; where no time is asked for: without any free slot in the next 62 days. For live chats: the status is not available.',
    },
    AT_CAPACITY: { description: 'Has as many chats and offers as an agent may have. Live chats only.' },
    NOT_REACHABLE: {
      description: 'No console is signed in, and no browser takes notifications. Live chats only.',
    },
    NO_PERMISSION: {
      description:
        'None of the roles allows it: CONNECT_CALENDAR for meetings, MANAGE_LIVE_CHAT_AVAILABILITY for live chats.',
    },
    PAUSED: { description: 'Taken out of the turns by an administrator.' },
  },
})

const RoutingStageRef = builder.enumType('RoutingStage', {
  description: 'A stage of a decision.',
  values: {
    AGENT: { description: 'The agent that was asked for.' },
    TEAM: { description: 'The agents of a team in turn.' },
    ROUND_ROBIN: { description: 'All agents in turn.' },
    FALLBACK: { description: 'Nobody was found.' },
  },
})

const SkippedAgentRef = builder.objectRef<SkippedAgent>('SkippedAgent').implement({
  description: 'An agent who was passed over.',
  fields: (t) => ({
    agent: t.prismaField({
      type: AgentRef,
      description: 'Who.',
      resolve: (query, { agentId }, _arguments, { database }) =>
        database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
    because: t.field({
      type: [IneligibilityRef],
      description: 'Why, at least one reason.',
      resolve: ({ because }) => because,
    }),
  }),
})

const RoutingStepRef = builder.objectRef<RoutingStep>('RoutingStep').implement({
  description: 'One stage of a decision, in the order they were gone through.',
  fields: (t) => ({
    stage: t.field({ type: RoutingStageRef, description: 'Which stage.', resolve: ({ stage }) => stage }),
    label: t.exposeString('label', { description: 'Whose turn it was, for example `Team Europe`.' }),
    outcome: t.exposeString('outcome', { description: 'What came of it, as an English sentence.' }),
    skipped: t.field({
      type: [SkippedAgentRef],
      description: 'Who was passed over, in the order they were asked.',
      resolve: ({ skipped }) => skipped,
    }),
  }),
})

export const DecisionRef = builder
  .objectRef<Decision & { id?: string; decidedAt: Date }>('RoutingDecision')
  .implement({
    description: 'Why an assignment came out as it did, or would come out now (`explainRouting`).',
    fields: (t) => ({
      id: t.id({
        nullable: true,
        description: 'Id of the record; null for one that was not made, only explained.',
        resolve: ({ id }) => id ?? null,
      }),
      kind: t.field({
        type: RoutingKindRef,
        description: 'What it was about.',
        resolve: ({ kind }) => kind,
      }),
      decidedAt: t.expose('decidedAt', { type: 'DateTime', description: 'When.' }),
      agent: t.prismaField({
        type: AgentRef,
        nullable: true,
        description: 'Who was chosen; null: nobody.',
        resolve: (query, { agentId }, _arguments, { database }) =>
          agentId === null ? null : database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
      }),
      pool: t.exposeString('pool', { description: 'Whose turns were taken, for example `Team Europe`.' }),
      steps: t.field({
        type: [RoutingStepRef],
        description: 'The stages it went through, in order.',
        resolve: ({ steps }) => steps,
      }),
    }),
  })
