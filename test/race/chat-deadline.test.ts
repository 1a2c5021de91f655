// The node that offered a chat is killed, and with it the console of the agent. The deadline of the offer is data, which
// the other node meets.
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { eventually } from '../kit/eventually.ts'
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
/** On a busy machine it takes longer: so many times what the slowest of many answers took meanwhile. */
const STATEMENTS = 10

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
  const next = readOffer(secondConsole)
  const [{ offeredAt }, slowestMs] = await Promise.all([next, slowestAnswer(survivor, next)])
  const lateMs = offeredAt - expiresAt
  expect(lateMs).toBeGreaterThanOrEqual(0)
  expect(lateMs).toBeLessThanOrEqual(MOST_LATE_MS + STATEMENTS * slowestMs)
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
  const event = await eventually(() => {
    const offered = console.events().find(({ __typename }) => __typename === 'ChatOffered')
    if (offered === undefined) throw new Error(JSON.stringify(console.events()))
    return offered
  })
  const { offeredAt, expiresAt } = event.offer as Record<string, string>
  return { offeredAt: Date.parse(offeredAt ?? ''), expiresAt: Date.parse(expiresAt ?? '') }
}

/** Asks the node for its readiness, which takes it one statement, again and again until `end`.
 * @returns how long the slowest answer took, in milliseconds */
async function slowestAnswer(node: ServerProcess, end: Promise<unknown>): Promise<number> {
  let isOver = false
  const stop = () => {
    isOver = true
  }
  end.then(stop, stop)
  let slowest = 0
  while (!isOver) {
    const askedAt = performance.now()
    await (await fetch(`${node.url}/health/ready`)).text()
    slowest = Math.max(slowest, performance.now() - askedAt)
    await delay(50)
  }
  return slowest
}

async function succeed(node: ServerProcess, call: Omit<Mutation, 'select'>): Promise<void> {
  expect((await mutate(node, { ...call, select: '' })).__typename).not.toMatch(/Error$/)
}
