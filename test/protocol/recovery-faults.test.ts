// Subscriptions when something fails on the server: the client always learns of a gap.
import { expect, it, vi } from 'vitest'
import { createAdministrator, setHours } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { book } from '../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type LiveEvent, subscribe } from '../kit/socket-client.ts'
import { NINE } from '../kit/times.ts'

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

const { app, acme, admin, ada, visitor } = useScene(
  { ada: bookable(), visitor: aVisitor },
  { start: startOnPort, appPerTest: true },
)

const bookAda = () =>
  book(app, { token: visitor.token, input: { target: { agentId: ada.id }, startsAt: NINE } })
const listen = (query: string, { token }: { token: string }, after?: string) =>
  subscribe(createSocketClient(app.server.url, token), { query, variables: { after } })

it('a subscriber reconnects for an event that could not be read', async () => {
  const live = listen(EVENTS, ada)
  const [{ cursor }] = (await live.waitFor(1)) as [LiveEvent]
  const lost = new Error('The connection to the database was lost.')
  vi.spyOn(app.app.services.database.meetingChange, 'findUniqueOrThrow').mockRejectedValueOnce(lost)
  await bookAda()
  expect(await live.waitForEnd()).toEqual({ code: 1013 })
  expect(live.results).toHaveLength(1)
  expect(app.faults).toEqual([lost])
  const again = listen(EVENTS, ada, cursor)
  expect(await again.waitFor(2)).toMatchObject([{ meeting: { startsAt: NINE } }, { __typename: 'CaughtUp' }])
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
  const live = listen(EVENTS, ada, cursor)
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
