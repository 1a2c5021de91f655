// A node that holds an agent's console, or a visitor's chat, is killed: another one must find out by itself, from the
// lease alone.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { data } from '../kit/app.ts'
import { createPostgresDatabase } from '../kit/database.ts'
import {
  killServerProcesses,
  type ServerProcess,
  startServerProcess,
  startVisits,
} from '../kit/server-process.ts'
import { createSocketClient, subscribe } from '../kit/socket-client.ts'

interface Chat {
  id: string
  state: string
}

/** The lease, and time for a busy machine. */
const DEADLINE = { timeout: 30_000, interval: 100 }

let database: { url: string; drop(): Promise<void> }
let nodes: ServerProcess[]

beforeAll(async () => {
  database = await createPostgresDatabase()
  const start = () => startServerProcess({ DATABASE_URL: database.url })
  nodes = [await start(), await start()]
}, 120_000)
afterAll(async () => {
  await killServerProcesses()
  await database?.drop()
})

it('an agent whose console was on a killed node is soon signed in no more, as every other node sees it', async () => {
  const [holder, other] = nodes as [ServerProcess, ServerProcess]
  const { identities } = await other.readDemo()
  const agent = identities.find(({ role }) => role === 'AGENT')
  const isSignedIn = async () => {
    const query = 'query ($id: ID!) { node(id: $id) { ... on Agent { liveChatStatus { signedIn } } } }'
    const call = { variables: { id: agent?.agentId }, token: agent?.token ?? '' }
    const { node } = await data<{ node: { liveChatStatus: { signedIn: boolean } } }>(
      other.execute(query, call),
    )
    return node.liveChatStatus.signedIn
  }
  const console = subscribe(createSocketClient(holder.url, agent?.token), {
    query: 'subscription { agentEvents { __typename } }',
  })
  await console.waitFor(1)
  await vi.waitFor(async () => expect(await isSignedIn()).toBe(true), DEADLINE)
  await holder.kill()
  await vi.waitFor(async () => expect(await isSignedIn()).toBe(false), DEADLINE)
}, 90_000)

it('a request whose visitor was on a killed node is given up by another one', async () => {
  const [, other] = nodes as [ServerProcess, ServerProcess]
  const holder = await startServerProcess({ DATABASE_URL: database.url })
  const { identities } = await other.readDemo()
  const agent = identities.find(({ role }) => role === 'AGENT')
  const token = agent?.token ?? ''
  const console = subscribe(createSocketClient(other.url, token), {
    query: 'subscription { agentEvents { __typename } }',
  })
  await console.waitFor(1)
  await data(
    other.execute(
      'mutation { toggleLiveChatAvailability(input: { available: true }) { __typename ... on Error { message } } }',
      { token },
    ),
  )
  const [visitor = ''] = await startVisits(other, 1)
  const request = async () => {
    const query = `mutation ($input: RequestLiveChatInput!) {
      chat: requestLiveChat(input: $input) { ... on Conversation { id state } ... on Error { message } }
    }`
    const input = { target: { agentId: agent?.agentId } }
    return (await data<{ chat: Chat }>(other.execute(query, { variables: { input }, token: visitor }))).chat
  }
  const { id } = await vi.waitFor(async () => {
    const asked = await request()
    expect(asked.state).toBe('OFFERED')
    return asked
  }, DEADLINE)
  const state = async () => {
    const query = 'query ($id: ID!) { node(id: $id) { ... on Conversation { state } } }'
    const { node } = await data<{ node: Chat }>(other.execute(query, { variables: { id }, token: visitor }))
    return node.state
  }
  const live = subscribe(createSocketClient(holder.url, visitor), {
    query: 'subscription ($id: ID!) { conversationEvents(conversationId: $id) { __typename } }',
    variables: { id },
  })
  await live.waitFor(1)
  await holder.kill()
  expect(await state()).toBe('OFFERED')
  await vi.waitFor(async () => expect(await state()).toBe('ABANDONED'), { ...DEADLINE, timeout: 60_000 })
}, 150_000)
