// Enums and small types that several files use.
import type { FallbackOffer } from '../errors.ts'
import type { Interval } from '../services/time.ts'
import { builder } from './builder.ts'

export const PermissionRef = builder.enumType('Permission', {
  description:
    'Something that a role allows. The description of a field or mutation says which permission it requires.',
  values: {
    VIEW_DIALOGUES: { description: 'Allows reading dialogues.' },
    MANAGE_DIALOGUES: { description: 'Allows creating, changing, importing and deleting dialogues.' },
    PUBLISH_DIALOGUES: { description: 'Allows publishing and unpublishing dialogues.' },
    VIEW_MY_CONVERSATIONS: {
      description: "Allows reading the agent's own conversations and taking part in them.",
    },
    VIEW_ALL_CONVERSATIONS: { description: 'Allows reading all conversations of the workspace.' },
    MANAGE_ALL_CONVERSATIONS: {
      description:
        'Allows taking over, transferring and ending all conversations of the workspace. It includes VIEW_ALL_CONVERSATIONS and VIEW_MY_CONVERSATIONS.',
    },
    MANAGE_MY_MEETINGS: { description: "Allows reading and changing the agent's own meetings." },
    MANAGE_ALL_MEETINGS: {
      description: 'Allows reading, changing and reassigning all meetings of the workspace.',
    },
    VIEW_REPORTS: { description: 'Allows reading reports of dialogues, meetings and live chats.' },
    EXPORT_REPORTS: { description: 'Allows exporting reports as files.' },
    MANAGE_LIVE_CHAT_AVAILABILITY: {
      description:
        "Allows setting the agent's own hours and toggle for live chat. Agents without it are not eligible for live chats.",
    },
    CONNECT_CALENDAR: {
      description:
        "Allows connecting the agent's own calendar and changing the agent's own invitation. Agents without it are not eligible for meetings.",
    },
    MANAGE_MEETING_AVAILABILITY: { description: "Allows setting the agent's own hours for meetings." },
    VIEW_ROUTING: { description: 'Allows reading the routing queues and routing decisions.' },
    MANAGE_ROUTING: {
      description: 'Allows reordering the routing queues, pausing agents and managing teams.',
    },
    MANAGE_CONFIGURATION: { description: 'Allows changing the settings of the workspace.' },
    MANAGE_PRIVACY_AND_SECURITY: { description: 'Allows changing the settings for privacy and security.' },
    MANAGE_INTEGRATIONS: { description: 'Allows connecting other systems. Not used yet.' },
    MANAGE_AGENTS: {
      description:
        'Allows creating, changing and removing agents, and changing the settings of other agents.',
    },
    MANAGE_API_KEYS: { description: 'Allows creating and revoking API keys. Not used yet.' },
  },
})

export const CalendarStateRef = builder.enumType('CalendarState', {
  description: 'Whether a calendar can be used.',
  values: {
    CONNECTED: { description: 'The calendar can be used: the agent can be booked.' },
    NEEDS_REAUTHENTICATION: {
      description:
        'The provider no longer grants access: the agent must connect the calendar again. Until then the agent keeps the position in the routing queue, but cannot be booked.',
    },
    DISCONNECTED: { description: 'The agent or an administrator disconnected the calendar.' },
  },
})

export const IntervalRef = builder.objectRef<Interval>('Interval').implement({
  description: 'A span of time, from `startsAt` up to, but not including, `endsAt`.',
  fields: (t) => ({
    startsAt: t.field({
      type: 'DateTime',
      description: 'The first instant of the span.',
      resolve: ({ start }) => new Date(start),
    }),
    endsAt: t.field({
      type: 'DateTime',
      description: 'The first instant after the span.',
      resolve: ({ end }) => new Date(end),
    }),
  }),
})

export const FallbackRef = builder.objectRef<FallbackOffer>('Fallback').implement({
  description: 'What a visitor is shown when no agent is available.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'A text for the visitor.' }),
    offerMeeting: t.exposeBoolean('offerMeeting', {
      description: 'Whether to offer the visitor a meeting at another time.',
    }),
  }),
})
