// The node that offered a chat is killed, and with it the console of the agent. The deadline of the offer is data, which
// the other node meets.
import { expect, it, vi } from 'vitest'
import { type Mutation, mutate } from '../kit/mutate.ts'
import { useNodes } from '../kit/process-scene.ts'
import {
  type Demo,
  type ServerProcess,
  startVisits,
  tokenOf,
  waitUntilSignedIn,
} from '../kit/server-process.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'

const TIMEOUT_SECONDS = 10
/** How long after its deadline the offer may move on. */
const MOST_LATE_MS = 1000
/** The time of the offer, and a reserve for a busy machine. */
const PATIENCE = { timeout: 30_000, interval: 50 }

const { maker, survivor, demo } = useNodes(['maker', 'survivor'])

it('a chat moves on within a second of the deadline of its offer, although the node that offered it was killed', async () => {
  const [first, second] = demo.identities.filter(({ role }) => role === 'AGENT') as Demo['identities']
  const input = { liveChatSettings: { offerTimeoutSeconds: TIMEOUT_SECONDS } }
  await succeed(survivor, { mutation: 'updateWorkspace', token: tokenOf(demo, 'ADMINISTRATOR'), input })
  for (const { token } of [first!, second!]) {
    await succeed(survivor, { mutation: 'setAvailabilityToggle', token, input: { available: true } })
  }
  const firstConsole = await openConsole(maker, first!)
  const secondConsole = await openConsole(survivor, second!)
  const [visitor] = await startVisits(maker, 1)
  await succeed(maker, { mutation: 'requestLiveChat', token: visitor!, input: {} })
  const { expiresAt } = await readOffer(firstConsole)
  await maker.kill()
  const lateMs = (await readOffer(secondConsole)).offeredAt - expiresAt
  expect(lateMs).toBeGreaterThanOrEqual(0)
  expect(lateMs).toBeLessThanOrEqual(MOST_LATE_MS)
}, 90_000)

/** Opens a console, and waits until every node considers the agent signed in. */
async function openConsole(node: ServerProcess, agent: Demo['identities'][number]): Promise<Subscription> {
  const query =
    'subscription { agentEvents { __typename ... on ChatOffered { offer { offeredAt expiresAt } } } }'
  const console = subscribe(createSocketClient(node.url, agent.token), { query })
  await waitUntilSignedIn(survivor, agent.token)
  return console
}

/** Waits for the first offer that the console receives. */
async function readOffer(console: Subscription): Promise<{ offeredAt: number; expiresAt: number }> {
  const event = await vi.waitUntil(
    () => console.events().find(({ __typename }) => __typename === 'ChatOffered'),
    PATIENCE,
  )
  const { offeredAt, expiresAt } = event.offer as Record<string, string>
  return { offeredAt: Date.parse(offeredAt ?? ''), expiresAt: Date.parse(expiresAt ?? '') }
}

async function succeed(node: ServerProcess, call: Omit<Mutation, 'select'>): Promise<void> {
  expect((await mutate(node, { ...call, select: '' })).__typename).not.toMatch(/Error$/)
}
