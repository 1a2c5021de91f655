// Agents: the people who take meetings and chats or administer the workspace.
import { ConflictError, NotFoundError } from '../errors.ts'
import { createAgent } from '../services/agents/create-agent.ts'
import { filterAgents } from '../services/agents/filter-agents.ts'
import { removeAgent } from '../services/agents/remove-agent.ts'
import { updateAgent } from '../services/agents/update-agent.ts'
import { LiveChatAvailabilityRef, MeetingAvailabilityRef } from './availability.ts'
import { builder } from './builder.ts'
import { CalendarConnectionRef } from './calendar.ts'
import { fromGlobalId, fromGlobalIds, fromOptionalGlobalId } from './global-id.ts'
import { RoleRef } from './role.ts'

export const AgentRef = builder.prismaNode('Agent', {
  id: { field: 'id', description: 'Global id.' },
  description:
    "A member of the workspace's staff. Visitors may read the name and the picture; the other fields are for staff.",
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'As visitors and colleagues see it, for example `Ada Lovelace`.',
    }),
    email: t.expose('email', {
      type: 'EmailAddress',
      description: 'In lower case. Unique in the workspace. Staff only.',
      authScopes: { staff: true },
    }),
    streamHead: t.field({
      type: 'EventCursor',
      nullable: true,
      description:
        'Where the stream of `agentEvents` stood before anything of this answer was read: to subscribe from once it is shown. Null for anybody but the viewer.',
      resolve: ({ id }, _arguments, { viewer, streamHeads }) =>
        viewer.kind === 'AGENT' && viewer.agentId === id ? (streamHeads?.agent ?? null) : null,
    }),
    pictureUrl: t.expose('pictureUrl', {
      type: 'URL',
      nullable: true,
      description: 'Address of a picture.',
    }),
    roles: t.field({
      type: [RoleRef],
      description: 'What the agent may do, by name. Staff only.',
      authScopes: { staff: true },
      select: (_arguments, _context, nestedSelection) => ({
        roles: { orderBy: { role: { name: 'asc' } }, select: { role: nestedSelection(true) } },
      }),
      resolve: ({ roles }) => roles.map(({ role }) => role),
    }),
    calendar: t.field({
      type: CalendarConnectionRef,
      nullable: true,
      description: 'The calendar that meetings are written to; null when none is connected. Staff only.',
      authScopes: { staff: true },
      select: (_arguments, _context, nestedSelection) => ({ calendar: nestedSelection({}) }),
      resolve: ({ calendar }) => (calendar?.status === 'DISCONNECTED' ? null : calendar),
    }),
    meetingAvailability: t.relation('meetingAvailability', {
      type: MeetingAvailabilityRef,
      onNull: 'error',
      description: 'The hours for meetings. Staff only.',
      authScopes: { staff: true },
    }),
    liveChatAvailability: t.relation('liveChatAvailability', {
      type: LiveChatAvailabilityRef,
      onNull: 'error',
      description: 'The hours for live chat. Staff only.',
      authScopes: { staff: true },
    }),
  }),
})

builder.queryField('agents', (t) =>
  t.prismaConnection({
    type: AgentRef,
    cursor: 'id',
    description: 'The agents of the workspace by name. Staff only.',
    args: {
      search: t.arg.string({
        description: 'Text in the name or the e-mail, for example `ada`. At most 100 characters.',
      }),
      teamId: t.arg.id({ description: 'Only the agents of this team.' }),
    },
    resolve: async (query, _root, { search, teamId }, context) =>
      context.database.agent.findMany({
        ...query,
        where: await filterAgents(context, {
          search,
          teamId: fromOptionalGlobalId('Team', { id: teamId, field: 'teamId' }),
        }),
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
      }),
  }),
)

const CreateAgentInput = builder.inputType('CreateAgentInput', {
  description: 'A new agent.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'One line, at most 100 characters.' }),
    email: t.field({
      type: 'EmailAddress',
      required: true,
      description: 'Must not belong to another agent of the workspace. Also what sign-in goes by.',
    }),
    pictureUrl: t.field({ type: 'URL', description: 'Address of a picture.' }),
    roleIds: t.idList({ description: 'Roles to give; left out: the built-in role Agent.' }),
    idempotencyKey: t.string({
      description: 'A repeat with the same key and input answers the first outcome. At most 200 characters.',
    }),
  }),
})

builder.mutationField('createAgent', (t) =>
  t.field({
    type: AgentRef,
    description: 'Adds an agent. Needs MANAGE_AGENTS.',
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: CreateAgentInput, required: true, description: 'The agent.' }) },
    resolve: (_root, { input }, context) =>
      createAgent(context, {
        ...input,
        roleIds: input.roleIds
          ? fromGlobalIds('Role', { ids: input.roleIds, field: 'roleIds', within: 'input' })
          : null,
      }),
  }),
)

const UpdateAgentInput = builder.inputType('UpdateAgentInput', {
  description: 'Changes of an agent. What is left out stays.',
  fields: (t) => ({
    agentId: t.id({ description: 'Whom; left out: oneself.' }),
    name: t.string({ description: 'One line, at most 100 characters.' }),
    email: t.field({
      type: 'EmailAddress',
      description: 'Must not belong to another agent of the workspace. The built-in calendar goes by it too.',
    }),
    pictureUrl: t.field({ type: 'URL', description: 'Address of a picture; null takes it away.' }),
    roleIds: t.idList({ description: 'All roles the agent is to have; others are taken away.' }),
  }),
})

builder.mutationField('updateAgent', (t) =>
  t.field({
    type: AgentRef,
    description:
      'Changes an agent. At least one agent keeps the built-in role Administrator. Needs MANAGE_AGENTS, but for the own name and picture.',
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: UpdateAgentInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      updateAgent(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
        roleIds: input.roleIds
          ? fromGlobalIds('Role', { ids: input.roleIds, field: 'roleIds', within: 'input' })
          : null,
      }),
  }),
)

const RemoveAgentInput = builder.inputType('RemoveAgentInput', {
  description: 'An agent to remove.',
  fields: (t) => ({ agentId: t.id({ required: true, description: 'Whom.' }) }),
})

builder.mutationField('removeAgent', (t) =>
  t.field({
    type: AgentRef,
    description:
      'Takes an agent out of the workspace for good: sign-in, roles, teams, calendar and the place in the order of turns. Meetings stay, to be reassigned or held. Not possible for oneself and for the last administrator. Needs MANAGE_AGENTS.',
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: RemoveAgentInput, required: true, description: 'Whom.' }) },
    resolve: (_root, { input }, context) =>
      removeAgent(context, fromGlobalId('Agent', { id: input.agentId, field: 'agentId' })),
  }),
)
