// Live events: what a subscription to a stream is told.

import { readRoutingQueue } from '../services/assignment/routing-queue.ts'
import { openConversationEvents } from '../services/chat/conversation/open-conversation-events.ts'
import type { EventSource } from '../services/events/event-source.ts'
import { openAgentEvents } from '../services/events/open-agent-events.ts'
import { openWorkspaceEvents } from '../services/events/open-workspace-events.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import {
  ChatOfferedRef,
  ChatOfferSettledRef,
  ConversationUpdatedRef,
  MessageSentRef,
  TypingRef,
} from './chat-event.ts'
import { EventInterface, type Happening } from './event-interface.ts'
import { fromGlobalId } from './global-id.ts'
import { LiveChatStatusRef, loadStatus } from './live-chat-status.ts'
import { LiveSource } from './live-source.ts'
import { MeetingChangeRef, MeetingRef } from './meeting.ts'
import { RoutingQueueRef } from './routing.ts'

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

const LiveChatStatusChangedRef = builder.objectRef<Happening>('LiveChatStatusChanged').implement({
  description:
    'An agent became available for live chats or no longer is, by the hours or by hand, or the hours for live chat were changed. Signing in and taking chats are not told.',
  interfaces: [EventInterface],
  fields: (t) => ({
    status: t.field({
      type: LiveChatStatusRef,
      description: 'The status as it is when the event is read.',
      resolve: ({ payload }, _arguments, context) => loadStatus(context, payload.agentId ?? ''),
    }),
  }),
})

const RoutingChangedRef = builder.objectRef<Happening>('RoutingChanged').implement({
  description: 'Somebody else is next, or the order, a pause or a team was changed.',
  interfaces: [EventInterface],
  fields: (t) => ({
    queue: t.field({
      type: RoutingQueueRef,
      description: 'The queue as it is when the event is read. Needs VIEW_ROUTING.',
      complexity: 50,
      resolve: ({ payload }, _arguments, context) =>
        readRoutingQueue(context, payload.kind === 'LIVE_CHAT' ? 'LIVE_CHAT' : 'MEETING'),
    }),
  }),
})

const AgentEventRef = builder.unionType('AgentEvent', {
  description: "What an agent's own console is told.",
  types: [
    CaughtUpRef,
    ResetRequiredRef,
    CalendarStatusChangedRef,
    LiveChatStatusChangedRef,
    MeetingChangedRef,
    ChatOfferedRef,
    ChatOfferSettledRef,
    ConversationUpdatedRef,
    MessageSentRef,
  ],
  resolveType: ({ kind }) => kind,
})

const WorkspaceEventRef = builder.unionType('WorkspaceEvent', {
  description: "What a supervisor's board is told.",
  types: [
    CaughtUpRef,
    ResetRequiredRef,
    MeetingAvailabilityChangedRef,
    CalendarStatusChangedRef,
    LiveChatStatusChangedRef,
    MeetingChangedRef,
    RoutingChangedRef,
    ConversationUpdatedRef,
  ],
  resolveType: ({ kind }) => kind,
})

const ConversationEventRef = builder.unionType('ConversationEvent', {
  description: 'What those who talk in a chat are told.',
  types: [CaughtUpRef, ResetRequiredRef, ConversationUpdatedRef, MessageSentRef, TypingRef],
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
        "An agent's console: chats that are offered, the own chats, meetings, calendar and live-chat status. Holding it open is being signed in. For agents and administrators, each their own.",
      args: { after: t.arg({ type: 'EventCursor', description: AFTER }) },
      subscribe: (_root, { after }, context) => toSource(openAgentEvents(context, after ?? null)),
      resolve: (happening) => happening as unknown as Happening,
    }),
    workspaceEvents: t.field({
      type: WorkspaceEventRef,
      description:
        'Everything that a routing page or a board of all meetings and chats shows. Needs VIEW_ROUTING; meetings are told with MANAGE_ALL_MEETINGS only, conversations (but not each message) with VIEW_ALL_CONVERSATIONS only.',
      args: { after: t.arg({ type: 'EventCursor', description: AFTER }) },
      subscribe: (_root, { after }, context) => toSource(openWorkspaceEvents(context, after ?? null)),
      resolve: (happening) => happening as unknown as Happening,
    }),
    conversationEvents: t.field({
      type: ConversationEventRef,
      description:
        'One conversation, for its visitor, its agent, and staff with VIEW_ALL_CONVERSATIONS. An agent who handed it over is told ResetRequired(ACCESS_CHANGED), and so is a visitor who followed what another browser of its person did and may no more. A visitor who holds it open is there: once it has been gone for 15 seconds before anybody has accepted the chat, the chat is ABANDONED.',
      args: {
        conversationId: t.arg.id({ required: true, description: 'The conversation.' }),
        after: t.arg({ type: 'EventCursor', description: AFTER }),
      },
      subscribe: async (_root, { conversationId, after }, context) => {
        const id = fromGlobalId('Conversation', { id: conversationId, field: 'conversationId' })
        return toSource(await openConversationEvents(context, { conversationId: id, after: after ?? null }))
      },
      resolve: (happening) => happening as unknown as Happening,
    }),
  }),
})
