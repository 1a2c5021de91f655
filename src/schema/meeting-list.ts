// The lists of meetings: all, and those of an agent, a person or a conversation.
import {
  filterMeetings,
  type MeetingOrder,
  orderMeetings,
} from '../services/booking/meetings/meeting-filter.ts'
import { visibleMeetings } from '../services/booking/meetings/visible-meetings.ts'
import type { RequestContext } from '../services/identity/request-context.ts'
import { MAX_SEARCH_LENGTH } from '../services/search.ts'
import { formatCount } from '../services/wording.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { COUNTED, countedByOwner } from './connection.ts'
import { ConversationRef } from './conversation.ts'
import { fromGlobalIds, fromOptionalGlobalId, MAX_IDS } from './global-id.ts'
import { MeetingRef } from './meeting.ts'
import { MeetingOutcomeRef, MeetingSourceRef, MeetingStatusRef } from './meeting-enums.ts'
import { fromCursor, listedBy } from './page-arguments.ts'
import { PersonRef } from './person.ts'
import { ALL_CONDITIONS, ANY_TOKEN, atMost, LINK_IS_TOKEN, STAFF_ONLY } from './texts.ts'

const MeetingFilter = builder.inputType('MeetingFilter', {
  description: `A filter for meetings. ${ALL_CONDITIONS}`,
  fields: (t) => ({
    agentIds: t.idList({ description: `Only meetings of these agents, at most ${formatCount(MAX_IDS)}.` }),
    teamId: t.id({ description: 'Only meetings of the agents who are in this team now. For staff only.' }),
    personId: t.id({ description: 'Only meetings with this person.' }),
    status: t.field({ type: [MeetingStatusRef], description: 'Only meetings with one of these statuses.' }),
    outcome: t.field({ type: [MeetingOutcomeRef], description: 'Only meetings with one of these outcomes.' }),
    withoutOutcome: t.boolean({
      description:
        'True: only meetings without an outcome. False: only meetings with one. Meetings whose outcome is to be recorded are `{ past: true, withoutOutcome: true, status: [SCHEDULED, RESCHEDULED] }`.',
    }),
    source: t.field({ type: [MeetingSourceRef], description: 'Only meetings that were booked there.' }),
    past: t.boolean({
      description: 'True: only meetings that are over. False: only meetings that are not.',
    }),
    from: t.field({ type: 'DateTime', description: 'Only meetings that begin at this instant or later.' }),
    to: t.field({ type: 'DateTime', description: 'Only meetings that begin before this instant.' }),
    needsAgent: t.boolean({
      description:
        'True: only meetings that stand and are not over, but whose agent was removed. Give them to another agent with `reassignMeeting`, or cancel them. False: only others. For staff only.',
    }),
    personEmail: t.field({
      type: 'EmailAddress',
      description: 'Only meetings with the person who has this e-mail address.',
    }),
    search: t.string({
      description: `Only meetings with this text in the subject, in the person's name or e-mail address, or in the agent's name. ${atMost(MAX_SEARCH_LENGTH)}`,
    }),
  }),
})

const MeetingOrderRef = builder.enumType('MeetingOrder', {
  description: 'The order of a list of meetings.',
  values: {
    STARTS_AT_ASC: { description: 'The earliest start first.' },
    STARTS_AT_DESC: { description: 'The latest start first.' },
    BOOKED_AT_DESC: { description: 'The latest booking first.' },
  },
})

const DEFAULT_ORDER = 'STARTS_AT_ASC'
const FILTER_DESCRIPTION = 'Which meetings to return. Defaults to all.'

function toWhere(context: RequestContext, filter: typeof MeetingFilter.$inferInput | null | undefined) {
  const agentIds = filter?.agentIds?.map(String)
  return filterMeetings(context, {
    ...filter,
    agentIds: agentIds ? fromGlobalIds('Agent', { ids: agentIds, field: 'filter.agentIds' }) : null,
    teamId: fromOptionalGlobalId('Team', { id: filter?.teamId, field: 'filter.teamId' }),
    personId: fromOptionalGlobalId('Person', { id: filter?.personId, field: 'filter.personId' }),
  })
}

const MeetingConnectionRef = builder.connectionObject(
  { type: MeetingRef, name: 'MeetingConnection', description: 'A page of meetings.' },
  { name: 'MeetingEdge', description: 'A meeting with its cursor.' },
)

