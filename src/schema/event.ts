// Live events, and the subscriptions that deliver them.
import { readRoutingQueue } from '../services/assignment/routing-queue.ts'
import { VISITOR_GONE_MS } from '../services/chat/abandoned-chats.ts'
import { LOAD_EVERY_MS } from '../services/chat/availability/announce-load.ts'
import { openConversationEvents } from '../services/chat/conversation/open-conversation-events.ts'
import type { EventOf, ShownType } from '../services/events/catalogue.ts'
import { MAX_FAULTS, type SubscriptionNotice } from '../services/events/event-source.ts'
import { openAgentEvents } from '../services/events/open-agent-events.ts'
import { openWorkspaceEvents } from '../services/events/open-workspace-events.ts'
import type { Signal } from '../services/ports/wake-ups.ts'
import { EVENTS_KEPT_MS } from '../services/tidy.ts'
import { formatDuration } from '../services/wording.ts'
import { builder } from './builder.ts'
import {
  ChatOfferedRef,
  ChatOfferSettledRef,
  ConversationChangedRef,
  MessageSentRef,
  TypingRef,
} from './chat-event.ts'
import { EventInterface } from './event-interface.ts'
import { fromGlobalId } from './global-id.ts'
import { IdleWarningRef } from './idle-warning.ts'
import { LiveChatStatusRef, loadStatus } from './live-chat-status.ts'
import { LiveSource } from './live-source.ts'
import { MeetingChangeRef, MeetingRef } from './meeting.ts'
import { RoutingQueueRef } from './routing.ts'
import {
  AgentChangedRef,
  CalendarChangedRef,
  MeetingAvailabilityChangedRef,
  TeamChangedRef,
  WorkspaceChangedRef,
} from './settings-event.ts'

const CaughtUpRef = builder
  .objectRef<Extract<SubscriptionNotice, { type: 'CaughtUp' }>>('CaughtUp')
  .implement({
    description:
      'All past events have been replayed; what follows is live. Every subscription receives it once, also without `after`, so that the client has a cursor from the start.',
    interfaces: [EventInterface],
  })

const ResetReasonRef = builder.enumType('ResetReason', {
  description: 'Why a subscription cannot go on.',
  values: {
    CURSOR_EXPIRED: {
      description: `Events after the cursor are no longer stored: they are kept for ${formatDuration(EVENTS_KEPT_MS)}.`,
    },
    CURSOR_UNKNOWN: {
      description: 'The cursor does not belong to this stream and this viewer, or is ahead of the stream.',
    },
    ACCESS_CHANGED: { description: 'What the viewer can see has changed.' },
    FAULT: {
      description: `The event after the cursor could not be read ${MAX_FAULTS} times in a row, because of an internal error. The snapshot shows what it was about.`,
    },
  },
})

const ResetRequiredRef = builder
  .objectRef<Extract<SubscriptionNotice, { type: 'ResetRequired' }>>('ResetRequired')
  .implement({
    description:
      'The subscription ends, because the missed events cannot be replayed in full. Read a new snapshot with its `streamHead`, then subscribe from there.',
    interfaces: [EventInterface],
    fields: (t) => ({
      reason: t.expose('reason', { type: ResetReasonRef, description: 'Why the subscription ends.' }),
    }),
  })

const MeetingChangedRef = builder.objectRef<EventOf<'MeetingChanged'>>('MeetingChanged').implement({
  description:
    "A meeting was booked, rescheduled, cancelled or reassigned, changed in the agent's calendar, or its outcome was recorded.",
  interfaces: [EventInterface],
  fields: (t) => ({
    meeting: t.prismaField({
      type: MeetingRef,
      description: 'The meeting as it is when the event is delivered, which may include later changes.',
      resolve: (query, { payload }, _arguments, { database }) =>
        database.meeting.findUniqueOrThrow({ ...query, where: { id: payload.meetingId } }),
    }),
    change: t.prismaField({
      type: MeetingChangeRef,
      description: 'The change that the event is about.',
      resolve: (query, { payload }, _arguments, { database }) =>
        database.meetingChange.findUniqueOrThrow({ ...query, where: { id: payload.changeId } }),
    }),
  }),
})

const LiveChatStatusChangedRef = builder
  .objectRef<EventOf<'LiveChatStatusChanged'>>('LiveChatStatusChanged')
  .implement({
    description: `The status of an agent for live chats changed: \`available\`, by the hours or by the toggle, or the hours were replaced; or the agent signed in or out (\`signedIn\`: the first console came, the last one left), can be reached or no longer (\`reachable\`), or has another number of conversations or offers (\`activeChats\`, \`pendingOffers\`). Changes of these four come within a second, and at most once in ${formatDuration(LOAD_EVERY_MS)} for an agent, together.`,
    interfaces: [EventInterface],
    fields: (t) => ({
      status: t.field({
        type: LiveChatStatusRef,
        description: 'The status as it is when the event is delivered.',
        resolve: ({ payload }, _arguments, context) => loadStatus(context, payload.agentId),
      }),
    }),
  })

