// How an agent of the demo connects a calendar: shown where this installation is registered at a provider
// (docs/calendars.md), on the demo's page and in the tabs of GraphiQL.
import type { Services } from '../../services/context.ts'
import type { Example } from './example.ts'

const ZONE = 'Europe/Berlin'
const TWO_WEEKS_MS = 14 * 24 * 60 * 60 * 1000

/** @returns none where no provider is set up */
export function createCalendarExamples({
  calendars,
  clock,
  settings,
}: Pick<Services, 'calendars' | 'clock' | 'settings'>): Example[] {
  const registered = Object.entries(calendars).filter(([, { connector }]) => connector !== null)
  if (registered.length === 0) return []
  const returnUrl = `${settings.publicUrl}/demo`
  return [
    DISCONNECT,
    ...registered.map(([provider, { title }]) => exampleOfConnecting(title, { provider, returnUrl })),
    STATUS,
    ...examplesOfBooking(clock.now()),
  ]
}

const DISCONNECT: Example = {
  name: 'Disconnect the calendar',
  as: 'STAFF',
  description:
    'An agent has one calendar, in the demo the built-in one. Run this example and the following ones as one of the agents: the administrator has no calendar.',
  query: `mutation DisconnectCalendar($input: DisconnectCalendarInput!) {
  disconnectCalendar(input: $input) {
    ... on Calendar { provider state }
    ... on Error { message }
  }
}`,
  variables: { input: {} },
}

function exampleOfConnecting(title: string, input: { provider: string; returnUrl: string }): Example {
  return {
    name: `Connect a calendar of ${title}`,
    as: 'STAFF',
    description: `Returns an address of ${title} to open in the browser, where the agent grants access and is sent back.`,
    query: `mutation Connect${title.replace(/\W/g, '')}Calendar($input: StartCalendarConnectionInput!) {
  startCalendarConnection(input: $input) {
    ... on CalendarAuthorization { authorizationUrl }
    ... on Error { message }
  }
}`,
    variables: { input },
  }
}

const STATUS: Example = {
  name: 'Your calendar',
  as: 'STAFF',
  description: 'Whether your calendar can be used, when it was last read, and which permissions you granted.',
  query: `query YourCalendar {
  viewer {
    ... on Agent {
      id
      name
      calendar {
        provider
        accountEmail
        state
        stateReason
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
      description:
        'Your free slots, without the times at which your calendar is busy. First start a visit (1 and 3).',
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
      description: 'Books a meeting with you. A moment later it is in your calendar.',
      query: `mutation BookIntoCalendar($input: BookMeetingInput!) {
  bookMeeting(input: $input) {
    ... on Meeting { id status startsAt endsAt subject agent { name } }
    ... on Error { message }
  }
}`,
      variables: {
        input: {
          slot: {
            free: {
              target: { agentId: 'answer:viewer.id' },
              startsAt: 'answer:slots.days.0.slots.0.startsAt',
            },
          },
          timeZone: ZONE,
          person: { email: 'grace@example.com', firstName: 'Grace', lastName: 'Hopper' },
        },
      },
    },
    {
      name: 'The meeting in the calendar',
      as: 'STAFF',
      description:
        'Whether the meeting is in the calendar, with its link to Meet or Teams. Move or delete it in the calendar, then run this again.',
      query: `query MeetingInCalendar($id: ID!) {
  node(id: $id) {
    ... on Meeting { status startsAt calendarSync conferenceUrl history { at kind actor } }
  }
}`,
      variables: { id: 'answer:bookMeeting.id' },
    },
  ]
}
