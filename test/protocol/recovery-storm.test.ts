// Many clients reconnect at the same moment, as after the stop of a node. The events that they missed are read once for
// all of them.
import { expect, it, vi } from 'vitest'
import { appendEvents } from '../../src/services/events/append-events.ts'
import { newEvent } from '../../src/services/events/new-events.ts'
import { runTransaction } from '../../src/services/transaction.ts'
import { book } from '../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type LiveEvent, subscribe } from '../kit/socket-client.ts'
import { NINE } from '../kit/times.ts'

const CLIENTS = 20
/** More than one page of a replay. */
const MISSED = 350
const EVENTS = `subscription ($after: EventCursor) {
  agentEvents(after: $after) {
    __typename ... on Event { cursor at } ... on MeetingChanged { change { kind } }
  }
}`

const { app, ada, visitor } = useScene({ ada: bookable(), visitor: aVisitor }, { start: startOnPort })

it('reads an event once for all clients that reconnect at the same time', async () => {
  const { services } = app.app
  const client = createSocketClient(app.server.url, ada.token)
  const listen = (after?: string) => subscribe(client, { query: EVENTS, variables: { after } })
  const [{ cursor }] = (await listen().waitFor(1)) as [LiveEvent]
  await book(app, { token: visitor.token, input: { target: { agentId: ada.id }, startsAt: NINE } })
  const { id, meetingId, workspaceId } = await services.database.meetingChange.findFirstOrThrow()
  const agentIds = [ada.agentId]
  const events = Array.from({ length: MISSED }, () =>
    newEvent.meetingChanged({ meetingId, changeId: id, agentIds }),
  )
  await runTransaction(services, (tx) => appendEvents(tx, { workspaceId, at: app.clock.now(), events }))

  const reading = vi.spyOn(services.database.meetingChange, 'findUniqueOrThrow')
  const pages = vi.spyOn(services.database, '$queryRaw')
  const clients = Array.from({ length: CLIENTS }, () => listen(cursor))
  for (const live of clients) await live.waitFor(1 + MISSED + 1)
  for (const live of clients) expect(live.events()).toEqual(clients[0]?.events())
  const readings = pages.mock.calls.filter(([text]) => String(text).includes('CROSS JOIN LATERAL')).length
  // Each client reads the last, growing page and checks for more; the three full pages are shared.
  expect(readings).toBeGreaterThan(0)
  expect(readings).toBeLessThan(2 * CLIENTS + 3 * 3)
  // Clients that connect a little later may cause the first events to be read again.
  expect(reading.mock.calls.length).toBeLessThan(3 * (1 + MISSED))
})
