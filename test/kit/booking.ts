// What tests of slots and bookings need: agents that can be booked, visitors, and the operations.

import { createTestAgent, type Staff, type TestWorkspace } from './actors.ts'
import { type Answer, data, type TestApp } from './app.ts'
import { nested } from './meeting-input.ts'
import { ERRORS } from './mutate.ts'

export interface Hours {
  timeZone?: string
  /** Minutes of the day; Monday to Friday. */
  start?: number
  end?: number
  durationMinutes?: number
  bufferMinutes?: number
  minimumNoticeMinutes?: number
  bookingWindowDays?: number
}

/** An agent with a connected calendar and hours from Monday to Friday; 09:00 to 17:00 in UTC, no notice,
 * unless said otherwise. */
export async function createBookableAgent(
  testApp: TestApp,
  workspace: TestWorkspace,
  { name = 'Ada Lovelace', hours = {} }: { name?: string; hours?: Hours } = {},
): Promise<Staff> {
  const agent = await createTestAgent(testApp, workspace, name)
  const { database } = testApp.app.services
  const { timeZone = 'UTC', start = 540, end = 1020, minimumNoticeMinutes = 0, ...settings } = hours
  const weekly = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, start, end }))
  await database.meetingAvailability.update({
    where: { agentId: agent.agentId },
    data: { timeZone, weekly, minimumNoticeMinutes, ...settings },
  })
  const { workspaceId } = workspace
  await database.calendarConnection.create({
    data: {
      workspaceId,
      agentId: agent.agentId,
      provider: 'BUILT_IN',
      accountEmail: agent.email,
      state: 'CONNECTED',
      connectedAt: testApp.clock.now(),
    },
  })
  const position = (await database.routingPlace.count({ where: { workspaceId } })) + 1
  await database.routingPlace.create({
    data: { workspaceId, agentId: agent.agentId, kind: 'MEETING', position },
  })
  return agent
}

export const START_VISIT = `mutation ($input: StartVisitInput!) {
  startVisit(input: $input) { __typename ... on Visit { token person { id known email } expiresAt } ... on Error { message } }
}`

/** @returns the token of a new visitor */
export async function createVisitor(
  testApp: TestApp,
  workspace: TestWorkspace,
  person?: { email: string },
): Promise<string> {
  const variables = { input: { publicKey: workspace.publicKey, person } }
  const { startVisit } = await data<{ startVisit: { token: string } }>(
    testApp.execute(START_VISIT, { variables }),
  )
  return startVisit.token
}

/** Many anonymous visitors, for a scene.
 * @returns their tokens */
export const createVisitors =
  (count: number) =>
  (testApp: TestApp, workspace: TestWorkspace): Promise<string[]> =>
    Promise.all(Array.from({ length: count }, () => createVisitor(testApp, workspace)))

/** Answers a mutation's result, typed as loosely as a test needs it. */
export interface Result {
  __typename: string
  id: string
  message: string
  issues: { path: string[]; message: string }[]
  startsAt: string
  endsAt: string
  status: string
  agent: { id: string; name: string }
  alternatives: { startsAt: string; agentCount: number }[]
  history: {
    kind: string
    actor: string
    startsAt: string
    reason: string | null
    reasonCode: string | null
  }[]
  [field: string]: unknown
}

const MEETING_FIELDS = `
  __typename
  ... on Meeting {
    id status past outcome startsAt endsAt timeZone subject body calendarSync source routedBy bookedAt
    agent { id name } person { id known email firstName }
    history { kind actor startsAt reason reasonCode outcome at }
  }
  ${ERRORS}`

/** Runs one of the mutations that answer a meeting.
 * @param call.input with the meeting, or the slot, beside the rest: a test says `{ meetingId, startsAt }` */
export async function mutateMeeting(
  testApp: TestApp,
  call: { mutation: string; input: object; token?: string },
): Promise<Result> {
  const { mutation, input, ...rest } = call
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { ${MEETING_FIELDS} } }`
  const variables = { input: nested(mutation, input) }
  const { result } = await data<{ result: Result }>(testApp.execute(query, { variables, ...rest }))
  return result
}

/** Books as a visitor or as staff; a person with an e-mail is added when none is given. */
export function book(testApp: TestApp, call: { token: string; input: object }): Promise<Result> {
  const person = { email: 'grace@navy.example', firstName: 'Grace' }
  const input = { timeZone: 'Europe/Berlin', person, ...call.input }
  return mutateMeeting(testApp, { mutation: 'bookMeeting', token: call.token, input })
}

/** Holds a slot. */
export async function hold(testApp: TestApp, call: { token: string; input: object }): Promise<Result> {
  const { result } = await data<{ result: Result }>(
    testApp.execute(
      `mutation ($input: HoldSlotInput!) { result: holdSlot(input: $input) {
        __typename
        ... on SlotHold { id expiresAt agent { id name } slot { startsAt endsAt agentCount } }
        ${ERRORS}
      } }`,
      { variables: { input: call.input }, token: call.token },
    ),
  )
  return result
}

export interface Slots {
  timeZone: string
  days: {
    date: string
    slots: { startsAt: string; endsAt: string; agentCount: number; agent: { id: string } | null }[]
  }[]
  nextAvailable: string | null
}

export interface SlotsCall {
  /** Left out: nobody is signed in. */
  token?: string
  target?: object
  movingMeetingId?: string
  manageToken?: string
  from: string
  to: string
  timeZone?: string
}

/** The slots of a target, or those to which a meeting can be moved. */
export async function slots(testApp: TestApp, call: SlotsCall): Promise<Slots> {
  return (await data<{ slots: Slots }>(askForSlots(testApp, call))).slots
}

/** Like `slots`, with the errors of the answer. */
export function askForSlots(
  testApp: TestApp,
  { token, ...call }: SlotsCall,
): Promise<Answer<{ slots: Slots }>> {
  return testApp.execute(
    `query (
      $target: RoutingTargetInput, $movingMeetingId: ID, $manageToken: String,
      $from: DateTime!, $to: DateTime!, $timeZone: TimeZone!
    ) {
      slots(
        target: $target, movingMeetingId: $movingMeetingId, manageToken: $manageToken,
        from: $from, to: $to, timeZone: $timeZone
      ) { timeZone nextAvailable days { date slots { startsAt endsAt agentCount agent { id } } } }
    }`,
    { variables: { timeZone: 'UTC', ...call }, ...(token === undefined ? {} : { token }) },
  )
}

/** The starts of all slots, in order. */
export const startsOf = ({ days }: Slots): string[] =>
  days.flatMap((day) => day.slots.map(({ startsAt }) => startsAt))
