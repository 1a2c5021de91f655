// How subscriptions over HTTP end: the client goes, or the server breaks them off.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Session } from '../../src/services/identity/authenticate.ts'
import {
  connectCalendar,
  createTestAgent,
  createTestWorkspace,
  type Staff,
  type TestWorkspace,
} from '../kit/actors.ts'
import { START } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor, mutateMeeting } from '../kit/booking.ts'
import { DAY } from '../kit/clock.ts'
import { type EventStream, type EventStreamCall, openEventStream } from '../kit/event-stream.ts'
import { startOnPort, startOnPortForTest, type TestServer } from '../kit/server.ts'
import { trackSubscribedStreams } from '../kit/subscribed-streams.ts'

const EVENTS = `subscription ($after: EventCursor) {
  agentEvents(after: $after) {
    __typename ... on Event { cursor } ... on ResetRequired { reason } ... on CalendarStatusChanged { agent { name } }
  }
}`
const SLOTS = `subscription ($agentId: ID!) {
  slotsChanged(target: { agentId: $agentId }, from: "2026-03-03T00:00:00Z", to: "2026-03-04T00:00:00Z", timeZone: "UTC") {
    __typename
  }
}`
const COMPLETE = { event: 'complete', data: '' }
const ABORTED = 'The server ended the subscription. Subscribe again after your last cursor.'

let app: TestServer
let acme: TestWorkspace
let ada: Staff

beforeAll(async () => {
  app = await startOnPort()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  app.faults.length = 0
  acme = await createTestWorkspace(app)
  ada = await createTestAgent(app, acme)
})

const open = (call: Partial<EventStreamCall> = {}): Promise<EventStream> =>
  openEventStream(app.server.url, { query: EVENTS, token: ada.token, ...call })

