// Meetings as they are read: the node, the list, an agent's and a person's meetings.

import {
  filterMeetings,
  type MeetingOrder,
  orderMeetings,
} from '../services/booking/meetings/meeting-filter.ts'
import { visibleMeetings } from '../services/booking/meetings/visible-meetings.ts'
import type { RequestContext } from '../services/identity/request-context.ts'
import { toDecision } from '../services/routing/decision.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { ConversationRef } from './conversation.ts'
import { fromGlobalIds } from './global-id.ts'
import {
  CalendarSyncRef,
  MeetingChangeKindRef,
  MeetingOutcomeRef,
  MeetingSourceRef,
  MeetingStatusRef,
} from './meeting-enums.ts'
import { PersonRef } from './person.ts'
import { DecisionRef } from './routing-decision.ts'

export const MeetingChangeRef = builder.prismaObject('MeetingChange', {
  description: 'An entry in the history of a meeting.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    kind: t.expose('kind', { type: MeetingChangeKindRef, description: 'What happened.' }),
    actor: t.exposeString('actor', { description: 'Who did it: the name of a colleague, or `Visitor`.' }),
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the meeting was to begin after this.',
    }),
    reason: t.exposeString('reason', { nullable: true, description: 'As it was given.' }),
  }),
})

export const MeetingRef = builder.prismaNode('Meeting', {
  id: { field: 'id', description: 'Global id.' },
  description:
    'A meeting of an agent with a person. Seen by its agent (MANAGE_MY_MEETINGS), by staff with MANAGE_ALL_MEETINGS, by the visitor who booked it, by verified visitors who are its person (see `identityHash`) and by whoever has its link.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    status: t.expose('status', { type: MeetingStatusRef, description: 'Where it stands.' }),
    past: t.boolean({
      description: 'Whether its end is over, by the clock at the time of asking.',
      select: { endsAt: true },
      resolve: ({ endsAt }, _arguments, { clock }) => endsAt <= clock.now(),
    }),
    outcome: t.expose('outcome', {
      type: MeetingOutcomeRef,
      nullable: true,
      description: 'What became of it; null until somebody notes it.',
    }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'When it begins.' }),
    endsAt: t.expose('endsAt', { type: 'DateTime', description: 'When it ends.' }),
    timeZone: t.expose('timeZone', { type: 'TimeZone', description: "The visitor's zone." }),
    agent: t.relation('agent', { description: 'Who holds it. Also when the agent was removed since.' }),
    person: t.relation('person', { description: 'Whom it is held with.' }),
    subject: t.exposeString('subject', {
      description: "Its title in calendars and mails, made of its agent's `invitation`.",
    }),
    body: t.exposeString('body', {
      description:
        "What its agent's `invitation` says of it, times on the visitor's clock; plain text. With the default invitation the agenda that was given; may be empty.",
    }),
    conferenceUrl: t.expose('conferenceUrl', {
      type: 'URL',
      nullable: true,
      description: 'Where to join by video; null when there is no conference.',
    }),
    calendarSync: t.expose('calendarSync', {
      type: CalendarSyncRef,
      description: "Whether the agent's calendar shows it as it is.",
    }),
    source: t.expose('source', { type: MeetingSourceRef, description: 'Where it was booked.' }),
    pageUrl: t.expose('pageUrl', {
      type: 'URL',
      nullable: true,
      description: 'The page of the website it was booked on.',
    }),
    routedBy: t.exposeString('routedBy', {
      description: 'How its agent was chosen, for example `Round robin over all agents`.',
    }),
    decision: t.field({
      type: DecisionRef,
      nullable: true,
      description: 'The record of how its present agent was chosen. Needs to be staff.',
      authScopes: { staff: true },
      select: { decisions: { orderBy: { decidedAt: 'desc' }, take: 1 } },
      resolve: ({ decisions: [decision] }) => (decision === undefined ? null : toDecision(decision)),
    }),
    history: t.relation('history', {
      description: 'What happened to it, oldest first.',
      query: { orderBy: [{ at: 'asc' }, { id: 'asc' }] },
    }),
    bookedAt: t.expose('bookedAt', { type: 'DateTime', description: 'When it was booked.' }),
  }),
})

const MeetingFilter = builder.inputType('MeetingFilter', {
  description: 'Which meetings to list: those for which everything given is true.',
  fields: (t) => ({
    agentIds: t.idList({ description: 'Held by one of these agents. At most 1000.' }),
    status: t.field({ type: [MeetingStatusRef], description: 'In one of these states.' }),
    past: t.boolean({ description: 'True: those that are over. False: those that are not.' }),
    from: t.field({ type: 'DateTime', description: 'Beginning at this instant or later.' }),
    to: t.field({ type: 'DateTime', description: 'Beginning before this instant.' }),
    personEmail: t.field({ type: 'EmailAddress', description: 'With the person of this e-mail.' }),
    search: t.string({
      description:
        "Text in the subject, the person's name or e-mail, or the agent's name. At most 100 characters.",
    }),
  }),
})

const MeetingOrderRef = builder.enumType('MeetingOrder', {
  description: 'The order of a list of meetings.',
  values: {
    STARTS_AT_ASC: { description: 'Earliest first.' },
    STARTS_AT_DESC: { description: 'Latest first.' },
    BOOKED_AT_DESC: { description: 'Last booked first.' },
  },
})

const FILTER_DESCRIPTION = 'Which of them; left out: all.'

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
    description:
      'Meetings: all of the workspace with MANAGE_ALL_MEETINGS, the own ones with MANAGE_MY_MEETINGS or as a visitor.',
    args: {
      filter: t.arg({ type: MeetingFilter, description: FILTER_DESCRIPTION }),
      orderBy: t.arg({
        type: MeetingOrderRef,
        defaultValue: 'STARTS_AT_ASC',
        description: 'The order; left out: earliest first.',
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
    description: "The agent's meetings that the viewer may see, earliest first. Staff only.",
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
    description: 'How many meetings the agent was given that stand: all but the cancelled ones. Staff only.',
    authScopes: { staff: true },
    where: { status: { not: 'CANCELLED' } },
  }),
)

builder.prismaObjectField(PersonRef, 'meetings', (t) =>
  t.relatedConnection('meetings', {
    cursor: 'id',
    description: "The person's meetings that the viewer may see, earliest first.",
    query: (_arguments, context) => ({
      where: visibleMeetings(context.viewer),
      orderBy: orderMeetings('STARTS_AT_ASC'),
    }),
  }),
)

builder.prismaObjectField(ConversationRef, 'meetings', (t) =>
  t.relation('meetings', {
    description:
      'The meetings that were booked in it or after it, as far as the viewer may see them, earliest first.',
    query: (_arguments, { viewer }) => ({
      where: visibleMeetings(viewer),
      orderBy: orderMeetings('STARTS_AT_ASC'),
    }),
  }),
)
