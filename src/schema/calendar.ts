// The calendars that agents connect in order to take meetings.
import { CalendarConnectionError, ConflictError, NotFoundError } from '../errors.ts'
import { AUTHORIZATION_MS } from '../services/calendars/connection/attempt.ts'
import { connectBuiltInCalendar } from '../services/calendars/connection/connect-built-in-calendar.ts'
import { disconnectCalendar } from '../services/calendars/connection/disconnect-calendar.ts'
import { describePermissions } from '../services/calendars/connection/permissions.ts'
import { startCalendarConnection } from '../services/calendars/connection/start-calendar-connection.ts'
import { CALENDAR_PROVIDERS } from '../services/calendars/providers.ts'
import { formatDuration } from '../services/wording.ts'
import { builder } from './builder.ts'
import { fromOptionalGlobalId } from './global-id.ts'
import { CalendarStateRef } from './shared.ts'
import { GLOBAL_ID, MORE_VALUES, requiresOwnOrManaged, STAFF_TYPE } from './texts.ts'

const AGENT_ID = 'The agent. Defaults to the viewer.'
const FIRST_CALENDAR =
  'With the first calendar, the agent joins the routing queue for meetings at its end; with a later one, the agent keeps the position.'

const PROVIDERS = Object.entries(CALENDAR_PROVIDERS)
const OUTSIDE = PROVIDERS.filter(([name]) => name !== 'BUILT_IN')
const OUTSIDE_NAMES = OUTSIDE.map(([name]) => `\`${name}\``).join(' or ')
const OUTSIDE_TITLES = OUTSIDE.map(([, { title }]) => title).join(' or ')

const CalendarProviderRef = builder.enumType('CalendarProvider', {
  description: 'The provider of a calendar.',
  values: Object.fromEntries(PROVIDERS.map(([name, { description }]) => [name, { description }])) as Record<
    keyof typeof CALENDAR_PROVIDERS,
    { description: string }
  >,
})

const CalendarStateReasonRef = builder.enumType('CalendarStateReason', {
  description: `Why an agent must connect the calendar again. ${MORE_VALUES}`,
  values: {
    ACCESS_ENDED: { description: 'The provider no longer grants access to the calendar.' },
    CALENDAR_GONE: { description: 'The calendar no longer exists, or can no longer be read.' },
    NO_MAILBOX: { description: 'The account has no mailbox that the provider can reach.' },
  },
})

const CalendarPermissionRef = builder
  .objectRef<{ scope: string; description: string }>('CalendarPermission')
  .implement({
    description: 'A permission that the agent granted at the provider.',
    fields: (t) => ({
      scope: t.exposeString('scope', {
        description: "The permission's name at the provider, for example `openid`.",
      }),
      description: t.exposeString('description', {
        description: 'What the permission allows or is used for, as English sentences.',
      }),
    }),
  })

export const CalendarRef = builder.prismaNode('CalendarConnection', {
  name: 'Calendar',
  id: { field: 'id', description: GLOBAL_ID },
  description: `The calendar of an agent, which has at most one. ${STAFF_TYPE}`,
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    agent: t.relation('agent', { description: 'The agent whose calendar it is.' }),
    provider: t.expose('provider', {
      type: CalendarProviderRef,
      description: 'The provider of the calendar.',
    }),
    accountEmail: t.expose('accountEmail', {
      type: 'EmailAddress',
      description:
        "The address of the account at the provider, or the agent's e-mail address for the built-in calendar. An account is connected to one agent only.",
    }),
    state: t.expose('state', { type: CalendarStateRef, description: 'Whether the calendar can be used.' }),
    stateReason: t.exposeString('stateReason', {
      nullable: true,
      description:
        'Why the calendar cannot be used, as an English sentence; null if there is nothing to report. Programs use `stateReasonCode`.',
    }),
    stateReasonCode: t.expose('stateReasonCode', {
      type: CalendarStateReasonRef,
      nullable: true,
      description:
        'Why the calendar cannot be used; null if there is nothing to report, and for what version 0.1 reported.',
    }),
    grantedPermissions: t.field({
      type: [CalendarPermissionRef],
      description:
        'All permissions that the agent granted, with that to use the calendar while the agent is away; empty for the built-in calendar.',
      resolve: ({ provider, scopes }, _arguments, { calendars }) =>
        describePermissions(calendars[provider], scopes),
    }),
    connectedAt: t.expose('connectedAt', {
      type: 'DateTime',
      description: 'The instant at which the calendar was last connected.',
    }),
    lastSyncedAt: t.expose('lastSyncedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'The instant at which its events were last read; null if never, as for the built-in calendar.',
    }),
  }),
})