describe('a connection that is closed', () => {
  it.each([
    ['agentEvents', () => ({ query: EVENTS })],
    ['slotsChanged', () => ({ query: SLOTS, variables: { agentId: ada.id } })],
  ])('stops the subscription to %s', async (_name, call) => {
    const subscribed = trackSubscribedStreams(app)
    const streams = [await open(call()), await open({ ...call(), method: 'GET' })]
    for (const stream of streams) await stream.told(1)
    expect(subscribed()).not.toEqual([])
    for (const stream of streams) stream.close()
    await vi.waitFor(() => expect(subscribed()).toEqual([]))
  })

  it('stops one that has not begun yet', async () => {
    const subscribed = trackSubscribedStreams(app)
    const { promise: signedIn, resolve: signIn } = Promise.withResolvers<Session>()
    const session = await app.app.authenticate(`Bearer ${ada.token}`)
    const authenticate = vi.spyOn(app.app, 'authenticate').mockReturnValueOnce(signedIn)
    const abort = new AbortController()
    const init = {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${ada.token}` },
      signal: abort.signal,
    }
    const gone = fetch(`${app.server.url}/graphql?query=${encodeURIComponent(EVENTS)}`, init)
    await vi.waitFor(() => expect(authenticate).toHaveBeenCalled())
    abort.abort()
    await expect(gone).rejects.toThrow()
    // Another, so that the server has noticed.
    const other = await open()
    await other.told(1)
    other.close()
    await vi.waitFor(() => expect(subscribed()).toEqual([]))
    const subscribe = vi.mocked(app.app.live.events.subscribe)
    const begun = subscribe.mock.calls.length
    signIn(session)
    await vi.waitFor(() => expect(subscribe.mock.calls.length).toBeGreaterThan(begun))
    await vi.waitFor(() => expect(subscribed()).toEqual([]))
  })
})

const AGENDA = '€'.repeat(2000)
/** 180 KB for each event. */
const LARGE = `subscription { agentEvents { __typename ... on MeetingChanged { meeting { ${Array.from({ length: 30 }, (_, at) => `a${at}: body`).join(' ')} } } } }`

/** A subscriber who has stopped reading, while much happens. */
async function floodedStream(): Promise<EventStream> {
  const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
  const token = await createVisitor(app, acme)
  const startsAt = '2026-03-03T09:00:00Z'
  const { id: meetingId } = await book(app, {
    token,
    input: { target: { agentId: grace.id }, startsAt, agenda: AGENDA },
  })
  const stream = await open({ query: LARGE, token: grace.token })
  await stream.told(1)
  stream.response.pause()
  const hours = ['09', '10']
  for (let move = 1; move <= 60; move++) {
    const input = { meetingId, startsAt: `2026-03-03T${hours[move % 2]}:00:00Z` }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', token, input })
  }
  return stream
}

describe('the server breaks off', () => {
  it('a slow reader with OVERLOADED, for it to come back with its last cursor', async () => {
    const subscribed = trackSubscribedStreams(app)
    const stream = await floodedStream()
    await vi.waitFor(() => expect(subscribed()).toEqual([]))
    stream.response.resume()
    expect(await stream.ended()).toEqual(COMPLETE)
    const told = await stream.told(1)
    expect(told.at(-1)).toEqual({ errors: [{ message: ABORTED, extensions: { code: 'OVERLOADED' } }] })
    expect(told.length).toBeLessThan(60)
  })

  it('whose token expires, with UNAUTHENTICATED', async () => {
    const variables = { agentId: ada.id }
    const stream = await open({ query: SLOTS, variables, token: await createVisitor(app, acme) })
    const staff = await open({ query: SLOTS, variables })
    await stream.told(1)
    await staff.told(1)
    app.clock.advance(400 * DAY)
    expect(await stream.ended()).toEqual(COMPLETE)
    expect((await stream.told(2)).at(-1)).toEqual({
      errors: [{ message: ABORTED, extensions: { code: 'UNAUTHENTICATED' } }],
    })
    expect(staff.response.complete).toBe(false)
  })

  it('everybody with RESTART when the node stops', async () => {
    const other = await startOnPortForTest()
    const { admin } = await createTestWorkspace(other)
    const stream = await openEventStream(other.server.url, { query: EVENTS, token: admin.token })
    await stream.told(1)
    const stopped = other.server.stop()
    expect(await stream.ended()).toEqual(COMPLETE)
    expect((await stream.told(2)).at(-1)).toEqual({
      errors: [{ message: ABORTED, extensions: { code: 'RESTART' } }],
    })
    await stopped
  })
})

describe('a fault of ours', () => {
  const SECRET = 'cannot reach postgres://admin:secret@db'
  const masked = {
    message: 'Something went wrong on our side. Please tell us the request id.',
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) },
  }

  it('before the subscription begins is told without a word of what it was', async () => {
    vi.spyOn(app.app, 'authenticate').mockRejectedValueOnce(new Error(SECRET))
    const stream = await open()
    expect(await stream.ended()).toEqual(COMPLETE)
    expect(await stream.told(1)).toEqual([{ errors: [masked] }])
  })

  const aborted = { errors: [{ message: ABORTED, extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }

  it('while it begins breaks the subscription off', async () => {
    vi.spyOn(app.app.live.events, 'subscribe').mockRejectedValueOnce(new Error(SECRET))
    const stream = await open()
    expect(await stream.ended()).toEqual(COMPLETE)
    expect(await stream.told(1)).toEqual([aborted])
    expect(app.faults).toHaveLength(1)
  })

  it('that leaves nothing of an event breaks it off too', async () => {
    const first = await open()
    const after = (await first.told(1))[0]?.data?.agentEvents?.cursor
    await connectCalendar(app, ada)
    await first.told(2)
    await app.app.services.database.event.updateMany({
      where: { streamId: `agent:${ada.agentId}` },
      data: { payload: { agentId: '00000000-0000-4000-8000-000000000000' } },
    })
    const stream = await open({ variables: { after } })
    expect(await stream.ended()).toEqual(COMPLETE)
    expect(await stream.told(1)).toEqual([aborted])
  })
})

describe('one person', () => {
  it('cannot have more subscriptions open than allowed; others can', async () => {
    const small = await startOnPortForTest({ limits: { maxSocketsPerCaller: 2 } })
    const globex = await createTestWorkspace(small)
    const [grace, other] = [
      await createTestAgent(small, globex, 'Grace Hopper'),
      await createTestAgent(small, globex, 'Ada Lovelace'),
    ]
    const openAs = ({ token }: Staff) => openEventStream(small.server.url, { query: EVENTS, token })
    const streams = [await openAs(grace), await openAs(grace)]
    for (const stream of streams) await stream.told(1)
    const refused = await openAs(grace)
    await refused.ended()
    expect(refused.events[0]?.data).toMatch(/"code":"TOO_MANY_OPERATIONS"/)
    await (await openAs(other)).told(1)
    streams[0]?.close()
    await vi.waitFor(async () => {
      const [first] = await (await openAs(grace)).told(1)
      expect(first).toMatchObject({ data: { agentEvents: { __typename: 'CaughtUp' } } })
    })
  })
})
