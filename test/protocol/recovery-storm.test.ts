// Many clients that were away together come back together, as after the end of a node. What they missed is read for all
// of them once.
import { expect, it, vi } from 'vitest'
import { appendEvents } from '../../src/services/events/append-events.ts'
import { newEvent } from '../../src/services/events/new-events.ts'
import { runTransaction } from '../../src/services/transaction.ts'
import { createTestWorkspace } from '../kit/actors.ts'
import { book, createBookableAgent, createVisitor } from '../kit/booking.ts'
import { startOnPortForTest } from '../kit/server.ts'
import { createSocketClient, type LiveEvent, subscribe } from '../kit/socket-client.ts'

const CLIENTS = 20
/** More than are read at once. */
const MISSED = 350
const EVENTS = `subscription ($after: EventCursor) {
  agentEvents(after: $after) {
    __typename ... on Event { cursor at } ... on MeetingChanged { change { kind } }
  }
}`

it('reads an event once for all who come back for it at the same time', async () => {
  const app = await startOnPortForTest()
  const { services } = app.app
  const acme = await createTestWorkspace(app)
  const ada = await createBookableAgent(app, acme)
  const client = createSocketClient(app.server.url, ada.token)
  const listen = (after?: string) => subscribe(client, { query: EVENTS, variables: { after } })
  const [{ cursor }] = (await listen().waitFor(1)) as [LiveEvent]
  const visitor = await createVisitor(app, acme)
  await book(app, {
    token: visitor,
    input: { target: { agentId: ada.id }, startsAt: '2026-03-03T09:00:00Z' },
  })
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
  // Each for itself the end, which is growing, and whether there is more; three whole pages are read for all.
  expect(readings).toBeGreaterThan(0)
  expect(readings).toBeLessThan(2 * CLIENTS + 3 * 3)
  // Those who come a little later may have the first ones read again.
  expect(reading.mock.calls.length).toBeLessThan(3 * (1 + MISSED))
})