const ConnectBuiltInCalendarInput = builder.inputType('ConnectBuiltInCalendarInput', {
  description: 'The agent who is to use the built-in calendar.',
  fields: (t) => ({ agentId: t.id({ description: AGENT_ID }) }),
})

builder.mutationField('connectBuiltInCalendar', (t) =>
  t.field({
    type: CalendarRef,
    description: `Connects the built-in calendar. ${FIRST_CALENDAR} A repeated call has no further effect. ${requiresOwnOrManaged('CONNECT_CALENDAR')}`,
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: ConnectBuiltInCalendarInput, required: true, description: 'The agent.' }) },
    resolve: (_root, { input }, context) =>
      connectBuiltInCalendar(context, {
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
      }),
  }),
)

const StartCalendarConnectionInput = builder.inputType('StartCalendarConnectionInput', {
  description: 'The agent, and the provider of the calendar to connect.',
  fields: (t) => ({
    agentId: t.id({ description: AGENT_ID }),
    provider: t.field({
      type: CalendarProviderRef,
      required: true,
      description: `${OUTSIDE_NAMES}; for the built-in calendar, use \`connectBuiltInCalendar\`.`,
    }),
    returnUrl: t.string({
      description:
        'Where the last page that the agent sees links to, for example the settings page of your console. It must be a page of this server, or of an origin in `Workspace.allowedOrigins`.',
    }),
  }),
})

const CalendarAuthorizationRef = builder
  .objectRef<{ authorizationUrl: string }>('CalendarAuthorization')
  .implement({
    description: 'Where the agent continues to connect the calendar.',
    fields: (t) => ({
      authorizationUrl: t.expose('authorizationUrl', {
        type: 'URL',
        description: `The page of the provider to open in the agent's browser. The agent grants access there and is sent back to a page of this server, which names the agent and the account, asks to confirm, and connects the calendar. The address is valid for ${formatDuration(AUTHORIZATION_MS)}, for one attempt, and only in the browser that called the mutation: its response sets a cookie. From a page of another origin, call it with credentials. \`CalendarChanged\` notifies the agent's console once the calendar is connected.`,
      }),
    }),
  })

builder.mutationField('startCalendarConnection', (t) =>
  t.field({
    type: CalendarAuthorizationRef,
    description: `Begins to connect a ${OUTSIDE_TITLES} calendar, or to reconnect one in the state \`NEEDS_REAUTHENTICATION\`. Nothing changes until the agent has granted access. ${FIRST_CALENDAR} An account can be connected to one agent only, and an account whose address is the e-mail address of an agent only to that agent. ${requiresOwnOrManaged('CONNECT_CALENDAR')}`,
    errors: { types: [CalendarConnectionError, ConflictError, NotFoundError] },
    args: {
      input: t.arg({
        type: StartCalendarConnectionInput,
        required: true,
        description: 'The agent and the provider.',
      }),
    },
    resolve: async (_root, { input }, context) => {
      const { authorizationUrl, binding } = await startCalendarConnection(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
      })
      context.bindBrowser(binding)
      return { authorizationUrl }
    },
  }),
)

const DisconnectCalendarInput = builder.inputType('DisconnectCalendarInput', {
  description: 'The agent whose calendar to disconnect.',
  fields: (t) => ({ agentId: t.id({ description: AGENT_ID }) }),
})

builder.mutationField('disconnectCalendar', (t) =>
  t.field({
    type: CalendarRef,
    description: `Disconnects a calendar: the agent can no longer be booked, and slots held with the agent are released. Booked meetings and the position in the routing queue stay. ${requiresOwnOrManaged('CONNECT_CALENDAR')}`,
    errors: { types: [ConflictError, NotFoundError] },
    args: { input: t.arg({ type: DisconnectCalendarInput, required: true, description: 'The agent.' }) },
    resolve: (_root, { input }, context) =>
      disconnectCalendar(context, {
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
      }),
  }),
)
