// The calendars that agents connect, and so take meetings.
import { CalendarConnectionError, ConflictError, NotFoundError } from '../errors.ts'
import { connectBuiltInCalendar } from '../services/calendars/connection/connect-built-in-calendar.ts'
import { disconnectCalendar } from '../services/calendars/connection/disconnect-calendar.ts'
import { describePermissions } from '../services/calendars/connection/permissions.ts'
import { startCalendarConnection } from '../services/calendars/connection/start-calendar-connection.ts'
import { builder } from './builder.ts'
import { fromOptionalGlobalId } from './global-id.ts'
import { CalendarStatusRef } from './shared.ts'

const AGENT_ID = "Whose; left out: one's own."

const CalendarProviderRef = builder.enumType('CalendarProvider', {
  description: 'Who keeps a calendar.',
  values: {
    GOOGLE: { description: 'Google Calendar.' },
    MICROSOFT: { description: 'Outlook, with Microsoft 365 or outlook.com.' },
    BUILT_IN: {
      description:
        'The product itself, for agents with neither of the two. It holds the booked meetings and nothing else; invitations go by mail.',
    },
  },
})

const CalendarPermissionRef = builder
  .objectRef<{ scope: string; description: string }>('CalendarPermission')
  .implement({
    description: 'Something that the agent allowed us to do with the calendar.',
    fields: (t) => ({
      scope: t.exposeString('scope', {
        description:
          'As the provider calls it, for example `https://www.googleapis.com/auth/calendar.events`.',
      }),
      description: t.exposeString('description', { description: 'What it is needed for, in one sentence.' }),
    }),
  })

export const CalendarConnectionRef = builder.prismaNode('CalendarConnection', {
  id: { field: 'id', description: 'Global id.' },
  description: "The link to an agent's calendar. An agent has at most one. Staff only.",
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    provider: t.expose('provider', { type: CalendarProviderRef, description: 'Who keeps the calendar.' }),
    accountEmail: t.expose('accountEmail', {
      type: 'EmailAddress',
      description:
        "The account at the provider; the agent's own e-mail for the built-in calendar. It belongs to one agent only.",
    }),
    status: t.expose('status', { type: CalendarStatusRef, description: 'Whether it can be used.' }),
    statusReason: t.exposeString('statusReason', {
      nullable: true,
      description: 'Why it cannot be used, as an English sentence; null when there is nothing to say.',
    }),
    grantedPermissions: t.field({
      type: [CalendarPermissionRef],
      description: 'What the agent allowed us to do; nothing is asked for the built-in calendar.',
      resolve: ({ scopes }) => describePermissions(scopes),
    }),
    connectedAt: t.expose('connectedAt', { type: 'DateTime', description: 'When it was connected last.' }),
    lastSyncedAt: t.expose('lastSyncedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its events were read last; null: never, as with the built-in calendar.',
    }),
  }),
})

const ConnectBuiltInCalendarInput = builder.inputType('ConnectBuiltInCalendarInput', {
  description: 'Who is to use the built-in calendar.',
  fields: (t) => ({ agentId: t.id({ description: AGENT_ID }) }),
})

builder.mutationField('connectBuiltInCalendar', (t) =>
  t.field({
    type: CalendarConnectionRef,
    description:
      "Connects the product's own calendar. With the first calendar ever, the agent takes the last place in the order of turns; later ones keep the place. A repeat changes nothing. Needs CONNECT_CALENDAR, for a colleague MANAGE_AGENTS.",
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: ConnectBuiltInCalendarInput, required: true, description: 'Whose.' }) },
    resolve: (_root, { input }, context) =>
      connectBuiltInCalendar(context, {
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
      }),
  }),
)

const StartCalendarConnectionInput = builder.inputType('StartCalendarConnectionInput', {
  description: 'Whose calendar is to be connected, and where it is kept.',
  fields: (t) => ({
    agentId: t.id({ description: AGENT_ID }),
    provider: t.field({
      type: CalendarProviderRef,
      required: true,
      description: 'GOOGLE or MICROSOFT; the built-in calendar is connected by `connectBuiltInCalendar`.',
    }),
    returnUrl: t.string({
      description:
        'Where the page leads on to that the agent sees at the end, for example the settings of your console. It must begin with https:// or http://.',
    }),
  }),
})

const CalendarAuthorizationRef = builder
  .objectRef<{ authorizationUrl: string }>('CalendarAuthorization')
  .implement({
    description: 'The way to connect a calendar.',
    fields: (t) => ({
      authorizationUrl: t.expose('authorizationUrl', {
        type: 'URL',
        description:
          "A page of Google or Microsoft, to be opened in the browser of the agent, who allows us to use the calendar there and is then sent back to this server, which connects it and says so. Good for ten minutes and for one attempt. `CalendarStatusChanged` tells the agent's console when it is done.",
      }),
    }),
  })

builder.mutationField('startCalendarConnection', (t) =>
  t.field({
    type: CalendarAuthorizationRef,
    description:
      'Begins to connect a Google or Outlook calendar, or to connect it again when its status is NEEDS_REAUTHENTICATION. Nothing changes until the agent has allowed it. With the first calendar ever, the agent takes the last place in the order of turns; later ones keep the place. An account can be the calendar of one agent only; one whose address is the e-mail of an agent, of that agent only. Needs CONNECT_CALENDAR, for a colleague MANAGE_AGENTS.',
    errors: { types: [CalendarConnectionError, ConflictError, NotFoundError] },
    args: {
      input: t.arg({
        type: StartCalendarConnectionInput,
        required: true,
        description: 'Whose, and which.',
      }),
    },
    resolve: async (_root, { input }, context) => ({
      authorizationUrl: await startCalendarConnection(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
      }),
    }),
  }),
)

const DisconnectCalendarInput = builder.inputType('DisconnectCalendarInput', {
  description: 'Whose calendar is to be given up.',
  fields: (t) => ({ agentId: t.id({ description: AGENT_ID }) }),
})

builder.mutationField('disconnectCalendar', (t) =>
  t.field({
    type: CalendarConnectionRef,
    description:
      'Gives up a calendar: the agent is offered no more meetings, and slots held with the agent are free again. Booked meetings and the place in the order of turns stay. Needs CONNECT_CALENDAR, for a colleague MANAGE_AGENTS.',
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: DisconnectCalendarInput, required: true, description: 'Whose.' }) },
    resolve: (_root, { input }, context) =>
      disconnectCalendar(context, {
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
      }),
  }),
)
