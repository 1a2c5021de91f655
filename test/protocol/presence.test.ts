// Whether agents are signed in, and what happens to the chats of agents who are not.
import type { Client } from 'graphql-ws'
import { beforeEach, describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import type { Staff } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import {
  acceptChat,
  chat,
  createChatAgent,
  lastOffer,
  readChat,
  requestChat,
  say,
  signOut,
} from '../kit/chat.ts'
import { eventually } from '../kit/eventually.ts'
import { anAgent, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'

const CONSOLE = 'subscription { agentEvents { __typename ... on Event { cursor } } }'
const CONSOLE_AFTER = `subscription ($after: EventCursor) {
  agentEvents(after: $after) { __typename ... on MessageSent { message { text } conversation { id } } }
}`

const { app, acme, admin, ada } = useScene({ ada: anAgent }, { start: startOnPort })

/** As an administrator sees it. */
async function isSignedIn(): Promise<boolean> {
  const query = 'query ($id: ID!) { node(id: $id) { ... on Agent { liveChatStatus { signedIn } } } }'
  const call = { variables: { id: ada.id }, token: admin.token }
  const { node } = await data<{ node: { liveChatStatus: { signedIn: boolean } } }>(app.execute(query, call))
  return node.liveChatStatus.signedIn
}
const waitForSignedIn = (expected: boolean) =>
  eventually(async () => expect(await isSignedIn()).toBe(expected))

async function openConsole(client: Client): Promise<Subscription> {
  const console = subscribe(client, { query: CONSOLE })
  await console.waitFor(1)
  return console
}

describe('an agent is signed in', () => {
  it('exactly while a console is open', async () => {
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

  it('by a console only, not by a subscription to the workspace', async () => {
    const board = subscribe(createSocketClient(app.server.url, ada.token), {
      query: 'subscription { workspaceEvents { __typename } }',
    })
    await board.waitFor(1)
    expect(await isSignedIn()).toBe(false)
  })

  it('for at most 15 seconds after the last sign of life of the client', async () => {
    const client = createSocketClient(app.server.url, ada.token)
    let freeze = () => {}
    client.on('opened', (socket) => {
      // From now on it neither reads nor answers, like a phone that is asleep.
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

describe('the running chats of an agent whose console has disconnected', () => {
  let grace: Staff
  let visitor: string
  let conversationId: string
  /** The last cursor of the console. */
  let after: string | undefined

  beforeEach(async () => {
    grace = await createChatAgent(app, acme, 'Grace Hopper')
    await signOut(app, grace)
    const console = await openConsole(createSocketClient(app.server.url, grace.token))
    visitor = await createVisitor(app, acme)
    conversationId = (
      await eventually(async () => {
        const asked = await requestChat(app, visitor)
        expect(asked.state).toBe('OFFERED')
        return asked
      })
    ).id
    await acceptChat(app, grace.token, (await lastOffer(app, admin.token, conversationId)).id)
    after = (await console.waitFor(4)).at(-1)?.cursor
    console.stop()
    await eventually(async () => {
      const where = { agentId: grace.agentId, expiresAt: { gt: app.clock.now() } }
      expect(await app.app.services.database.consoleLease.count({ where })).toBe(0)
    })
    app.clock.advance(5 * 60_000)
    await sweepChats(app.app.services)
  })

  it('stay with the agent, who gets the messages of the meantime after reconnecting', async () => {
    await say(app, visitor, { conversationId, text: 'Are you there?' })
    const again = subscribe(createSocketClient(app.server.url, grace.token), {
      query: CONSOLE_AFTER,
      variables: { after },
    })
    await again.waitFor(1)
    const said = { message: { text: 'Are you there?' }, conversation: { id: conversationId } }
    await eventually(() => expect(again.events()).toContainEqual({ __typename: 'MessageSent', ...said }))
    const inbox = '{ conversations(filter: { mine: true, state: [ACTIVE] }) { nodes { id unread } } }'
    expect(await app.execute(inbox, { token: grace.token })).toEqual({
      data: { conversations: { nodes: [{ id: conversationId, unread: 1 }] } },
    })
    expect(await say(app, grace.token, { conversationId, text: 'Yes.' })).toMatchObject({
      __typename: 'Message',
    })
  })

  it('can be ended by a supervisor', async () => {
    expect(await readChat(app, admin.token, conversationId)).toMatchObject({
      state: 'ACTIVE',
      agent: { id: grace.id },
    })
    const end = { mutation: 'endChat', token: admin.token, input: { conversationId } }
    expect(await chat(app, end)).toMatchObject({ state: 'ENDED' })
    expect(await readChat(app, visitor, conversationId)).toMatchObject({ state: 'ENDED' })
  })
})
