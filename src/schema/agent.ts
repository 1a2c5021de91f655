// Agents: the staff, who take meetings and live chats or administer the workspace.

import { ConflictError, NotFoundError } from '../errors.ts'
import { createAgent, USUAL_HOURS_TEXT } from '../services/agents/create-agent.ts'
import { filterAgents } from '../services/agents/filter-agents.ts'
import { updateAgent } from '../services/agents/update-agent.ts'
import { MAX_NAME_LENGTH } from '../services/input.ts'
import { MAX_SEARCH_LENGTH } from '../services/search.ts'
import { LiveChatAvailabilityRef, MeetingAvailabilityRef } from './availability.ts'
import { builder } from './builder.ts'
import { CalendarRef } from './calendar.ts'
import { COUNTED } from './connection.ts'
import type { SchemaContext } from './context.ts'
import { fromGlobalIds, fromOptionalGlobalId } from './global-id.ts'
import { fromCursor, listedBy } from './page-arguments.ts'
import type { Order } from './page-cursor.ts'
import { PERSONAL } from './personal.ts'
import { RoleRef } from './role.ts'
import {
  atMost,
  GLOBAL_ID,
  IDEMPOTENCY_KEY,
  NULL_IF_REFUSED,
  OMITTED_OR_NULL_STAYS,
  oneLine,
  PUBLICLY_BOOKABLE,
  SLUG,
  SLUG_FORMAT,
  STAFF_ONLY,
  STAFF_TOKEN,
  streamHeadOf,
} from './texts.ts'

const NAME = `The name. ${oneLine(MAX_NAME_LENGTH)}`

export const AgentRef = builder.prismaNode('Agent', {
  id: { field: 'id', description: GLOBAL_ID },
  description:
    "A member of the workspace's staff, who takes meetings and live chats or administers the workspace. Visitors can read `id`, `name` and `pictureUrl`; the other fields are for staff.",
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'The name as visitors and other agents see it, for example `Ada Lovelace`.',
    }),
    email: t.expose('email', {
      type: 'EmailAddress',
      nullable: true,
      description: `The e-mail address, in lower case and unique in the workspace. ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    streamHead: t.field({
      extensions: PERSONAL,
      type: 'EventCursor',
      nullable: true,
      description: `${streamHeadOf('agentEvents')} Null unless the agent is the viewer.`,
      resolve: ({ id }, _arguments, { viewer, streamHeads }) =>
        viewer.kind === 'AGENT' && viewer.agentId === id ? (streamHeads?.agent ?? null) : null,
    }),
    pictureUrl: t.expose('pictureUrl', {
      type: 'URL',
      nullable: true,
      description: 'The address of a picture; null if there is none.',
    }),
    roles: t.field({
      type: [RoleRef],
      description: `The roles, by name. The agent is allowed what any of them allows. ${STAFF_ONLY}`,
      authScopes: { staff: true },
      select: (_arguments, _context, nestedSelection) => ({
        roles: { orderBy: { role: { name: 'asc' } }, select: { role: nestedSelection(true) } },
      }),
      resolve: ({ roles }) => roles.map(({ role }) => role),
    }),
    calendar: t.field({
      type: CalendarRef,
      nullable: true,
      description: `The calendar into which meetings are written; null if none is connected. ${STAFF_ONLY}`,
      authScopes: { staff: true },
      select: (_arguments, _context, nestedSelection) => ({ calendar: nestedSelection({}) }),
      resolve: ({ calendar }) => (calendar?.state === 'DISCONNECTED' ? null : calendar),
    }),
    meetingAvailability: t.relation('meetingAvailability', {
      type: MeetingAvailabilityRef,
      onNull: 'error',
      description: `The hours for meetings. ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
    liveChatAvailability: t.relation('liveChatAvailability', {
      type: LiveChatAvailabilityRef,
      onNull: 'error',
      description: `The hours for live chat. ${STAFF_ONLY}`,
      authScopes: { staff: true },
    }),
  }),
})

export const AgentConnectionRef = builder.connectionObject(
  { type: AgentRef, name: 'AgentConnection', description: 'A page of agents.' },
  { name: 'AgentEdge', description: 'An agent with its cursor.' },
)

/** The id decides between agents of the same name. */
const BY_NAME = [{ name: 'asc' }, { id: 'asc' }] satisfies Order

