// The operations that a newcomer runs one after the other: in the tabs of GraphiQL, on the demo's page, and in a
// test. A value "answer:PATH" stands for what an earlier example answered at that place (see references.js).

export interface Example {
  name: string
  /** Who runs it: a member of the staff, the visitor whose token `startVisit` answered, or anybody. */
  as: 'STAFF' | 'VISITOR' | 'ANYBODY'
  description: string
  query: string
  variables: Record<string, unknown>
}

const ZONE = 'Europe/Berlin'
const TWO_WEEKS_MS = 14 * 24 * 60 * 60 * 1000

/** @param now where the weeks begin in which the examples look for free times */
export function createExamples(now: Date): Example[] {
  const weeks = { from: now.toISOString(), to: new Date(now.getTime() + TWO_WEEKS_MS).toISOString() }
  return [
    ...examplesToBegin(),
    ...examplesOfBooking(weeks),
    ...examplesOfStaff(),
    ...examplesOfChange(weeks),
    exampleOfChat(),
  ]
}

interface Weeks {
  from: string
  to: string
}

function examplesToBegin(): Example[] {
  return [
    {
      name: 'Who am I?',
      as: 'STAFF',
      description: 'The owner of the token, and the workspace with the key that its website carries.',
      query: `query WhoAmI {
  viewer {
    ... on Agent { id name email roles { name permissions } }
  }
  workspace { name timeZone publicKey }
}`,
      variables: {},
    },
    {
      name: 'Agents',
      as: 'STAFF',
      description:
        'Who takes meetings and chats: calendar, hours for meetings, and apart from them for chats.',
      query: `query Agents {
  agents(first: 10) {
    edges {
      node {
        id
        name
        calendar { provider status }
        meetingAvailability { timeZone durationMinutes weekly { weekday start end } }
        liveChatAvailability { timeZone weekly { weekday start end } }
      }
    }
  }
}`,
      variables: {},
    },
    {
      name: 'Start a visit',
      as: 'ANYBODY',
      description:
        "What a website does first: the workspace's public key goes in, a token for the visitor comes out.",
      query: `mutation StartVisit($input: StartVisitInput!) {
  startVisit(input: $input) {
    ... on Visit { token expiresAt person { known } }
    ... on Error { message }
  }
}`,
      variables: {
        input: { publicKey: 'answer:workspace.publicKey', pageUrl: 'https://www.acme.example/pricing' },
      },
    },
  ]
}

function examplesOfBooking(weeks: Weeks): Example[] {
  return [
    {
      name: 'Free slots',
      as: 'VISITOR',
      description: 'When somebody has time, by the days of the visitor, with how many agents could come.',
      query: `query FreeSlots($from: DateTime!, $to: DateTime!, $timeZone: TimeZone!) {
  slots(target: { roundRobin: true }, from: $from, to: $to, timeZone: $timeZone) {
    nextAvailable
    days { date slots { startsAt endsAt agents } }
  }
}`,
      variables: { ...weeks, timeZone: ZONE },
    },
    {
      name: 'Hold a slot',
      as: 'VISITOR',
      description: 'Keeps a time for the visitor for five minutes. The agent whose turn it is gets it.',
      query: `mutation HoldSlot($input: HoldSlotInput!) {
  holdSlot(input: $input) {
    ... on SlotHold { id expiresAt agent { id name } slot { startsAt } }
    ... on SlotUnavailableError { message alternatives { startsAt agents } }
    ... on Error { message }
  }
}`,
      variables: {
        input: { target: { roundRobin: true }, startsAt: 'answer:slots.days.0.slots.0.startsAt' },
      },
    },
    {
      name: 'Book the meeting',
      as: 'VISITOR',
      description: 'Turns the hold into a meeting. Invitations go out by mail, to the visitor and the agent.',
      query: `mutation BookMeeting($input: BookMeetingInput!) {
  bookMeeting(input: $input) {
    ... on Meeting { id status startsAt endsAt subject routedBy agent { name } }
    ... on Error { message }
  }
}`,
      variables: {
        input: {
          holdId: 'answer:holdSlot.id',
          timeZone: ZONE,
          person: { email: 'grace@example.com', firstName: 'Grace', lastName: 'Hopper' },
          agenda: 'What does it cost for a team of twenty?',
        },
      },
    },
  ]
}

