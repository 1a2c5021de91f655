// How an agent of the demo gets a Google or an Outlook calendar: shown where this installation is registered at one of
// the two (docs/calendars.md), on the demo's page and in the tabs of GraphiQL.
import type { Services } from '../../services/context.ts'
import type { Example } from './examples.ts'

const OUTSIDE = [
  { provider: 'GOOGLE', title: 'Google', operation: 'ConnectGoogleCalendar' },
  { provider: 'MICROSOFT', title: 'Outlook', operation: 'ConnectOutlookCalendar' },
] as const

const ZONE = 'Europe/Berlin'
const TWO_WEEKS_MS = 14 * 24 * 60 * 60 * 1000

/** @returns none where neither is set up */
export function createCalendarExamples({
  calendarOAuth,
  clock,
  settings,
}: Pick<Services, 'calendarOAuth' | 'clock' | 'settings'>): Example[] {
  const registered = OUTSIDE.filter(({ provider }) => calendarOAuth[provider] !== undefined)
  if (registered.length === 0) return []
  const returnUrl = `${settings.publicUrl}/demo`
  return [
    GIVE_UP,
    ...registered.map((outside) => exampleOfConnecting(outside, returnUrl)),
    STATUS,
    ...examplesOfBooking(clock.now()),
  ]
}

const GIVE_UP: Example = {
  name: 'Give up the calendar',
  as: 'STAFF',
  description:
    'An agent has one calendar, in the demo the built-in one. Be one of the agents for this example and those after it: the administrator has none.',
  query: `mutation GiveUpCalendar($input: DisconnectCalendarInput!) {
  disconnectCalendar(input: $input) {
    ... on CalendarConnection { provider status }
    ... on Error { message }
  }
}`,
  variables: { input: {} },
}

function exampleOfConnecting(
  { provider, title, operation }: (typeof OUTSIDE)[number],
  returnUrl: string,
): Example {
  return {
    name: `Connect a calendar of ${title}`,
    as: 'STAFF',
    description: `Answers an address of ${title}, to be opened in the browser, where the agent allows it and is sent back.`,
    query: `mutation ${operation}($input: StartCalendarConnectionInput!) {
  startCalendarConnection(input: $input) {
    ... on CalendarAuthorization { authorizationUrl }
    ... on Error { message }
  }
}`,
    variables: { input: { provider, returnUrl } },
  }
}

const STATUS: Example = {
  name: 'Your calendar',
  as: 'STAFF',
  description: 'Whether it can be used, when it was read last, and what you allowed.',
  query: `query YourCalendar {
  viewer {
    ... on Agent {
      id
      name
      calendar {
        provider
        accountEmail
        status
        statusReason
        lastSyncedAt
        grantedPermissions { description }
      }
    }
  }
}`,
  variables: {},
}

function examplesOfBooking(now: Date): Example[] {
  const from = now.toISOString()
  const to = new Date(now.getTime() + TWO_WEEKS_MS).toISOString()
  return [
    {
      name: 'Free slots of this calendar',
      as: 'VISITOR',
      description: 'When you have time, without what your calendar has. Start a visit before (1 and 3).',
      query: `query FreeSlotsOfCalendar($agentId: ID!, $from: DateTime!, $to: DateTime!, $timeZone: TimeZone!) {
  slots(target: { agentId: $agentId }, from: $from, to: $to, timeZone: $timeZone) {
    nextAvailable
    days { date slots { startsAt endsAt } }
  }
}`,
      variables: { agentId: 'answer:viewer.id', from, to, timeZone: ZONE },
    },
    {
      name: 'Book into this calendar',
      as: 'VISITOR',
      description: 'A meeting with you. A moment later it stands in your calendar.',
      query: `mutation BookIntoCalendar($input: BookMeetingInput!) {
  bookMeeting(input: $input) {
    ... on Meeting { id status startsAt endsAt subject agent { name } }
    ... on Error { message }
  }
}`,
      variables: {
        input: {
          target: { agentId: 'answer:viewer.id' },
          startsAt: 'answer:slots.days.0.slots.0.startsAt',
          timeZone: ZONE,
          person: { email: 'grace@example.com', firstName: 'Grace', lastName: 'Hopper' },
        },
      },
    },
    {
      name: 'The meeting in the calendar',
      as: 'STAFF',
      description:
        'Whether it is written, with the link to Meet or Teams. Move or delete it in the calendar, and look again.',
      query: `query MeetingInCalendar($id: ID!) {
  node(id: $id) {
    ... on Meeting { status startsAt calendarSync conferenceUrl history { at kind actor } }
  }
}`,
      variables: { id: 'answer:bookMeeting.id' },
    },
  ]
}