builder.queryField('agents', (t) =>
  t.prismaConnection(
    {
      type: AgentRef,
      cursor: 'id',
      nullable: true,
      description: `The agents of the workspace, by name. ${STAFF_TOKEN} ${NULL_IF_REFUSED}`,
      args: {
        search: t.arg.string({
          description: `Finds agents whose name or e-mail address contains this text, for example \`ada\`. ${atMost(MAX_SEARCH_LENGTH)}`,
        }),
        teamId: t.arg.id({ description: 'Finds agents of this team only.' }),
        removed: t.arg.boolean({
          defaultValue: false,
          description:
            'True: only agents who were removed, who belong to no team. False, the default: only the others.',
        }),
      },
      extensions: listedBy(() => BY_NAME),
      resolve: async (query, _root, filter, context) =>
        context.database.agent.findMany({
          ...query,
          where: { AND: [await toWhere(context, filter), fromCursor(filter)] },
          orderBy: BY_NAME,
        }),
      totalCount: async (_root, filter, context) =>
        context.database.agent.count({ ...COUNTED, where: await toWhere(context, filter) }),
    },
    AgentConnectionRef,
  ),
)

function toWhere(
  context: SchemaContext,
  { teamId, ...filter }: { search?: string | null; teamId?: string | null; removed?: boolean | null },
) {
  return filterAgents(context, {
    ...filter,
    teamId: fromOptionalGlobalId('Team', { id: teamId, field: 'teamId' }),
  })
}

const CreateAgentInput = builder.inputType('CreateAgentInput', {
  description: 'An agent to create.',
  fields: (t) => ({
    name: t.string({ required: true, description: NAME }),
    email: t.field({
      type: 'EmailAddress',
      required: true,
      description:
        'The e-mail address by which the agent signs in. It must not belong to another agent of the workspace.',
    }),
    pictureUrl: t.field({ type: 'URL', description: 'The address of a picture.' }),
    roleIds: t.idList({ description: 'The roles of the agent. Defaults to the built-in role `Agent`.' }),
    idempotencyKey: t.string({
      description: IDEMPOTENCY_KEY,
    }),
  }),
})

builder.mutationField('createAgent', (t) =>
  t.field({
    type: AgentRef,
    description: `Creates an agent. The hours for meetings and for live chat are ${USUAL_HOURS_TEXT}, until others are set; meetings can be booked once a calendar is connected. The slug is made from the name, and the agent is not publicly bookable: \`updateAgent\` changes both. Requires MANAGE_AGENTS.`,
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: CreateAgentInput, required: true, description: 'The agent to create.' }) },
    resolve: (_root, { input }, context) =>
      createAgent(context, {
        ...input,
        roleIds: input.roleIds ? fromGlobalIds('Role', { ids: input.roleIds, field: 'input.roleIds' }) : null,
      }),
  }),
)

const UpdateAgentInput = builder.inputType('UpdateAgentInput', {
  description: `Changes to an agent. ${OMITTED_OR_NULL_STAYS} The exception is \`pictureUrl\`, which null removes.`,
  fields: (t) => ({
    agentId: t.id({ description: 'The agent to change. Defaults to the viewer.' }),
    name: t.string({ description: NAME }),
    email: t.field({
      type: 'EmailAddress',
      description:
        "The e-mail address. It must not belong to another agent of the workspace. It also becomes the address of the agent's built-in calendar.",
    }),
    pictureUrl: t.field({
      type: 'URL',
      description: 'The address of a picture. Omitted, the picture stays; null removes it.',
    }),
    roleIds: t.idList({
      description: 'The roles of the agent, which replace the present ones; `[]` takes all of them away.',
    }),
    slug: t.string({ description: `${SLUG} ${SLUG_FORMAT}` }),
    publiclyBookable: t.boolean({ description: PUBLICLY_BOOKABLE }),
  }),
})

builder.mutationField('updateAgent', (t) =>
  t.field({
    type: AgentRef,
    description:
      "Changes an agent. At least one agent must keep the built-in role `Administrator`. Requires MANAGE_AGENTS, except for the viewer's own name, picture and slug.",
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: UpdateAgentInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      updateAgent(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
        roleIds: input.roleIds ? fromGlobalIds('Role', { ids: input.roleIds, field: 'input.roleIds' }) : null,
      }),
  }),
)