function examplesOfStaff(): Example[] {
  return [
    {
      name: 'Meetings',
      as: 'STAFF',
      description: 'An administrator sees all of them, an agent the own.',
      query: `query Meetings {
  meetings(first: 10, orderBy: BOOKED_AT_DESC) {
    edges {
      node {
        id
        status
        startsAt
        calendarSync
        agent { name }
        person { firstName email }
        history { at kind actor }
      }
    }
  }
}`,
      variables: {},
    },
    {
      name: 'Routing queue',
      as: 'STAFF',
      description: 'Whose turn is next, and who is left out at present, and why.',
      query: `query RoutingQueue {
  routingQueue(kind: MEETING) {
    next { name }
    entries { position isNext assignedToDate lastAssignedAt eligible ineligibleBecause agent { name } }
  }
}`,
      variables: {},
    },
    {
      name: 'Explain routing',
      as: 'STAFF',
      description: 'How the next assignment would come out, step by step, without making it.',
      query: `query ExplainRouting {
  explainRouting(kind: MEETING, target: { roundRobin: true }) {
    pool
    agent { name }
    steps { stage label outcome skipped { agent { name } because } }
  }
}`,
      variables: {},
    },
  ]
}

function examplesOfChange(weeks: Weeks): Example[] {
  return [
    {
      name: 'Other times of this agent',
      as: 'VISITOR',
      description: 'A meeting that is moved stays with its agent: the free times of that agent alone.',
      query: `query OtherTimes($agentId: ID!, $from: DateTime!, $to: DateTime!, $timeZone: TimeZone!) {
  slots(target: { agentId: $agentId }, from: $from, to: $to, timeZone: $timeZone) {
    nextAvailable
    days { date slots { startsAt endsAt } }
  }
}`,
      variables: { agentId: 'answer:holdSlot.agent.id', ...weeks, timeZone: ZONE },
    },
    {
      name: 'Reschedule the meeting',
      as: 'VISITOR',
      description: 'Moves it. The calendar follows, and everybody gets the new invitation.',
      query: `mutation RescheduleMeeting($input: RescheduleMeetingInput!) {
  rescheduleMeeting(input: $input) {
    ... on Meeting { id status startsAt agent { name } history { kind actor reason } }
    ... on SlotUnavailableError { message alternatives { startsAt } }
    ... on Error { message }
  }
}`,
      variables: {
        input: {
          meetingId: 'answer:bookMeeting.id',
          startsAt: 'answer:slots.days.1.slots.0.startsAt',
          reason: 'The train is late.',
        },
      },
    },
    {
      name: 'Cancel the meeting',
      as: 'VISITOR',
      description: 'Frees the time at once. The turn in the queue is not given back.',
      query: `mutation CancelMeeting($input: CancelMeetingInput!) {
  cancelMeeting(input: $input) {
    ... on Meeting { id status history { kind actor reason } }
    ... on Error { message }
  }
}`,
      variables: { input: { meetingId: 'answer:bookMeeting.id', reason: 'Not needed any more.' } },
    },
  ]
}

function exampleOfChat(): Example {
  return {
    name: 'Ask for a live chat',
    as: 'VISITOR',
    description:
      'It is offered to the next agent who is there: whoever has the tab AgentConsole of GraphiQL running. With nobody there it is missed, and the visitor gets the fallback.',
    query: `mutation AskForLiveChat($input: RequestLiveChatInput!) {
  requestLiveChat(input: $input) {
    ... on Conversation { id state agent { name } fallback { message offerMeeting } streamHead }
    ... on Error { message }
  }
}`,
    variables: {
      input: { text: 'Hello! Does it come in blue?', pageUrl: 'https://www.acme.example/pricing' },
    },
  }
}
