// Routing decisions: which agent was chosen, and why others were skipped.
import { TURN_HORIZON_MS } from '../services/booking/slots/offered-slots.ts'
import type { Decision, RoutingStep, SkippedAgent } from '../services/routing/decision.ts'
import { formatDuration } from '../services/wording.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { TeamRef } from './team.ts'
import { MORE_VALUES } from './texts.ts'

const UNKNOWN_BEFORE = ', and in decisions of version 0.1'

export const RoutingKindRef = builder.enumType('RoutingKind', {
  description: 'What agents take turns for. Meetings and live chats have separate orders, turns and counts.',
  values: { MEETING: { description: 'Meetings.' }, LIVE_CHAT: { description: 'Live chats.' } },
})

export const IneligibilityRef = builder.enumType('Ineligibility', {
  description: `Why an agent is not eligible. ${MORE_VALUES}`,
  values: {
    NO_CALENDAR: { description: 'The agent has no connected calendar.' },
    NEEDS_REAUTHENTICATION: { description: "The calendar's provider no longer grants access." },
    NO_HOURS: {
      description:
        'The hours, for meetings or for live chat, have no block now or in the future: the agent has cleared them.',
    },
    NOT_AVAILABLE: {
      description: `For a meeting, the agent is not free at the requested time or, if no time is requested, has no free slot within the next ${formatDuration(TURN_HORIZON_MS)}. For a live chat, the agent is not available.`,
    },
    AT_CAPACITY: {
      description:
        'The agent has as many conversations and pending offers as `chatsPerAgent` allows. For live chats only.',
    },
    SEAT_RESERVED: {
      description:
        "The agent's last free seat is kept for others: all others have pending offers of visitors from the network from which this one calls. For live chats only.",
    },
    NOT_REACHABLE: {
      description: 'The agent has no console open and has registered no browser. For live chats only.',
    },
    NO_PERMISSION: {
      description:
        "None of the agent's roles has the permission: CONNECT_CALENDAR for meetings, MANAGE_LIVE_CHAT_AVAILABILITY for live chats.",
    },
    PAUSED: { description: 'The agent is paused in the routing queue.' },
  },
})

const RoutingStageRef = builder.enumType('RoutingStage', {
  description: `A stage of a routing decision. ${MORE_VALUES}`,
  values: {
    AGENT: { description: 'The requested agent.' },
    TEAM: { description: 'The agents of the requested team, in turn.' },
    ROUND_ROBIN: { description: 'All agents, in turn.' },
    FALLBACK: { description: 'The fallback, because no agent is eligible.' },
  },
})

const RoutingOutcomeRef = builder.enumType('RoutingOutcome', {
  description: `The outcome of a stage of a routing decision. ${MORE_VALUES}`,
  values: {
    CHOSEN: { description: 'An agent was chosen: the first eligible one after the agent served last.' },
    NONE_ELIGIBLE: { description: 'No agent was eligible.' },
    WAITS: {
      description:
        'No agent had room, and the request waits for one, in the order of requests. For live chats only.',
    },
    FALLBACK_SHOWN: { description: 'The visitor is shown the fallback.' },
    WAIT_OVER: {
      description:
        'No agent had room before the wait was over, and the visitor is shown the fallback. For live chats only.',
    },
  },
})

const SkippedAgentRef = builder.objectRef<SkippedAgent>('SkippedAgent').implement({
  description: 'An agent who was skipped.',
  fields: (t) => ({
    agent: t.prismaField({
      type: AgentRef,
      description: 'The agent.',
      resolve: (query, { agentId }, _arguments, { database }) =>
        database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
    ineligibleBecause: t.field({
      type: [IneligibilityRef],
      description: 'Why the agent was not eligible; at least one reason.',
      resolve: ({ because }) => because,
    }),
  }),
})

const RoutingStepRef = builder.objectRef<RoutingStep>('RoutingStep').implement({
  description: 'A stage of a routing decision, with its outcome.',
  fields: (t) => ({
    stage: t.field({ type: RoutingStageRef, description: 'The stage.', resolve: ({ stage }) => stage }),
    label: t.exposeString('label', {
      description:
        'Which agents took turns, in English, for example `Team Europe`. Programs use `stage`, `agent` and `team`.',
    }),
    agent: t.prismaField({
      type: AgentRef,
      nullable: true,
      description: `The requested agent; null at other stages than \`AGENT\`${UNKNOWN_BEFORE}.`,
      resolve: (query, { agentId }, _arguments, { database }) =>
        agentId === null ? null : database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
    team: t.prismaField({
      type: TeamRef,
      nullable: true,
      description: `The requested team; null at other stages than \`TEAM\`, if the team was deleted${UNKNOWN_BEFORE}.`,
      resolve: (query, { teamId }, _arguments, { database }) =>
        teamId === null ? null : database.team.findUnique({ ...query, where: { id: teamId } }),
    }),
    outcome: t.exposeString('outcome', {
      description: 'The outcome, as an English sentence. Programs use `outcomeCode`.',
    }),
    outcomeCode: t.expose('outcomeCode', { type: RoutingOutcomeRef, description: 'The outcome.' }),
    skipped: t.field({
      type: [SkippedAgentRef],
      description: 'The agents who were skipped, in the order of their turns.',
      resolve: ({ skipped }) => skipped,
    }),
  }),
})

export const DecisionRef = builder
  .objectRef<Decision & { id?: string; decidedAt: Date }>('RoutingDecision')
  .implement({
    description: 'How an agent was chosen, or would be chosen now (`explainRouting`).',
    fields: (t) => ({
      decisionId: t.id({
        nullable: true,
        description: 'The id of the decision; null if it was only explained.',
        resolve: ({ id }) => id ?? null,
      }),
      kind: t.field({
        type: RoutingKindRef,
        description: 'What the agent was chosen for.',
        resolve: ({ kind }) => kind,
      }),
      decidedAt: t.expose('decidedAt', { type: 'DateTime', description: 'The instant of the decision.' }),
      agent: t.prismaField({
        type: AgentRef,
        nullable: true,
        description: 'The agent who was chosen; null if no agent was eligible.',
        resolve: (query, { agentId }, _arguments, { database }) =>
          agentId === null ? null : database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
      }),
      pool: t.exposeString('pool', {
        description:
          'Which agents took turns, in English, for example `Team Europe`. Programs use `stage`, `agent` and `team` of the first step.',
      }),
      steps: t.field({
        type: [RoutingStepRef],
        description: 'The stages of the decision, in order.',
        resolve: ({ steps }) => steps,
      }),
    }),
  })
