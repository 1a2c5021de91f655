import { beforeEach, describe, expect, it } from 'vitest'
import { announceStatusChanges } from '../../src/services/chat/availability/announce-status.ts'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { createTestAgent } from '../kit/actors.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, chat, lastOffer, requestChat, signIn } from '../kit/chat.ts'
import { closeConsole, openConsole } from '../kit/console.ts'
import { eventually } from '../kit/eventually.ts'
import { setChatHours, toggle } from '../kit/live-chat-status.ts'
import { createBrowser } from '../kit/push-browser.ts'
import { anAgent, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'

const STATUS = `__typename ... on LiveChatStatusChanged {
  status { available source changesAt agent { name } toggle { available expiresAt } }
}`

const { app, acme, admin, ada, mutate } = useScene({ ada: anAgent }, { start: startOnPort })

beforeEach(() => setChatHours(app, ada, [{ weekday: 'MONDAY', start: '13:00', end: '17:00' }]))

async function listen(field: string, token: string, selection = STATUS) {
  const query = `subscription { ${field} { ${selection} } }`
  const subscription = subscribe(createSocketClient(app.server.url, token), { query })
  await subscription.waitFor(1)
  return subscription
}

describe('LiveChatStatusChanged', () => {
  it('reaches the agent’s console and the workspace when an administrator toggles', async () => {
    const console = await listen('agentEvents', ada.token)
    const board = await listen('workspaceEvents', admin.token)
    await toggle(app, { token: admin.token, agentId: ada.id, available: true })
    const changed = {
      __typename: 'LiveChatStatusChanged',
      status: {
        available: true,
        source: 'TOGGLE',
        changesAt: '2026-03-02T17:00:00.000Z',
        agent: { name: ada.name },
        toggle: { available: true, expiresAt: '2026-03-02T13:00:00.000Z' },
      },
    }
    expect((await console.waitFor(2))[1]).toEqual(changed)
    expect((await board.waitFor(2))[1]).toEqual(changed)
  })

  it('does not reach the console of a colleague', async () => {
    const grace = await createTestAgent(app, acme, 'Grace Hopper')
    const console = await listen('agentEvents', grace.token)
    await toggle(app, { token: ada.token, available: true })
    await toggle(app, { token: grace.token, available: true })
    expect((await console.waitFor(2))[1]).toMatchObject({ status: { agent: { name: grace.name } } })
  })

  it('is published when a block of the hours begins', async () => {
    const console = await listen('agentEvents', ada.token)
    const board = await listen('workspaceEvents', admin.token)
    app.clock.set('2026-03-02T13:00:00Z')
    await announceStatusChanges(app.app.services)
    const status = {
      available: true,
      source: 'HOURS',
      changesAt: '2026-03-02T17:00:00.000Z',
      toggle: null,
    }
    expect((await console.waitFor(2))[1]).toMatchObject({ status })
    expect((await board.waitFor(2))[1]).toMatchObject({ status })
  })
})

describe('LiveChatStatusChanged with the load', () => {
  const LOAD = `__typename ... on LiveChatStatusChanged {
    status { signedIn reachable activeChats pendingOffers capacity agent { name } }
  }`
  const sweep = () => {
    app.clock.advance(1000)
    return sweepChats(app.app.services)
  }
  const statusesOf = (live: Subscription, { name }: { name: string }) =>
    live
      .events()
      .flatMap(({ status }) => (status as { agent: { name: string } } | undefined) ?? [])
      .filter(({ agent }) => agent.name === name)

  it('tells that an agent signs in with the first console and out with the last', async () => {
    const board = await listen('workspaceEvents', admin.token, LOAD)
    const first = await openConsole(app, ada)
    const second = await listen('agentEvents', ada.token, LOAD)
    await sweep()
    await eventually(() => expect(statusesOf(board, ada)).toMatchObject([{ signedIn: true }]))
    expect((await second.waitFor(2))[1]).toMatchObject({ status: { signedIn: true, reachable: true } })
    first.stop()
    await sweep()
    await closeConsole(app, { agentId: ada.agentId, console: second })
    await sweep()
    const all = [{ signedIn: true }, { signedIn: false, reachable: false }]
    await eventually(() => expect(statusesOf(board, ada)).toMatchObject(all))
  })

  it('tells each change of the chats and offers, once, however many nodes sweep', async () => {
    await signIn(app, acme, ada)
    await toggle(app, { token: ada.token, available: true })
    await sweep()
    const board = await listen('workspaceEvents', admin.token, LOAD)
    const visitor = await createVisitor(app, acme)
    // An event shows the load when it is read, so that each must have come before the next change.
    const loads: object[] = []
    const expectNext = (load: object) => {
      loads.push(load)
      return eventually(() => expect(statusesOf(board, ada)).toMatchObject(loads))
    }
    const { id } = await requestChat(app, visitor)
    await Promise.all([sweep(), sweep()])
    await expectNext({ pendingOffers: 1, activeChats: 0, capacity: 5 })
    await acceptChat(app, ada.token, (await lastOffer(app, admin.token, id)).id)
    await sweep()
    await expectNext({ pendingOffers: 0, activeChats: 1 })
    await chat(app, { mutation: 'endChat', token: ada.token, input: { conversationId: id } })
    await sweep()
    await sweep()
    await expectNext({ pendingOffers: 0, activeChats: 0 })
  })

  it('comes at most once a second for an agent', async () => {
    const board = await listen('workspaceEvents', admin.token, LOAD)
    const input = createBrowser()
    const call = { mutation: 'registerPushSubscription', input, token: ada.token, select: '' }
    await mutate(call)
    await sweep()
    await eventually(() => expect(statusesOf(board, ada)).toMatchObject([{ reachable: true }]))
    const { endpoint } = input
    await mutate({ ...call, mutation: 'unregisterPushSubscription', input: { endpoint } })
    await sweepChats(app.app.services)
    await mutate(call)
    await sweep()
    await mutate({ ...call, mutation: 'unregisterPushSubscription', input: { endpoint } })
    await sweep()
    const all = [{ reachable: true }, { reachable: false }]
    await eventually(() => expect(statusesOf(board, ada)).toMatchObject(all))
  })
})
