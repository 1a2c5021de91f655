// Subscriptions when something fails on the server: the client always learns of a gap.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ForbiddenError } from '../../src/errors.ts'
import { createAdministrator, setHours } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { book } from '../kit/booking.ts'
import { say as sayInChat, startActiveChat } from '../kit/chat.ts'
import { aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type LiveEvent, type Subscription, subscribe } from '../kit/socket-client.ts'
import { subscribeOverHttp } from '../kit/sse-client.ts'
import { NINE, TUESDAY } from '../kit/times.ts'

const EVENTS = `subscription ($after: EventCursor) {
  agentEvents(after: $after) {
    __typename ... on Event { cursor }
    ... on MeetingChanged { meeting { startsAt } change { kind } }
    ... on ResetRequired { reason }
  }
}`
const HEADS = `subscription ($after: EventCursor) {
  workspaceEvents(after: $after) {
    __typename ... on Event { cursor }
    ... on MeetingAvailabilityChanged { agent { id streamHead } }
  }
}`

const TALK = `subscription ($conversationId: ID!, $after: EventCursor) {
  conversationEvents(conversationId: $conversationId, after: $after) {
    __typename ... on Event { cursor } ... on MessageSent { message { text } } ... on ResetRequired { reason }
  }
}`
const SLOTS = `subscription ($agentId: ID!) {
  slotsChanged(target: { agentId: $agentId }, from: "${TUESDAY.from}", to: "${TUESDAY.to}", timeZone: "UTC") {
    nextAvailable
  }
}`

const { app, acme, admin, ada, grace, visitor } = useScene(
  { ada: bookable(), grace: forChat, visitor: aVisitor },
  { start: startOnPort, appPerTest: true },
)

const bookAda = () =>
  book(app, { token: visitor.token, input: { target: { agentId: ada.id }, startsAt: NINE } })
const listen = (query: string, { token }: { token: string }, variables = {}) =>
  subscribe(createSocketClient(app.server.url, token), { query, variables })

it('a subscriber reconnects for an event that could not be read', async () => {
  const live = listen(EVENTS, ada)
  const [{ cursor }] = (await live.waitFor(1)) as [LiveEvent]
  const lost = new Error('The connection to the database was lost.')
  vi.spyOn(app.app.services.database.meetingChange, 'findUniqueOrThrow').mockRejectedValueOnce(lost)
  await bookAda()
  expect(await live.waitForEnd()).toEqual({ code: 1013 })
  expect(live.results).toHaveLength(1)
  expect(app.faults).toEqual([lost])
  const again = listen(EVENTS, ada, { after: cursor })
  expect(await again.waitFor(2)).toMatchObject([{ meeting: { startsAt: NINE } }, { __typename: 'CaughtUp' }])
})

