// A node that holds an agent's console is killed: the other one must find out by itself, from the lease alone.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { data } from '../kit/app.ts'
import { createPostgresDatabase } from '../kit/database.ts'
import { killServerProcesses, type ServerProcess, startServerProcess } from '../kit/server-process.ts'
import { createSocketClient, subscribe } from '../kit/socket-client.ts'

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
