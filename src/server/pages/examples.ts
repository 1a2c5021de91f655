// The operations that a newcomer runs one after the other: in the tabs of GraphiQL, on the demo's page, and in a
// test. A value "answer:PATH" stands for what an earlier example returned at that place (see references.js).
import { HOLD_LASTS_MS } from '../../services/booking/reservations/hold-slot.ts'
import { formatDuration } from '../../services/wording.ts'
import { createDialogueExamples } from './dialogue-examples.ts'
import type { Example } from './example.ts'

const ZONE = 'Europe/Berlin'
const TWO_WEEKS_MS = 14 * 24 * 60 * 60 * 1000

/** @param place.now the beginning of the range in which the examples look for free slots
 * @param place.pageUrl a page of the demo, as the browser has it */
export function createExamples({ now, pageUrl }: { now: Date; pageUrl: string }): Example[] {
  const weeks = { from: now.toISOString(), to: new Date(now.getTime() + TWO_WEEKS_MS).toISOString() }
  return [
    ...examplesToBegin(),
    ...examplesOfBooking(weeks),
    ...examplesOfStaff(),
    ...examplesOfChange(weeks),
    exampleOfChat(),
    ...createDialogueExamples({ pageUrl, timeZone: ZONE, weeks, now }),
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
      description: 'The agent to whom the token belongs, and the workspace with its public key.',
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
        'The agents, with their calendars, their hours for meetings and their hours for live chat.',
      query: `query Agents {
  agents(first: 10) {
    edges {
      node {
        id
        name
        calendar { provider state }
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
        "What a website does first: with the workspace's public key, it gets a token for the visitor.",
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
      description:
        "The free slots of all agents, grouped by the visitor's days, with the number of agents who could take each.",
      query: `query FreeSlots($from: DateTime!, $to: DateTime!, $timeZone: TimeZone!) {
  slots(target: { roundRobin: true }, from: $from, to: $to, timeZone: $timeZone) {
    nextAvailable
    days { date slots { startsAt endsAt agentCount } }
  }
}`,
      variables: { ...weeks, timeZone: ZONE },
    },
    {
      name: 'Hold a slot',
      as: 'VISITOR',
      description: `Holds a slot for the visitor for ${formatDuration(HOLD_LASTS_MS)}. It is a slot of the agent whose turn it is.`,
      query: `mutation HoldSlot($input: HoldSlotInput!) {
  holdSlot(input: $input) {
    ... on SlotHold { id expiresAt agent { id name } slot { startsAt } }
    ... on SlotUnavailableError { message alternatives { startsAt agentCount } }
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
      description: 'Turns the hold into a meeting. The visitor and the agent receive an invitation.',
      query: `mutation BookMeeting($input: BookMeetingInput!) {
  bookMeeting(input: $input) {
    ... on Meeting { id status startsAt endsAt subject routedBy agent { name } }
    ... on MeetingAwaitingConfirmation { email reservedUntil }
    ... on Error { message }
  }
}`,
      variables: {
        input: {
          slot: { holdId: 'answer:holdSlot.id' },
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
      description: 'An administrator sees all meetings; other agents see only their own.',
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
      description: 'Which agent is next, and which agents are not eligible at present, with the reasons.',
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
      description: 'To which agent the next meeting would be assigned, step by step. It assigns nothing.',
      query: `query ExplainRouting {
  explainRouting(kind: MEETING, target: { roundRobin: true }) {
    pool
    agent { name }
    steps { stage label outcome skipped { agent { name } ineligibleBecause } }
  }
}`,
      variables: {},
    },
  ]
}

function examplesOfChange(weeks: Weeks): Example[] {
  return [
    {
      name: 'Times to move it to',
      as: 'VISITOR',
      description:
        'The times that the meeting can be moved to: those of its agent, as if its own time were free.',
      query: `query TimesToMoveTo($meetingId: ID!, $from: DateTime!, $to: DateTime!, $timeZone: TimeZone!) {
  slots(movingMeetingId: $meetingId, from: $from, to: $to, timeZone: $timeZone) {
    nextAvailable
    days { date slots { startsAt endsAt } }
  }
}`,
      variables: { meetingId: 'answer:bookMeeting.id', ...weeks, timeZone: ZONE },
    },
    {
      name: 'Reschedule the meeting',
      as: 'VISITOR',
      description: 'Moves the meeting. The calendar is updated, and the visitor and the agent are notified.',
      query: `mutation RescheduleMeeting($input: RescheduleMeetingInput!) {
  rescheduleMeeting(input: $input) {
    ... on Meeting { id status startsAt agent { name } history { kind actor reason } }
    ... on SlotUnavailableError { message alternatives { startsAt } }
    ... on Error { message }
  }
}`,
      variables: {
        input: {
          meeting: { meetingId: 'answer:bookMeeting.id' },
          startsAt: 'answer:slots.days.1.slots.0.startsAt',
          reason: 'The train is late.',
        },
      },
    },
    {
      name: 'Cancel the meeting',
      as: 'VISITOR',
      description: 'Cancels the meeting and frees its time at once. The turn of the agent is not undone.',
      query: `mutation CancelMeeting($input: CancelMeetingInput!) {
  cancelMeeting(input: $input) {
    ... on Meeting { id status history { kind actor reason } }
    ... on Error { message }
  }
}`,
      variables: {
        input: { meeting: { meetingId: 'answer:bookMeeting.id' }, reason: 'Not needed any more.' },
      },
    },
  ]
}

function exampleOfChat(): Example {
  return {
    name: 'Request a live chat',
    as: 'VISITOR',
    description:
      'The live chat is offered to the next eligible agent. An agent is eligible while the tab AgentConsole of GraphiQL runs in a window of its own. If no agent is eligible, the chat is missed, and the visitor is shown the fallback.',
    query: `mutation RequestLiveChat($input: RequestLiveChatInput!) {
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
