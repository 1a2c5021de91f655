// How subscriptions over HTTP end: the client disconnects, or the server ends them.
import { describe, expect, it, vi } from 'vitest'
import type { Session } from '../../src/services/identity/authenticate.ts'
import { connectCalendar, createTestAgent, createTestWorkspace, type Staff } from '../kit/actors.ts'
import { book, createBookableAgent, createVisitor, mutateMeeting } from '../kit/booking.ts'
import { DAY } from '../kit/clock.ts'
import { type EventStream, type EventStreamCall, openEventStream } from '../kit/event-stream.ts'
import { eventually } from '../kit/eventually.ts'
import { anAgent, useScene } from '../kit/scene.ts'
import { startOnPort, startOnPortForTest } from '../kit/server.ts'
import { trackSubscribedStreams } from '../kit/subscribed-streams.ts'
import { NINE, TEN, TUESDAY } from '../kit/times.ts'

const EVENTS = `subscription ($after: EventCursor) {
  agentEvents(after: $after) {
    __typename ... on Event { cursor } ... on ResetRequired { reason } ... on CalendarChanged { agent { name } }
  }
}`
const SLOTS = `subscription ($agentId: ID!) {
  slotsChanged(target: { agentId: $agentId }, from: "${TUESDAY.from}", to: "${TUESDAY.to}", timeZone: "UTC") {
    __typename
  }
}`
const COMPLETE = { event: 'complete', data: '' }
const ABORTED = 'The server ended the subscription. Subscribe again after your last cursor.'

const { app, acme, ada } = useScene({ ada: anAgent }, { start: startOnPort })

const open = (call: Partial<EventStreamCall> = {}): Promise<EventStream> =>
  openEventStream(app.server.url, { query: EVENTS, token: ada.token, ...call })

describe('the end of a connection', () => {
  it.each([
    ['agentEvents', () => ({ query: EVENTS })],
    ['slotsChanged', () => ({ query: SLOTS, variables: { agentId: ada.id } })],
  ])('stops the subscription to %s', async (_name, call) => {
    const subscribed = trackSubscribedStreams(app)
    const streams = [await open(call()), await open({ ...call(), method: 'GET' })]
    for (const stream of streams) await stream.received(1)
    expect(subscribed()).not.toEqual([])
    for (const stream of streams) stream.close()
    await eventually(() => expect(subscribed()).toEqual([]))
  })

  it('stops a subscription that has not begun yet', async () => {
    const subscribed = trackSubscribedStreams(app)
    const { promise: signedIn, resolve: signIn } = Promise.withResolvers<Session>()
    const session = await app.app.authenticate({ authorization: `Bearer ${ada.token}`, workspaceId: null })
    const authenticate = vi.spyOn(app.app, 'authenticate').mockReturnValueOnce(signedIn)
    const abort = new AbortController()
    const init = {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${ada.token}` },
      signal: abort.signal,
    }
    const gone = fetch(`${app.server.url}/graphql?query=${encodeURIComponent(EVENTS)}`, init)
    await eventually(() => expect(authenticate).toHaveBeenCalled())
    abort.abort()
    await expect(gone).rejects.toThrow()
    // After another subscription the server has noticed the end of the first connection.
    const other = await open()
    await other.received(1)
    other.close()
    await eventually(() => expect(subscribed()).toEqual([]))
    const subscribe = vi.mocked(app.app.live.events.subscribe)
    const begun = subscribe.mock.calls.length
    signIn(session)
    await eventually(() => expect(subscribe.mock.calls.length).toBeGreaterThan(begun))
    await eventually(() => expect(subscribed()).toEqual([]))
  })
})

const AGENDA = '€'.repeat(2000)
/** Makes events of 180 KB. */
const LARGE = `subscription { agentEvents { __typename ... on MeetingChanged { meeting { ${Array.from({ length: 30 }, (_, at) => `a${at}: body`).join(' ')} } } } }`

/** An agent whose meeting is moved to publish large events. */
async function createFlood(): Promise<{ grace: Staff; publish(events: number): Promise<void> }> {
  const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
  const token = await createVisitor(app, acme)
  const { id: meetingId } = await book(app, {
    token,
    input: { target: { agentId: grace.id }, startsAt: NINE, agenda: AGENDA },
  })
  const publish = async (events: number) => {
    for (let move = 1; move <= events; move++) {
      const input = { meetingId, startsAt: move % 2 === 0 ? NINE : TEN }
      await mutateMeeting(app, { mutation: 'rescheduleMeeting', token, input })
    }
  }
  return { grace, publish }
}

describe('the server ends the subscription of', () => {
  it('a slow reader with OVERLOADED', async () => {
    const subscribed = trackSubscribedStreams(app)
    const { grace, publish } = await createFlood()
    const stream = await open({ query: LARGE, token: grace.token })
    await stream.received(1)
    stream.response.pause()
    await publish(60)
    await eventually(() => expect(subscribed()).toEqual([]))
    stream.response.resume()
    expect(await stream.ended()).toEqual(COMPLETE)
    const results = await stream.received(1)
    expect(results.at(-1)).toEqual({ errors: [{ message: ABORTED, extensions: { code: 'OVERLOADED' } }] })
    expect(results.length).toBeLessThan(60)
  })

  it('a slow reader when the limit is reached in bytes, even if not in characters', async () => {
    const { grace, publish } = await createFlood()
    const headers = {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${grace.token}`,
    }
    const body = JSON.stringify({ query: LARGE })
    const unread = await app.fetch('/graphql', { method: 'POST', headers, body })
    const healthy = await open({ query: LARGE, token: grace.token })
    await healthy.received(1)
    // 300,000 characters in 900,000 bytes. The queue is checked before each event: four of them are 240,000 characters.
    await publish(5)
    await healthy.received(6)
    expect(await unread.text()).toContain('"code":"OVERLOADED"')
  })

  it('a client whose token expires with UNAUTHENTICATED', async () => {
    const variables = { agentId: ada.id }
    const stream = await open({ query: SLOTS, variables, token: await createVisitor(app, acme) })
    const staff = await open({ query: SLOTS, variables })
    await stream.received(1)
    await staff.received(1)
    app.clock.advance(400 * DAY)
    expect(await stream.ended()).toEqual(COMPLETE)
    expect((await stream.received(2)).at(-1)).toEqual({
      errors: [{ message: ABORTED, extensions: { code: 'UNAUTHENTICATED' } }],
    })
    expect(staff.response.complete).toBe(false)
  })

  it('every client with RESTART when the node stops', async () => {
    const other = await startOnPortForTest()
    const { admin } = await createTestWorkspace(other)
    const stream = await openEventStream(other.server.url, { query: EVENTS, token: admin.token })
    await stream.received(1)
    const stopped = other.server.stop()
    expect(await stream.ended()).toEqual(COMPLETE)
    expect((await stream.received(2)).at(-1)).toEqual({
      errors: [{ message: ABORTED, extensions: { code: 'RESTART' } }],
    })
    await stopped
  })
})

