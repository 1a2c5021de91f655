import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { START } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor, mutateMeeting } from '../kit/booking.ts'
import { startOnPort, type TestServer } from '../kit/server.ts'
import { createSocketClient, type LiveEvent, subscribe } from '../kit/socket-client.ts'

const EVENTS = `subscription ($after: EventCursor) {
  agentEvents(after: $after) {
    __typename ... on Event { cursor at }
    ... on MeetingChanged { meeting { id subject startsAt } change { kind } }
    ... on ResetRequired { reason }
  }
}`
const at = (number: number) => new Date(Date.UTC(2026, 2, 3, 9, 30 * number)).toISOString()

let app: TestServer
let acme: TestWorkspace
let ada: Staff
let visitor: string

beforeAll(async () => {
  app = await startOnPort()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createBookableAgent(app, acme)
  visitor = await createVisitor(app, acme)
})

const bookAda = (number: number) =>
  book(app, { token: visitor, input: { target: { agentId: ada.id }, startsAt: at(number) } })
const console = (token: string, after?: string) =>
  subscribe(createSocketClient(app.server.url, token), { query: EVENTS, variables: { after } })

describe('agentEvents', () => {
  it('begins with a cursor, and tells of what happens from then on', async () => {
    await bookAda(0)
    const live = console(ada.token)
    await live.waitFor(1)
    const meeting = await bookAda(1)
    const [caughtUp, changed] = await live.waitFor(2)
    expect(caughtUp).toMatchObject({ __typename: 'CaughtUp' })
    expect(changed).toMatchObject({
      __typename: 'MeetingChanged',
      meeting: { id: meeting.id, startsAt: at(1) },
      change: { kind: 'BOOKED' },
    })
  })

  it('replays what was missed after a cursor, then goes on live', async () => {
    const first = console(ada.token)
    const [{ cursor }] = (await first.waitFor(1)) as [LiveEvent]
    first.stop()
    const meetings = [await bookAda(0), await bookAda(1)]
    await mutateMeeting(app, {
      mutation: 'cancelMeeting',
      token: visitor,
      input: { meetingId: meetings[0]?.id },
    })
    const again = console(ada.token, cursor)
    await again.waitFor(4)
    await bookAda(2)
    const kinds = (await again.waitFor(5)).map(
      ({ __typename, change }) => (change as { kind: string })?.kind ?? __typename,
    )
    expect(kinds).toEqual(['BOOKED', 'BOOKED', 'CANCELLED', 'CaughtUp', 'BOOKED'])
  })
})
