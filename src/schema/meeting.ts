// Meetings: the node, the list, and those of an agent, a person or a conversation.

import {
  filterMeetings,
  type MeetingOrder,
  orderMeetings,
} from '../services/booking/meetings/meeting-filter.ts'
import { visibleMeetings } from '../services/booking/meetings/visible-meetings.ts'
import type { RequestContext } from '../services/identity/request-context.ts'
import { toDecision } from '../services/routing/decision.ts'
import { MAX_SEARCH_LENGTH } from '../services/search.ts'
import { formatCount } from '../services/wording.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { ConversationRef } from './conversation.ts'
import { fromGlobalIds, MAX_IDS } from './global-id.ts'
import {
  CalendarSyncRef,
  MeetingChangeKindRef,
  MeetingOutcomeRef,
  MeetingSourceRef,
  MeetingStatusRef,
} from './meeting-enums.ts'
import { PersonRef } from './person.ts'
import { DecisionRef } from './routing-decision.ts'
import { ALL_CONDITIONS, ANY_TOKEN, atMost, GLOBAL_ID, STAFF_ONLY } from './texts.ts'

export const MeetingChangeRef = builder.prismaObject('MeetingChange', {
  description: 'An entry in the history of a meeting.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'The instant of the change.' }),
    kind: t.expose('kind', { type: MeetingChangeKindRef, description: 'What changed.' }),
    actor: t.exposeString('actor', {
      description:
        'Who made the change: the name of an agent, `Visitor`, or `Switchboard` if the agent of the meeting was removed.',
    }),
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The start of the meeting after the change.',
    }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'The reason that was given; null if none was.',
    }),
  }),
})

export const MeetingRef = builder.prismaNode('Meeting', {
  id: { field: 'id', description: GLOBAL_ID },
  description:
    'A meeting of an agent with a person. Visible to the visitor who booked it, to verified visitors who are its person (see `identityHash`) and to the holder of its link; with MANAGE_MY_MEETINGS, to its agent; with MANAGE_ALL_MEETINGS, to all staff.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    status: t.expose('status', { type: MeetingStatusRef, description: 'The status of the meeting.' }),
    past: t.boolean({
      description: 'Whether the meeting is over at the time of the request.',
      select: { endsAt: true },
      resolve: ({ endsAt }, _arguments, { clock }) => endsAt <= clock.now(),
    }),
    outcome: t.expose('outcome', {
      type: MeetingOutcomeRef,
      nullable: true,
      description: 'Whether the meeting took place; null until it is recorded.',
    }),
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      description: 'The instant at which the meeting begins.',
    }),
    endsAt: t.expose('endsAt', { type: 'DateTime', description: 'The instant at which the meeting ends.' }),
    timeZone: t.expose('timeZone', { type: 'TimeZone', description: "The visitor's time zone." }),
    agent: t.relation('agent', {
      description: 'The agent who holds the meeting, even if that agent was removed.',
    }),
    person: t.relation('person', { description: 'The person to meet.' }),
    subject: t.exposeString('subject', {
      description: "The title in calendars and mails, made from the agent's `invitation`.",
    }),
    body: t.exposeString('body', {
      description:
        "The text in calendars and mails, made from the agent's `invitation`, with times in the visitor's time zone. Plain text, which may be empty; with the default invitation, it is the agenda.",
    }),
    conferenceUrl: t.expose('conferenceUrl', {
      type: 'URL',
      nullable: true,
      description: 'The address of the video conference; null if there is none.',
    }),
    calendarSync: t.expose('calendarSync', {
      type: CalendarSyncRef,
      description: "Whether the agent's calendar shows the meeting in its present state.",
    }),
    source: t.expose('source', { type: MeetingSourceRef, description: 'Where the meeting was booked.' }),
    pageUrl: t.expose('pageUrl', {
      type: 'URL',
      nullable: true,
      description: 'The address of the web page on which the meeting was booked; null if unknown.',
    }),
    routedBy: t.exposeString('routedBy', {
      description: 'How the agent was chosen, in English, for example `Round robin over all agents`.',
    }),
    decision: t.field({
      type: DecisionRef,
      nullable: true,
      description: `The routing decision that chose the present agent; null if there was none. ${STAFF_ONLY}`,
      authScopes: { staff: true },
      select: { decisions: { orderBy: { decidedAt: 'desc' }, take: 1 } },
      resolve: ({ decisions: [decision] }) => (decision === undefined ? null : toDecision(decision)),
    }),
    history: t.relation('history', {
      description: 'The changes of the meeting, oldest first.',
      query: { orderBy: [{ at: 'asc' }, { id: 'asc' }] },
    }),
    bookedAt: t.expose('bookedAt', {
      type: 'DateTime',
      description: 'The instant at which the meeting was booked.',
    }),
  }),
})

