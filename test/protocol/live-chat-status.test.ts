import { beforeEach, describe, expect, it } from 'vitest'
import { announceStatusChanges } from '../../src/services/chat/availability/announce-status.ts'
import { createTestAgent } from '../kit/actors.ts'
import { setChatHours, toggle } from '../kit/live-chat-status.ts'
import { anAgent, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, subscribe } from '../kit/socket-client.ts'

const STATUS = `__typename ... on LiveChatStatusChanged {
  status { available source changesAt agent { name } toggle { available expiresAt } }
}`

const { app, acme, admin, ada } = useScene({ ada: anAgent }, { start: startOnPort })

beforeEach(() => setChatHours(app, ada, [{ weekday: 'MONDAY', start: '13:00', end: '17:00' }]))

async function listen(field: string, token: string) {
  const query = `subscription { ${field} { ${STATUS} } }`
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
