// The node that offered a chat is killed, and with it the console of the agent who was asked: the deadline is data, and
// the other node meets it.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { data } from '../kit/app.ts'
import { createPostgresDatabase } from '../kit/database.ts'
import {
  type Demo,
  killServerProcesses,
  type ServerProcess,
  startServerProcess,
  startVisits,
} from '../kit/server-process.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'

const TIMEOUT_SECONDS = 10
/** How late the offer may move on. */
const MOST_LATE_MS = 1000
/** The offer's time, and time for a busy machine. */
const PATIENCE = { timeout: 30_000, interval: 50 }

let database: { url: string; drop(): Promise<void> }
let maker: ServerProcess
let survivor: ServerProcess
let demo: Demo

beforeAll(async () => {
  database = await createPostgresDatabase()
  const start = () => startServerProcess({ DATABASE_URL: database.url })
  maker = await start()
  survivor = await start()
  demo = await survivor.readDemo()
}, 120_000)
afterAll(async () => {
  await killServerProcesses()
  await database?.drop()
})

it('a chat moves on within a second of the deadline of its offer, though the node that offered it was killed', async () => {
  const [first, second] = demo.identities.filter(({ role }) => role === 'AGENT') as Demo['identities']
  await mutate(survivor, tokenOf('ADMINISTRATOR'), 'updateWorkspace', {
    liveChatSettings: { offerTimeoutSeconds: TIMEOUT_SECONDS },
  })
  for (const { token } of [first!, second!]) {
    await mutate(survivor, token, 'toggleLiveChatAvailability', { available: true })
  }
  const asked = await openConsole(maker, first!)
  const next = await openConsole(survivor, second!)
  const [visitor] = await startVisits(maker, 1)
  await mutate(maker, visitor!, 'requestLiveChat', {})
  const { expiresAt } = await readOffer(asked)
  await maker.kill()
  const lateMs = (await readOffer(next)).offeredAt - expiresAt
  expect(lateMs).toBeGreaterThanOrEqual(0)
  expect(lateMs).toBeLessThanOrEqual(MOST_LATE_MS)
}, 90_000)

const tokenOf = (role: string) => demo.identities.find((identity) => identity.role === role)!.token

/** @returns once the agent is signed in, as every node sees it */
async function openConsole(node: ServerProcess, agent: Demo['identities'][number]): Promise<Subscription> {
  const query =
    'subscription { agentEvents { __typename ... on ChatOffered { offer { offeredAt expiresAt } } } }'
  const console = subscribe(createSocketClient(node.url, agent.token), { query })
  const status = 'query ($id: ID!) { node(id: $id) { ... on Agent { liveChatStatus { signedIn } } } }'
  const call = { variables: { id: agent.agentId }, token: agent.token }
  await vi.waitFor(async () => {
    const read = await data<{ node: object }>(survivor.execute(status, call))
    expect(read.node).toEqual({ liveChatStatus: { signedIn: true } })
  }, PATIENCE)
  return console
}

/** @returns the first offer that the console is told of */
async function readOffer(console: Subscription): Promise<{ offeredAt: number; expiresAt: number }> {
  const event = await vi.waitUntil(
    () => console.events().find(({ __typename }) => __typename === 'ChatOffered'),
    PATIENCE,
  )
  const { offeredAt, expiresAt } = event.offer as Record<string, string>
  return { offeredAt: Date.parse(offeredAt ?? ''), expiresAt: Date.parse(expiresAt ?? '') }
}

async function mutate(node: ServerProcess, token: string, mutation: string, input: object): Promise<void> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { __typename } }`
  const { result } = await data<{ result: { __typename: string } }>(
    node.execute(query, { variables: { input }, token }),
  )
  expect(result.__typename).not.toMatch(/Error$/)
}