describe.each([
  ['WebSocket', (variables: object) => listen(TALK, visitor, variables), { code: 1013 }],
  [
    'server-sent events',
    (variables: Record<string, unknown>) =>
      subscribeOverHttp({ url: app.server.url, token: visitor.token }, { query: TALK, variables }),
    { completed: true },
  ],
])('over %s a message', (_name, subscribeTo, brokenOff) => {
  let conversationId: string
  beforeEach(async () => {
    conversationId = await startActiveChat(app, acme, { agent: grace, visitor })
  })

  const open = (after?: string) => subscribeTo({ conversationId, ...(after ? { after } : {}) })
  const lost = new Error('terminating connection due to administrator command')
  const failOnce = () => vi.spyOn(app.app.services.database.message, 'findFirst').mockRejectedValueOnce(lost)
  const say = (text: string) => sayInChat(app, grace.token, { conversationId, text })
  const textsOf = (live: Subscription) =>
    live.events().flatMap(({ __typename, message }) => (__typename === 'MessageSent' ? [message] : []))

  it('that cannot be read is not delivered without its text, but again', async () => {
    const live = open()
    const [{ cursor }] = (await live.waitFor(1)) as [LiveEvent]
    failOnce()
    await say('Hello?')
    expect(await live.waitForEnd()).toEqual(brokenOff)
    expect(textsOf(live)).toEqual([])
    const again = open(cursor)
    await again.waitFor(2)
    expect(textsOf(again)).toEqual([{ text: 'Hello?' }])
  })

  it('that fails in a replay keeps those before it delivered', async () => {
    const live = open()
    const [{ cursor }] = (await live.waitFor(1)) as [LiveEvent]
    for (const text of ['One', 'Two']) await say(text)
    await live.waitFor(3)
    const { message } = app.app.services.database
    const read = message.findFirst.bind(message)
    const spy = vi.spyOn(message, 'findFirst')
    spy.mockImplementationOnce(read as never).mockRejectedValueOnce(lost)
    const again = open(cursor)
    expect(await again.waitForEnd()).toEqual(brokenOff)
    expect(textsOf(again)).toEqual([{ text: 'One' }])
  })

  it('that cannot be read three times in a row resets the subscription', async () => {
    const live = open()
    const [{ cursor }] = (await live.waitFor(1)) as [LiveEvent]
    failOnce()
    await say('Hello?')
    await live.waitForEnd()
    failOnce()
    expect(await open(cursor).waitForEnd()).toEqual(brokenOff)
    failOnce()
    const last = open(cursor)
    expect(await last.waitForEnd()).toEqual({ completed: true })
    expect(last.events()).toMatchObject([{ __typename: 'ResetRequired', cursor, reason: 'FAULT' }])
  })

  it('that cannot be read because the database is away is delivered once it is back, however often', async () => {
    const away = new Error('Connection terminated unexpectedly')
    const live = open()
    const [{ cursor }] = (await live.waitFor(1)) as [LiveEvent]
    const failing = vi.spyOn(app.app.services.database.message, 'findFirst').mockRejectedValue(away)
    await say('Hello?')
    await live.waitForEnd()
    for (let attempt = 0; attempt < 3; attempt++) {
      const again = open(cursor)
      await again.waitForEnd()
      expect(again.events()).toEqual([])
    }
    failing.mockRestore()
    const last = open(cursor)
    await last.waitFor(2)
    expect(textsOf(last)).toEqual([{ text: 'Hello?' }])
  })

  it('that a client may not read is an answer', async () => {
    const live = open()
    await live.waitFor(1)
    vi.spyOn(app.app.services.database.message, 'findFirst').mockRejectedValueOnce(new ForbiddenError('No.'))
    await say('Hello?')
    await live.waitFor(2)
    expect(live.results.at(-1)).toMatchObject({
      data: { conversationEvents: { message: null } },
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    })
    expect(live.end).toBeUndefined()
  })
})

it('free slots that cannot be computed end the subscription, so that the client asks again', async () => {
  const live = listen(SLOTS, visitor, { agentId: ada.id })
  await live.waitFor(1)
  const { database } = app.app.services
  const read = database.$queryRaw.bind(database)
  const failing = vi
    .spyOn(database, '$queryRaw')
    .mockImplementation(((...query: Parameters<typeof read>) =>
      JSON.stringify(query).includes('timestamptz_send')
        ? Promise.reject(new Error('lost'))
        : read(...query)) as never)
  await setHours(app, ada, { timeZone: 'UTC', weekly: [] })
  expect(await live.waitForEnd()).toEqual({ code: 1013 })
  failing.mockRestore()
  expect(await listen(SLOTS, visitor, { agentId: ada.id }).waitFor(1)).toEqual([{ nextAvailable: null }])
})

it('a subscriber is reset when events are deleted while it connects', async () => {
  const { database } = app.app.services
  // With another subscriber the node already knows the head of the stream.
  const other = listen(EVENTS, ada)
  const [{ cursor }] = (await other.waitFor(1)) as [LiveEvent]
  await bookAda()
  await other.waitFor(2)
  const read = database.$queryRaw.bind(database)
  vi.spyOn(database, '$queryRaw').mockImplementation((async (...query: Parameters<typeof read>) => {
    const answer = await read(...query)
    if (String(query[0]).includes('"oldest"')) await database.event.deleteMany()
    return answer
  }) as never)
  const live = listen(EVENTS, ada, { after: cursor })
  expect(await live.waitForEnd()).toEqual({ completed: true })
  expect(live.events()).toMatchObject([{ __typename: 'ResetRequired', reason: 'CURSOR_EXPIRED' }])
})

it('a subscriber never gets the stream head of another one in the same group', async () => {
  const second = await createAdministrator(app, acme, 'Joan Clarke')
  const [one, other] = [listen(HEADS, admin), listen(HEADS, second)]
  await Promise.all([one.waitFor(1), other.waitFor(1)])
  await setHours(app, second, { timeZone: 'UTC', weekly: [] })
  const [, ofOne] = await one.waitFor(2)
  const [, ofOther] = await other.waitFor(2)
  expect(ofOne).toMatchObject({ agent: { id: second.id, streamHead: null } })
  const { viewer } = await data<{ viewer: object }>(
    app.execute('{ viewer { ... on Agent { id streamHead } } }', { token: second.token }),
  )
  expect(ofOther).toMatchObject({ agent: viewer })
})
