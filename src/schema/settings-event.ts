// The events of settings: of agents, of teams and of the workspace.
import { encodeGlobalID } from '@pothos/plugin-relay'
import type { EventOf } from '../services/events/catalogue.ts'
import { requireStaff } from '../services/identity/viewer.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { EventInterface } from './event-interface.ts'
import { TeamRef, TYPICAL_TEAM_SIZE } from './team.ts'
import { WorkspaceRef } from './workspace.ts'

const agentEvent = <Type extends 'MeetingAvailabilityChanged' | 'CalendarChanged' | 'AgentChanged'>(
  type: Type,
  description: string,
) =>
  builder.objectRef<EventOf<Type>>(type).implement({
    description,
    interfaces: [EventInterface],
    fields: (t) => ({
      agent: t.prismaField({
        type: AgentRef,
        nullable: true,
        description:
          'The agent; never null. It has the type of `Typing.agent`, so that a subscription can select both.',
        resolve: (query, { payload }, _arguments, { database }) =>
          database.agent.findUniqueOrThrow({ ...query, where: { id: payload.agentId } }),
      }),
    }),
  })

export const MeetingAvailabilityChangedRef = agentEvent(
  'MeetingAvailabilityChanged',
  "An agent's hours for meetings were replaced.",
)
export const CalendarChangedRef = agentEvent(
  'CalendarChanged',
  "An agent's calendar was connected or disconnected, or must be connected again.",
)
export const AgentChangedRef = agentEvent(
  'AgentChanged',
  'An agent was created, changed or removed: the name, the e-mail address, the picture, the roles or the invitation; or more of the meetings of a removed agent have been reassigned or cancelled (`Agent.removal`): at most one event a second reports the progress, and one the end. Hours, calendar, status and teams have events of their own.',
)

export const TeamChangedRef = builder.objectRef<EventOf<'TeamChanged'>>('TeamChanged').implement({
  description:
    'A team was created, changed or deleted, or one of its agents was removed from the workspace. Its turns may have changed as well.',
  interfaces: [EventInterface],
  fields: (t) => ({
    teamId: t.id({
      description: 'The global id of the team, also of one that was deleted.',
      resolve: ({ payload }) => encodeGlobalID('Team', payload.teamId),
    }),
    team: t.prismaField({
      type: TeamRef,
      nullable: true,
      description: 'The team as it is when the event is delivered; null if it was deleted.',
      resolve: (query, { payload }, _arguments, { database }) =>
        database.team.findUnique({ ...query, where: { id: payload.teamId } }),
    }),
    agents: t.prismaField({
      type: [AgentRef],
      description:
        'The agents who joined or left, whose `teams` have changed; all agents of a team that was deleted. By name.',
      complexity: { field: 1, multiplier: TYPICAL_TEAM_SIZE },
      resolve: (query, { payload }, _arguments, { database }) =>
        database.agent.findMany({
          ...query,
          where: { id: { in: payload.agentIds } },
          orderBy: [{ name: 'asc' }, { id: 'asc' }],
        }),
    }),
  }),
})

export const WorkspaceChangedRef = builder
  .objectRef<EventOf<'WorkspaceChanged'>>('WorkspaceChanged')
  .implement({
    description:
      'The settings of the workspace were changed, its identity secret was replaced, or one of its attributes was saved or deleted (read `attributes` again).',
    interfaces: [EventInterface],
    fields: (t) => ({
      workspace: t.prismaField({
        type: WorkspaceRef,
        description: 'The workspace as it is when the event is delivered.',
        resolve: (query, _event, _arguments, { database, viewer }) =>
          database.workspace.findUniqueOrThrow({ ...query, where: { id: requireStaff(viewer).workspaceId } }),
      }),
    }),
  })