const RoutingChangedRef = builder.objectRef<EventOf<'RoutingChanged'>>('RoutingChanged').implement({
  description:
    'Another agent is next in a routing queue, or its agents, their order or a pause were changed. Requires VIEW_ROUTING.',
  interfaces: [EventInterface],
  fields: (t) => ({
    queue: t.field({
      type: RoutingQueueRef,
      description: 'The routing queue as it is when the event is delivered. Requires VIEW_ROUTING.',
      complexity: 50,
      resolve: ({ payload }, _arguments, context) => readRoutingQueue(context, payload.kind),
    }),
  }),
})

const AgentEventRef = builder.unionType('AgentEvent', {
  description: "An event for an agent's console.",
  types: [
    CaughtUpRef,
    ResetRequiredRef,
    MeetingAvailabilityChangedRef,
    CalendarChangedRef,
    AgentChangedRef,
    LiveChatStatusChangedRef,
    MeetingChangedRef,
    ChatOfferedRef,
    ChatOfferSettledRef,
    ConversationChangedRef,
    IdleWarningRef,
    MessageSentRef,
    TypingRef,
  ],
  resolveType: ({ type }) => type,
})

const WorkspaceEventRef = builder.unionType('WorkspaceEvent', {
  description: "An event for a supervisor's board, or for a screen with settings.",
  types: [
    CaughtUpRef,
    ResetRequiredRef,
    MeetingAvailabilityChangedRef,
    CalendarChangedRef,
    AgentChangedRef,
    TeamChangedRef,
    WorkspaceChangedRef,
    LiveChatStatusChangedRef,
    MeetingChangedRef,
    RoutingChangedRef,
    ConversationChangedRef,
  ],
  resolveType: ({ type }) => type,
})

const ConversationEventRef = builder.unionType('ConversationEvent', {
  description: 'An event for the participants of a conversation.',
  types: [CaughtUpRef, ResetRequiredRef, ConversationChangedRef, IdleWarningRef, MessageSentRef, TypingRef],
  resolveType: ({ type }) => type,
})

const AFTER =
  'The cursor of the last event that the client has seen, or the `streamHead` of a snapshot. If omitted, the subscription begins now.'

type AgentRoot = EventOf<ShownType<'agent'>> | Signal | SubscriptionNotice
type WorkspaceRoot = EventOf<ShownType<'workspace'>> | SubscriptionNotice
type ConversationRoot = EventOf<ShownType<'conversation'>> | Signal | SubscriptionNotice

builder.subscriptionType({
  description: 'Everything that is delivered live, over WebSocket or server-sent events (docs/delivery.md).',
  fields: (t) => ({
    agentEvents: t.field({
      type: AgentEventRef,
      description:
        "The events for the viewer's console: offers, conversations with their messages and who is typing in them, meetings, calendar, live-chat status, changes of the agent and of its hours for meetings, and warnings that a conversation is about to end. The agent is signed in (`LiveChatStatus.signedIn`) while it is open. Requires an agent's token.",
      args: { after: t.arg({ type: 'EventCursor', description: AFTER }) },
      subscribe: (_root, { after }, context) =>
        new LiveSource<AgentRoot>({ events: openAgentEvents(context, after ?? null) }),
      resolve: (event) => event,
    }),
    workspaceEvents: t.field({
      type: WorkspaceEventRef,
      description:
        "The events for supervisors' boards and for screens with settings: agents, teams, the workspace, hours, calendars and live-chat status; also routing queues with VIEW_ROUTING, meetings with MANAGE_ALL_MEETINGS, and conversations, but not their messages, with VIEW_ALL_CONVERSATIONS. Requires an agent's token.",
      args: { after: t.arg({ type: 'EventCursor', description: AFTER }) },
      subscribe: (_root, { after }, context) =>
        new LiveSource<WorkspaceRoot>({ events: openWorkspaceEvents(context, after ?? null) }),
      resolve: (event) => event,
    }),
    conversationEvents: t.field({
      type: ConversationEventRef,
      description: `The events of one conversation, for its visitor, its agent, and staff with VIEW_ALL_CONVERSATIONS. A viewer who can no longer see the conversation receives \`ResetRequired\` with the reason \`ACCESS_CHANGED\`. A visitor is present while it is open: if a visitor was present and is then gone for ${formatDuration(VISITOR_GONE_MS)} before an agent accepts, the conversation is \`ABANDONED\`.`,
      args: {
        conversationId: t.arg.id({ required: true, description: 'The conversation.' }),
        after: t.arg({ type: 'EventCursor', description: AFTER }),
      },
      subscribe: async (_root, { conversationId, after }, context) => {
        const id = fromGlobalId('Conversation', { id: conversationId, field: 'conversationId' })
        const events = await openConversationEvents(context, { conversationId: id, after: after ?? null })
        return new LiveSource<ConversationRoot>({ events })
      },
      resolve: (event) => event,
    }),
  }),
})