describe('an internal error', () => {
  const SECRET = 'cannot reach postgres://admin:secret@db'
  const masked = {
    message: 'Something went wrong on our side. Please tell us the request id.',
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) },
  }

  it('before the subscription begins is answered without details', async () => {
    vi.spyOn(app.app, 'authenticate').mockRejectedValueOnce(new Error(SECRET))
    const stream = await open()
    expect(await stream.ended()).toEqual(COMPLETE)
    expect(await stream.received(1)).toEqual([{ errors: [masked] }])
  })

  const aborted = { errors: [{ message: ABORTED, extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }

  it('while the subscription begins ends it', async () => {
    vi.spyOn(app.app.live.events, 'subscribe').mockRejectedValueOnce(new Error(SECRET))
    const stream = await open()
    expect(await stream.ended()).toEqual(COMPLETE)
    expect(await stream.received(1)).toEqual([aborted])
    expect(app.faults).toHaveLength(1)
  })

  it('while an event is executed ends the subscription', async () => {
    const first = await open()
    const after = (await first.received(1))[0]?.data?.agentEvents?.cursor
    await connectCalendar(app, ada)
    await first.received(2)
    await app.app.services.database.event.updateMany({
      where: { streamId: `agent:${ada.agentId}` },
      data: { payload: { agentId: '00000000-0000-4000-8000-000000000000' } },
    })
    const stream = await open({ variables: { after } })
    expect(await stream.ended()).toEqual(COMPLETE)
    expect(await stream.received(1)).toEqual([aborted])
  })
})

describe('a caller', () => {
  it('cannot have more subscriptions open than the limit, which does not affect others', async () => {
    const small = await startOnPortForTest({ limits: { maxSocketsPerCaller: 2 } })
    const globex = await createTestWorkspace(small)
    const [grace, other] = [
      await createTestAgent(small, globex, 'Grace Hopper'),
      await createTestAgent(small, globex, 'Ada Lovelace'),
    ]
    const openAs = ({ token }: Staff) => openEventStream(small.server.url, { query: EVENTS, token })
    const streams = [await openAs(grace), await openAs(grace)]
    for (const stream of streams) await stream.received(1)
    const refused = await openAs(grace)
    await refused.ended()
    expect(refused.events[0]?.data).toMatch(/"code":"TOO_MANY_OPERATIONS"/)
    await (await openAs(other)).received(1)
    streams[0]?.close()
    await eventually(async () => {
      const [first] = await (await openAs(grace)).received(1)
      expect(first).toMatchObject({ data: { agentEvents: { __typename: 'CaughtUp' } } })
    })
  })
})
