import type { Client } from 'graphql-ws'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestAgent, createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { startOnPort, type TestServer } from '../kit/server.ts'
import { createSocketClient, subscribe } from '../kit/socket-client.ts'

const DEADLINE = { timeout: 15_000, interval: 20 }
const CONSOLE = 'subscription { agentEvents { __typename } }'

let app: TestServer
let acme: TestWorkspace
let ada: Staff

beforeAll(async () => {
  app = await startOnPort()
})
afterAll(() => app.stop())
beforeEach(async () => {
  acme = await createTestWorkspace(app)
  ada = await createTestAgent(app, acme)
})

/** As a colleague sees it. */
async function isSignedIn(): Promise<boolean> {
  const query = 'query ($id: ID!) { node(id: $id) { ... on Agent { liveChatStatus { signedIn } } } }'
  const call = { variables: { id: ada.id }, token: acme.admin.token }
  const { node } = await data<{ node: { liveChatStatus: { signedIn: boolean } } }>(app.execute(query, call))
  return node.liveChatStatus.signedIn
}
const waitForSignedIn = (expected: boolean) =>
  vi.waitFor(async () => expect(await isSignedIn()).toBe(expected), DEADLINE)

async function openConsole(client: Client): Promise<{ stop(): void }> {
  const console = subscribe(client, { query: CONSOLE })
  await console.waitFor(1)
  return console
}

describe('an agent is signed in', () => {
  it('while a console is open, and no longer', async () => {
    expect(await isSignedIn()).toBe(false)
    const console = await openConsole(createSocketClient(app.server.url, ada.token))
    await waitForSignedIn(true)
    console.stop()
    await waitForSignedIn(false)
  })

  it('until the last of several consoles is closed', async () => {
    const [one, other] = await Promise.all(
      [0, 1].map(() => openConsole(createSocketClient(app.server.url, ada.token))),
    )
    one?.stop()
    await waitForSignedIn(true)
    other?.stop()
    await waitForSignedIn(false)
  })

  it('by an own console only, not by watching the workspace', async () => {
    const board = subscribe(createSocketClient(app.server.url, ada.token), {
      query: 'subscription { workspaceEvents { __typename } }',
    })
    await board.waitFor(1)
    expect(await isSignedIn()).toBe(false)
  })

  it('no longer than 15 seconds after the client was last heard of', async () => {
    const client = createSocketClient(app.server.url, ada.token)
    let freeze = () => {}
    client.on('opened', (socket) => {
      // Neither reads nor answers from now on, as a phone that is asleep.
      freeze = () => (socket as { pause(): void }).pause()
    })
    await openConsole(client)
    await waitForSignedIn(true)
    freeze()
    app.clock.advance(14_999)
    expect(await isSignedIn()).toBe(true)
    app.clock.advance(1)
    expect(await isSignedIn()).toBe(false)
  })
})
