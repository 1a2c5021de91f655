// Enums and small types that several nouns use.
import type { FallbackOffer } from '../errors.ts'
import type { Interval } from '../services/time.ts'
import { builder } from './builder.ts'

export const PermissionRef = builder.enumType('Permission', {
  description: 'One thing that a role allows. Mutations say in their description which they need.',
  values: {
    VIEW_DIALOGUES: { description: 'Read dialogues.' },
    MANAGE_DIALOGUES: { description: 'Create, change and delete dialogues.' },
    PUBLISH_DIALOGUES: { description: 'Publish and unpublish dialogues.' },
    VIEW_MY_CONVERSATIONS: { description: 'Read the own conversations.' },
    VIEW_ALL_CONVERSATIONS: { description: "Read everybody's conversations." },
    MANAGE_MY_MEETINGS: { description: 'Read and change the own meetings.' },
    MANAGE_ALL_MEETINGS: { description: "Read and change everybody's meetings." },
    VIEW_REPORTS: { description: 'Read reports.' },
    EXPORT_REPORTS: { description: 'Take reports out of the product.' },
    MANAGE_LIVE_CHAT_AVAILABILITY: { description: 'Set the own hours for live chat.' },
    CONNECT_CALENDAR: { description: 'Connect the own calendar, and so take meetings.' },
    MANAGE_MEETING_AVAILABILITY: { description: 'Set the own hours for meetings.' },
    VIEW_ROUTING: { description: 'See whose turn it is, and why.' },
    MANAGE_ROUTING: { description: 'Change the order, pause agents, manage teams.' },
    MANAGE_CONFIGURATION: { description: "Change the workspace's settings." },
    MANAGE_PRIVACY_AND_SECURITY: { description: 'Change settings of privacy and security.' },
    MANAGE_INTEGRATIONS: { description: 'Connect other systems.' },
    MANAGE_AGENTS: { description: "Create, change and remove agents; change colleagues' settings." },
    MANAGE_API_KEYS: { description: 'Create and revoke API keys.' },
  },
})

export const CalendarStatusRef = builder.enumType('CalendarStatus', {
  description: 'Whether a calendar can be used.',
  values: {
    CONNECTED: { description: 'In order. The agent is offered meetings.' },
    NEEDS_REAUTHENTICATION: {
      description:
        'The provider no longer lets us in. The agent keeps the place in the queue, but gets no meetings.',
    },
    DISCONNECTED: { description: 'Given up by the agent or an administrator.' },
  },
})

export const IntervalRef = builder.objectRef<Interval>('Interval').implement({
  description: 'A span of time: from an instant up to, but not including, another.',
  fields: (t) => ({
    startsAt: t.field({
      type: 'DateTime',
      description: 'The first instant.',
      resolve: ({ start }) => new Date(start),
    }),
    endsAt: t.field({
      type: 'DateTime',
      description: 'The first instant after it.',
      resolve: ({ end }) => new Date(end),
    }),
  }),
})

export const FallbackRef = builder.objectRef<FallbackOffer>('Fallback').implement({
  description: 'What a visitor is shown when nobody can be found.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'Text for the visitor.' }),
    offerMeeting: t.exposeBoolean('offerMeeting', {
      description: 'Whether to offer booking a meeting at another time.',
    }),
  }),
})
