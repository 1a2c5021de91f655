// The removal of an agent, and what becomes of the meetings to come.
import { ConflictError, NotFoundError } from '../errors.ts'
import { readRemovalCounts } from '../services/agents/removal-counts.ts'
import { removeAgent } from '../services/agents/remove-agent.ts'
import { AgentRef } from './agent.ts'
import { batched } from './batch.ts'
import { builder } from './builder.ts'
import { fromGlobalId } from './global-id.ts'
import { STAFF_ONLY } from './texts.ts'

const MeetingsOfRemovedAgentRef = builder.enumType('MeetingsOfRemovedAgent', {
  description: 'What becomes of the meetings of an agent who is removed, as far as they are not over.',
  values: {
    REASSIGN: {
      description:
        'Each goes to the next agent in turn of all agents who can take it at its time; the visitor is notified. Those that nobody can take stay.',
    },
    CANCEL: { description: 'They are cancelled; the visitors are notified.' },
    KEEP: { description: 'They stay with the removed agent until somebody reassigns or cancels them.' },
  },
})

const loadCounts = batched(async ({ database }, agentIds) => {
  const read = await readRemovalCounts(database, agentIds)
  return new Map(read.map((counts) => [counts.agentId, counts]))
})

const AgentRemovalRef = builder.prismaObject('AgentRemoval', {
  description:
    'The removal of an agent. Its counts are of the meetings that the agent had then and that were not over: `total` is the sum of `reassigned`, `cancelled` and `kept`.',
  select: { agentId: true },
  fields: (t) => {
    const count = (field: 'total' | 'reassigned' | 'cancelled' | 'kept', description: string) =>
      t.int({
        description,
        resolve: async ({ agentId }, _arguments, context) => (await loadCounts(context, agentId))[field],
      })
    return {
      meetings: t.expose('choice', {
        type: MeetingsOfRemovedAgentRef,
        description: 'What was chosen for the meetings.',
      }),
      total: count('total', 'How many meetings the agent had that were not over.'),
      reassigned: count('reassigned', 'How many of them another agent has.'),
      cancelled: count('cancelled', 'How many of them are cancelled.'),
      kept: count(
        'kept',
        'How many of them still stand with the removed agent: those that are left, and until `finishedAt` those that have not been dealt with yet. `MeetingFilter.needsAgent` finds them.',
      ),
      finishedAt: t.expose('finishedAt', {
        type: 'DateTime',
        nullable: true,
        description:
          'The instant at which the choice had been carried out for all of them; null until then. The event `AgentChanged` reports the progress.',
      }),
    }
  },
})

builder.prismaObjectField(AgentRef, 'removedAt', (t) =>
  t.expose('removedAt', {
    type: 'DateTime',
    nullable: true,
    description: `The instant at which the agent was removed; null if the agent was not. A removed agent can still be read by id. ${STAFF_ONLY}`,
    authScopes: { staff: true },
  }),
)

builder.prismaObjectField(AgentRef, 'removal', (t) =>
  t.relation('removal', {
    type: AgentRemovalRef,
    nullable: true,
    description: `The removal of the agent; null if the agent was not removed, or was removed by an earlier version. ${STAFF_ONLY}`,
    authScopes: { staff: true },
  }),
)

const RemoveAgentInput = builder.inputType('RemoveAgentInput', {
  description: 'An agent to remove.',
  fields: (t) => ({
    agentId: t.id({ required: true, description: 'The agent.' }),
    meetings: t.field({
      type: MeetingsOfRemovedAgentRef,
      description:
        "What becomes of the agent's meetings that are not over. Defaults to `KEEP`. It is done after the removal; see `Agent.removal`.",
    }),
  }),
})

builder.mutationField('removeAgent', (t) =>
  t.field({
    type: AgentRef,
    description:
      'Removes an agent from the workspace permanently: the agent can no longer sign in, and loses roles, teams, calendar and positions in routing queues. Active conversations and pending offers are offered to the next agent (a conversation that nobody takes is `MISSED`), and `meetings` says what becomes of the meetings: `Agent.removal` of the answer counts them. Those who manage agents get one mail about them. The viewer and the last administrator cannot be removed. Requires MANAGE_AGENTS.',
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: RemoveAgentInput, required: true, description: 'The agent to remove.' }) },
    resolve: (_root, { input }, context) =>
      removeAgent(context, fromGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }), {
        meetings: input.meetings ?? 'KEEP',
      }),
  }),
)
