// Events that another version of the product wrote, as during a rolling upgrade. Subscriptions skip an event of an
// unknown type, and reset where they would otherwise lose an event.
import { describe, expect, it } from 'vitest'
import { appendEvents } from '../../src/services/events/append-events.ts'
import { runTransaction } from '../../src/services/transaction.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, lastOffer, requestChat } from '../kit/chat.ts'
import { forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type LiveEvent, type Subscription, subscribe } from '../kit/socket-client.ts'

const EVENTS = `subscription ($after: EventCursor) {
  agentEvents(after: $after) { __typename ... on Event { cursor } ... on ResetRequired { reason } }
}`
const CHAT = `subscription ($id: ID!) {
  conversationEvents(conversationId: $id) { __typename ... on ResetRequired { reason } }
}`
const FUTURE = { type: 'OutOfOfficeChanged', payload: { agentId: 'x' } }
const UNREADABLE = { type: 'CalendarChanged', payload: { calendarId: 'x' } }

const { app, acme, admin, ada } = useScene({ ada: forChat }, { start: startOnPort })

/** Appends to Ada's stream an event that this version would not write, then a change of her calendar. */
async function append(foreign: { type: string; payload: object }): Promise<void> {
  const { agentId } = ada
  const events = [foreign, { type: 'CalendarChanged', payload: { agentId } }]
  const change = { workspaceId: acme.workspaceId, at: app.clock.now() }
  await runTransaction(app.app.services, (tx) =>
    appendEvents(tx, {
      ...change,
      events: events.map((event) => ({ ...event, agentIds: [agentId], skipsWorkspace: true }) as never),
    }),
  )
}

async function listen(query: string, variables = {}): Promise<Subscription> {
  const live = subscribe(createSocketClient(app.server.url, ada.token), { query, variables })
  await live.waitFor(1)
  return live
}
const typesOf = (events: LiveEvent[]) => events.map(({ __typename }) => __typename)

describe('an event of an unknown type', () => {
  it('is skipped, live and in a replay', async () => {
    const live = await listen(EVENTS)
    await append(FUTURE)
    const [caughtUp] = await live.waitFor(2)
    expect(typesOf(live.events())).toEqual(['CaughtUp', 'CalendarChanged'])
    const replay = await listen(EVENTS, { after: caughtUp?.cursor })
    await replay.waitFor(2)
    expect(typesOf(replay.events())).toEqual(['CalendarChanged', 'CaughtUp'])
  })
})

describe('an event with a payload that cannot be read', () => {
  const reset = { __typename: 'ResetRequired', reason: 'CURSOR_EXPIRED' }

  it('resets the subscription, live and in a replay', async () => {
    const live = await listen(EVENTS)
    await append(UNREADABLE)
    expect(await live.waitForEnd()).toEqual({ completed: true })
    expect(live.events()).toMatchObject([{ __typename: 'CaughtUp' }, reset])
    const replay = await listen(EVENTS, { after: live.events()[0]?.cursor })
    expect(await replay.waitForEnd()).toEqual({ completed: true })
    expect(replay.events()).toMatchObject([reset])
  })

  it('does not affect subscriptions that begin after it', async () => {
    await append(UNREADABLE)
    const live = await listen(EVENTS)
    await append(FUTURE)
    await live.waitFor(2)
    expect(typesOf(live.events())).toEqual(['CaughtUp', 'CalendarChanged'])
  })

  it('counts as a change of access for subscriptions whose access depends on the stream', async () => {
    const visitor = await createVisitor(app, acme)
    const { id } = await requestChat(app, visitor, { text: 'Hello?' })
    await acceptChat(app, ada.token, (await lastOffer(app, admin.token, id)).id)
    const live = await listen(CHAT, { id })
    await append({ type: 'AccessChanged', payload: { memberId: ada.agentId } })
    expect(await live.waitForEnd()).toEqual({ completed: true })
    expect(live.events().at(-1)).toEqual({ __typename: 'ResetRequired', reason: 'ACCESS_CHANGED' })
  })
})
