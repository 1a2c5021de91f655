// Subscriptions as server-sent events over HTTP, one for each request ("distinct connections mode").
// The protocol: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
import { describe, expect, it } from 'vitest'
import { connectCalendar, setHours } from '../kit/actors.ts'
import { createBookableAgent, createVisitor } from '../kit/booking.ts'
import { type EventStream, type EventStreamCall, openEventStream } from '../kit/event-stream.ts'
import { anAgent, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { TUESDAY } from '../kit/times.ts'

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

const { app, acme, admin, ada } = useScene({ ada: anAgent }, { start: startOnPort })

const open = (call: Partial<EventStreamCall> = {}): Promise<EventStream> =>
  openEventStream(app.server.url, { query: EVENTS, token: ada.token, ...call })
const typesOf = async (stream: EventStream, count: number) =>
  (await stream.received(count)).map(({ data }) => data?.agentEvents?.__typename)

describe('a subscription over HTTP', () => {
  it.each(['POST', 'GET'] as const)('by %s gets each event as `next`', async (method) => {
    const stream = await open({ method })
    expect(stream).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    })
    await stream.received(1)
    await connectCalendar(app, ada)
    expect(await typesOf(stream, 2)).toEqual(['CaughtUp', 'CalendarChanged'])
    expect(stream.events.map(({ event }) => event)).toEqual(['next', 'next'])
  })

  it('replays the events after a cursor', async () => {
    const first = await open()
    const after = (await first.received(1))[0]?.data?.agentEvents?.cursor
    first.close()
    await connectCalendar(app, ada)
    for (const method of ['POST', 'GET'] as const) {
      const again = await open({ method, variables: { after } })
      expect(await typesOf(again, 2)).toEqual(['CalendarChanged', 'CaughtUp'])
    }
  })

  it('ends with an empty `complete` after the last event', async () => {
    const stream = await open({ variables: { after: 'forged' } })
    expect(await stream.ended()).toEqual(COMPLETE)
    expect(stream.events.map(({ event }) => event)).toEqual(['next', 'complete'])
    expect((await stream.received(1))[0]?.data?.agentEvents).toMatchObject({
      __typename: 'ResetRequired',
      reason: 'CURSOR_UNKNOWN',
    })
  })

  it('gets an event that is larger than the queue of a slow reader', async () => {
    const hours = { start: 0, end: 1440, durationMinutes: 5, bookingWindowDays: 60 }
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper', hours })
    const query = `subscription {
      slotsChanged(target: { agentId: "${grace.id}" }, from: "${TUESDAY.from}", to: "2026-04-30T00:00:00Z",
        timeZone: "UTC") { days { slots { startsAt endsAt agentCount } } }
    }`
    const stream = await open({ query })
    await stream.received(1)
    expect(stream.events[0]?.data.length).toBeGreaterThan(1_000_000)
    await setHours(app, grace, { timeZone: 'UTC', weekly: [] })
    expect((await stream.received(2))[1]?.data?.slotsChanged).toEqual({ days: [] })
  })

  it.each([
    ['a syntax error', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: 'subscription { nonsense }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['a variable of the wrong type', { variables: { after: 1 } }, 'BAD_USER_INPUT'],
    ['an unknown target', { query: SLOTS, variables: { agentId: 'QWdlbnQ6MQ==' } }, 'NOT_FOUND'],
  ])('with %s gets the error as `next`, then `complete`', async (_what, call, code) => {
    const stream = await open(call)
    expect(await stream.ended()).toEqual(COMPLETE)
    expect(stream.events.map(({ event }) => event)).toEqual(['next', 'complete'])
    const [{ data, errors } = {}] = await stream.received(1)
    expect({ status: stream.status, data: data ?? null }).toEqual({ status: 200, data: null })
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code])
    expect(JSON.stringify(errors)).not.toMatch(/"http"|"unexpected"/)
    expect(app.faults).toEqual([])
  })

  it('also answers queries, for clients that send every operation in this way', async () => {
    const stream = await open({ query: '{ __typename }' })
    expect(await stream.ended()).toEqual(COMPLETE)
    expect(await stream.received(1)).toEqual([{ data: { __typename: 'Query' } }])
  })

  it('does not run mutations by GET', async () => {
    const query = 'mutation { updateAgent(input: { name: "Eve" }) { __typename } }'
    expect((await open({ method: 'GET', query })).status).toBe(405)
    const { name } = await app.app.services.database.agent.findUniqueOrThrow({ where: { id: ada.agentId } })
    expect(name).toBe(ada.name)
  })

  it('is refused to clients that accept only JSON', async () => {
    expect((await open({ headers: { accept: 'application/json' } })).status).toBe(406)
  })
})

describe('the caller', () => {
  it('is identified by the header Authorization', async () => {
    const stream = await open({ token: admin.token })
    await stream.received(1)
    await connectCalendar(app, ada)
    await connectCalendar(app, admin)
    const [, changed] = await stream.received(2)
    expect(changed?.data?.agentEvents?.agent).toEqual({ name: admin.name })
  })

  it('must have a valid token', async () => {
    const stream = await open({ token: 'nonsense' })
    expect(await stream.ended()).toEqual(COMPLETE)
    expect(stream.status).toBe(401)
    expect((await stream.received(1))[0]?.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
  })

  it('determines the permitted subscriptions', async () => {
    for (const [token, code] of [
      [undefined, 'UNAUTHENTICATED'],
      [await createVisitor(app, acme), 'FORBIDDEN'],
    ] as const) {
      const stream = await openEventStream(app.server.url, { query: EVENTS, ...(token ? { token } : {}) })
      expect(await stream.ended()).toEqual(COMPLETE)
      expect((await stream.received(1))[0]?.errors).toMatchObject([{ extensions: { code } }])
    }
  })
})

describe('a page of another website', () => {
  it('can read the events when a workspace allows its origin', async () => {
    const stream = await open({ headers: { origin: 'https://www.acme.test' } })
    expect(stream.headers).toMatchObject({
      'access-control-allow-origin': 'https://www.acme.test',
      vary: 'Origin',
    })
    await stream.received(1)
  })

  it('cannot when no workspace does', async () => {
    const { headers } = await open({ headers: { origin: 'https://evil.example' } })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})
