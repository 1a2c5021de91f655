// A node with an agent's console, or with a visitor's subscription to a chat, is killed. Another node must notice it by
// the expiry of the lease.
import pg from 'pg'
import { afterAll, expect, it, vi } from 'vitest'
import { data } from '../kit/app.ts'
import { requestChat } from '../kit/chat.ts'
import { eventually } from '../kit/eventually.ts'
import { toggle } from '../kit/live-chat-status.ts'
import { useNodes } from '../kit/process-scene.ts'
import { startVisits, tokenOf } from '../kit/server-process.ts'
import { createSocketClient, subscribe } from '../kit/socket-client.ts'

/** The duration of a lease, and a reserve for a busy machine. */
const DEADLINE = { timeout: 30_000, interval: 100 }

const { node, other, demo, startNode } = useNodes(['node', 'other'], { prepare })
let sql: pg.Client
afterAll(() => sql?.end())

async function prepare(databaseUrl: string): Promise<Record<string, string>> {
  sql = new pg.Client({ connectionString: databaseUrl })
  await sql.connect()
  return {}
}

const CONSOLE = 'subscription { agentEvents { __typename } }'

it('an agent whose console was on a killed node is soon signed out on every other node', async () => {
  const token = tokenOf(demo, 'AGENT')
  const isSignedIn = async () => {
    const query = '{ viewer { ... on Agent { liveChatStatus { signedIn } } } }'
    const { viewer } = await data<{ viewer: { liveChatStatus: { signedIn: boolean } } }>(
      other.execute(query, { token }),
    )
    return viewer.liveChatStatus.signedIn
  }
  await subscribe(createSocketClient(node.url, token), { query: CONSOLE }).waitFor(1)
  await eventually(async () => expect(await isSignedIn()).toBe(true))
  await node.kill()
  await eventually(async () => expect(await isSignedIn()).toBe(false))
}, 90_000)

it('a request whose visitor does not come back from a killed node is ended as missed by another node', async () => {
  const holder = await startNode()
  const token = tokenOf(demo, 'AGENT')
  await subscribe(createSocketClient(other.url, token), { query: CONSOLE }).waitFor(1)
  await toggle(other, { token, available: true })
  const [visitor = ''] = await startVisits(other, 1)
  const agentId = demo.identities.find((identity) => identity.token === token)?.agentId
  const { id } = await eventually(async () => {
    const chat = await requestChat(other, visitor, { target: { agentId } })
    expect(chat.state).toBe('OFFERED')
    return chat
  })
  const state = async () => {
    const query = 'query ($id: ID!) { node(id: $id) { ... on Conversation { state } } }'
    const call = { variables: { id }, token: visitor }
    return (await data<{ node: { state: string } }>(other.execute(query, call))).node.state
  }
  const live = subscribe(createSocketClient(holder.url, visitor), {
    query: 'subscription ($id: ID!) { conversationEvents(conversationId: $id) { __typename } }',
    variables: { id },
  })
  await live.waitFor(1)
  // The subscription is live before its lease is written.
  await eventually(async () => expect((await sql.query('SELECT FROM "VisitorLease"')).rowCount).toBe(1))
  await holder.kill()
  expect(await state()).toBe('OFFERED')
  // Visitors have 45 seconds to come back from a node that stopped.
  await vi.waitFor(async () => expect(await state()).toBe('MISSED'), { ...DEADLINE, timeout: 90_000 })
}, 150_000)
