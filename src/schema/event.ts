// Live events: what a subscription to a stream is told.

import type { EventSource } from '../services/events/event-source.ts'
import { openAgentEvents } from '../services/events/open-agent-events.ts'
import { openWorkspaceEvents } from '../services/events/open-workspace-events.ts'
import { readRoutingQueue } from '../services/routing/routing-queue.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { CURSOR_PLACEHOLDER, LiveSource } from './live-source.ts'
import { MeetingChangeRef, MeetingRef } from './meeting.ts'
import { RoutingQueueRef } from './routing.ts'

/** What subscriptions are executed for (see server/live). */
interface Happening {
  /** The name of the type. */
  kind: string
  at: Date
  payload: Record<string, string>
}

const EventInterface = builder.interfaceRef<Happening>('Event').implement({
  description: 'Something that happened, or that a subscriber must know. See docs/delivery.md.',
  fields: (t) => ({
    cursor: t.field({
      type: 'EventCursor',
      description:
        'The place in the stream after this. Keep the latest: with it as `after` a new subscription goes on from here.',
      resolve: () => CURSOR_PLACEHOLDER,
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
  }),
})

const CaughtUpRef = builder.objectRef<Happening>('CaughtUp').implement({
  description:
    'Everything that had happened has been told; what follows is live. Sent once to every subscription, also to one from now on, so that it has a cursor to begin with.',
  interfaces: [EventInterface],
})

const ResetReasonRef = builder.enumType('ResetReason', {
  description: 'Why a subscription cannot go on from where the client is.',
  values: {
    CURSOR_EXPIRED: { description: 'What happened since is no longer kept: events are kept for 7 days.' },
    CURSOR_UNKNOWN: {
      description: 'The cursor is not one of this stream and this viewer, or is ahead of the stream.',
    },
    ACCESS_CHANGED: { description: 'The viewer may see other things than before, or nothing any more.' },
  },
})

const ResetRequiredRef = builder
  .objectRef<Happening & { reason: 'CURSOR_EXPIRED' | 'CURSOR_UNKNOWN' | 'ACCESS_CHANGED' }>('ResetRequired')
  .implement({
    description:
      'The subscription ends here, because what was missed cannot be told in full. Read a snapshot with its `streamHead`, then subscribe again from there.',
    interfaces: [EventInterface],
    fields: (t) => ({ reason: t.expose('reason', { type: ResetReasonRef, description: 'Why.' }) }),
  })

const MeetingChangedRef = builder.objectRef<Happening>('MeetingChanged').implement({
  description: 'A meeting was booked, moved, cancelled, reassigned, or its outcome was noted.',
  interfaces: [EventInterface],
  fields: (t) => ({
    meeting: t.prismaField({
      type: MeetingRef,
      description: 'The meeting as it is when the event is read, which can be after later changes.',
      resolve: (query, { payload }, _arguments, { database }) =>
        database.meeting.findUniqueOrThrow({ ...query, where: { id: payload.meetingId } }),
    }),
    change: t.prismaField({
      type: MeetingChangeRef,
      description: 'This change.',
      resolve: (query, { payload }, _arguments, { database }) =>
        database.meetingChange.findUniqueOrThrow({ ...query, where: { id: payload.changeId } }),
    }),
  }),
})

const agentEvent = (name: string, description: string) =>
  builder.objectRef<Happening>(name).implement({
    description,
    interfaces: [EventInterface],
    fields: (t) => ({
      agent: t.prismaField({
        type: AgentRef,
        description: 'Whose.',
        resolve: (query, { payload }, _arguments, { database }) =>
          database.agent.findUniqueOrThrow({ ...query, where: { id: payload.agentId } }),
      }),
    }),
  })

const MeetingAvailabilityChangedRef = agentEvent(
  'MeetingAvailabilityChanged',
  "An agent's hours for meetings were changed.",
)
const CalendarStatusChangedRef = agentEvent(
  'CalendarStatusChanged',
  "An agent's calendar was connected or disconnected, or needs attention.",
)

const RoutingChangedRef = builder.objectRef<Happening>('RoutingChanged').implement({
  description: 'Somebody else is next, or the order, a pause or a team was changed.',
  interfaces: [EventInterface],
  fields: (t) => ({
    queue: t.field({
      type: RoutingQueueRef,
      description: 'The queue as it is when the event is read. Needs VIEW_ROUTING.',
      complexity: 50,
      resolve: (_event, _arguments, context) => readRoutingQueue(context),
    }),
  }),
})

const AgentEventRef = builder.unionType('AgentEvent', {
  description: "What an agent's own console is told.",
  types: [CaughtUpRef, ResetRequiredRef, CalendarStatusChangedRef, MeetingChangedRef],
  resolveType: ({ kind }) => kind,
})

const WorkspaceEventRef = builder.unionType('WorkspaceEvent', {
  description: "What a supervisor's board is told.",
  types: [
    CaughtUpRef,
    ResetRequiredRef,
    MeetingAvailabilityChangedRef,
    CalendarStatusChangedRef,
    MeetingChangedRef,
    RoutingChangedRef,
  ],
  resolveType: ({ kind }) => kind,
})

const AFTER =
  'The cursor of the last event that was seen, or the `streamHead` of a snapshot. Left out: from now on.'
const toSource = (events: EventSource) => new LiveSource({ events })

builder.subscriptionType({
  description:
    'Everything that is told as it happens, over WebSocket or server-sent events (docs/delivery.md).',
  fields: (t) => ({
    agentEvents: t.field({
      type: AgentEventRef,
      description:
        "An agent's console: the own meetings and the own calendar. For agents and administrators, each their own.",
      args: { after: t.arg({ type: 'EventCursor', description: AFTER }) },
      subscribe: (_root, { after }, context) => toSource(openAgentEvents(context, after ?? null)),
      resolve: (happening) => happening as unknown as Happening,
    }),
    workspaceEvents: t.field({
      type: WorkspaceEventRef,
      description:
        'Everything that a routing page or a board of all meetings shows. Needs VIEW_ROUTING; meetings are told with MANAGE_ALL_MEETINGS only.',
      args: { after: t.arg({ type: 'EventCursor', description: AFTER }) },
      subscribe: (_root, { after }, context) => toSource(openWorkspaceEvents(context, after ?? null)),
      resolve: (happening) => happening as unknown as Happening,
    }),
  }),
})