const MeetingFilter = builder.inputType('MeetingFilter', {
  description: `A filter for meetings. ${ALL_CONDITIONS}`,
  fields: (t) => ({
    agentIds: t.idList({ description: `Only meetings of these agents, at most ${formatCount(MAX_IDS)}.` }),
    status: t.field({ type: [MeetingStatusRef], description: 'Only meetings with one of these statuses.' }),
    past: t.boolean({
      description: 'True: only meetings that are over. False: only meetings that are not.',
    }),
    from: t.field({ type: 'DateTime', description: 'Only meetings that begin at this instant or later.' }),
    to: t.field({ type: 'DateTime', description: 'Only meetings that begin before this instant.' }),
    needsAgent: t.boolean({
      description:
        'True: only meetings that stand and are not over, but whose agent was removed. Give them to another agent with `reassignMeeting`, or cancel them. False: only others.',
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

const FILTER_DESCRIPTION = 'Which meetings to return. Defaults to all.'

function toWhere(context: RequestContext, filter: typeof MeetingFilter.$inferInput | null | undefined) {
  const agentIds = filter?.agentIds?.map(String)
  return filterMeetings(context, {
    ...filter,
    agentIds: agentIds ? fromGlobalIds('Agent', { ids: agentIds, field: 'agentIds' }) : null,
  })
}

builder.queryField('meetings', (t) =>
  t.prismaConnection({
    type: MeetingRef,
    cursor: 'id',
    description: `The meetings that are visible to the viewer, as \`Meeting\` says. ${ANY_TOKEN}`,
    args: {
      filter: t.arg({ type: MeetingFilter, description: FILTER_DESCRIPTION }),
      orderBy: t.arg({
        type: MeetingOrderRef,
        defaultValue: 'STARTS_AT_ASC',
        description: 'The order. Defaults to the earliest start first.',
      }),
    },
    resolve: (query, _root, { filter, orderBy }, context) => {
      const order: MeetingOrder = orderBy ?? 'STARTS_AT_ASC'
      return context.database.meeting.findMany({
        ...query,
        where: toWhere(context, filter),
        orderBy: orderMeetings(order),
      })
    },
  }),
)

builder.prismaObjectField(AgentRef, 'meetings', (t) =>
  t.relatedConnection('meetings', {
    cursor: 'id',
    description: `The agent's meetings that are visible to the viewer, earliest start first. ${STAFF_ONLY}`,
    authScopes: { staff: true },
    args: { filter: t.arg({ type: MeetingFilter, description: FILTER_DESCRIPTION }) },
    query: ({ filter }, context) => ({
      where: toWhere(context, filter),
      orderBy: orderMeetings('STARTS_AT_ASC'),
    }),
  }),
)

builder.prismaObjectField(AgentRef, 'meetingsToDate', (t) =>
  t.relationCount('meetings', {
    description: `How many meetings the agent was assigned that are not cancelled. ${STAFF_ONLY}`,
    authScopes: { staff: true },
    where: { status: { not: 'CANCELLED' } },
  }),
)

builder.prismaObjectField(PersonRef, 'meetings', (t) =>
  t.relatedConnection('meetings', {
    cursor: 'id',
    description: "The person's meetings that are visible to the viewer, earliest start first.",
    query: (_arguments, context) => ({
      where: visibleMeetings(context.viewer),
      orderBy: orderMeetings('STARTS_AT_ASC'),
    }),
  }),
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