builder.queryField('meetings', (t) =>
  t.prismaConnection(
    {
      type: MeetingRef,
      cursor: 'id',
      description: `The meetings that are visible to the viewer, as \`Meeting\` says. ${ANY_TOKEN} ${LINK_IS_TOKEN} It lists the meeting of the link and those that were booked with it.`,
      args: {
        filter: t.arg({ type: MeetingFilter, description: FILTER_DESCRIPTION }),
        orderBy: t.arg({
          type: MeetingOrderRef,
          defaultValue: DEFAULT_ORDER,
          description: 'The order. Defaults to the earliest start first.',
        }),
      },
      extensions: listedBy(({ orderBy }: { orderBy?: MeetingOrder | null }) =>
        orderMeetings(orderBy ?? DEFAULT_ORDER),
      ),
      resolve: (query, _root, { filter, orderBy, ...page }, context) =>
        context.database.meeting.findMany({
          ...query,
          where: { AND: [toWhere(context, filter), fromCursor(page)] },
          orderBy: orderMeetings(orderBy ?? DEFAULT_ORDER),
        }),
      totalCount: (_root, { filter }, context) =>
        context.database.meeting.count({
          ...COUNTED,
          where: toWhere(context, filter),
          orderBy: orderMeetings(DEFAULT_ORDER),
        }),
    },
    MeetingConnectionRef,
  ),
)

const countOfAgent = countedByOwner({
  where: ({ filter }: { filter?: typeof MeetingFilter.$inferInput | null }, context) =>
    toWhere(context, filter),
  count: async ({ database }, { ids, where }) => {
    const list = { AND: [{ agentId: { in: ids } }, where] }
    const rows = await database.meeting.groupBy({ by: 'agentId', where: list, _count: true })
    return rows.map(({ agentId, _count }) => ({ owner: agentId, count: _count }))
  },
})

builder.prismaObjectField(AgentRef, 'meetings', (t) =>
  t.relatedConnection(
    'meetings',
    {
      cursor: 'id',
      description:
        "The agent's meetings that are visible to the viewer, earliest start first; for visitors, their own with the agent.",
      args: { filter: t.arg({ type: MeetingFilter, description: FILTER_DESCRIPTION }) },
      totalCount: true,
      extensions: listedBy(() => orderMeetings(DEFAULT_ORDER), countOfAgent),
      query: ({ filter, ...page }, context) => ({
        where: { AND: [toWhere(context, filter), fromCursor(page)] },
        orderBy: orderMeetings(DEFAULT_ORDER),
      }),
    },
    MeetingConnectionRef,
  ),
)

builder.prismaObjectField(AgentRef, 'meetingsToDate', (t) =>
  t.relationCount('meetings', {
    description: `How many meetings the agent was assigned that are not cancelled. ${STAFF_ONLY}`,
    authScopes: { staff: true },
    where: { status: { not: 'CANCELLED' } },
  }),
)

const countOfPerson = countedByOwner({
  where: (_arguments, { viewer }) => visibleMeetings(viewer),
  count: async ({ database }, { ids, where }) => {
    const list = { AND: [{ personId: { in: ids } }, where] }
    const rows = await database.meeting.groupBy({ by: 'personId', where: list, _count: true })
    return rows.map(({ personId, _count }) => ({ owner: personId, count: _count }))
  },
})

builder.prismaObjectField(PersonRef, 'meetings', (t) =>
  t.relatedConnection(
    'meetings',
    {
      cursor: 'id',
      description: "The person's meetings that are visible to the viewer, earliest start first.",
      totalCount: true,
      extensions: listedBy(() => orderMeetings(DEFAULT_ORDER), countOfPerson),
      query: (page, context) => ({
        where: { AND: [visibleMeetings(context.viewer), fromCursor(page)] },
        orderBy: orderMeetings(DEFAULT_ORDER),
      }),
    },
    MeetingConnectionRef,
  ),
)

builder.prismaObjectField(ConversationRef, 'meetings', (t) =>
  t.relation('meetings', {
    description:
      'The meetings booked during or after the conversation that are visible to the viewer, earliest start first.',
    query: (_arguments, { viewer }) => ({
      where: visibleMeetings(viewer),
      orderBy: orderMeetings('STARTS_AT_ASC'),
    }),
  }),
)
