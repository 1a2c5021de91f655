// Clients that disconnect leave nothing in the memory of the node: thousands of them connect, subscribe and disconnect in
// every possible way.
import { once } from 'node:events'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { INSPECTABLE, type MemoryProbe, probeMemory } from '../kit/node-memory.ts'
import { useNodes } from '../kit/process-scene.ts'
import { tokenOf } from '../kit/server-process.ts'

const CYCLES = Number(process.env.HEAP_SUBSCRIPTIONS ?? 1000)
const AT_ONCE = 10
/** Until all code is compiled and all caches are full. */
const WARM_UP_CYCLES = 1500
/** Smaller differences are ignored. */
const REST_BYTES = 32 * 1024
const MOST_RETAINED_BYTES = CYCLES * 512
const SUBSCRIPTIONS = [
  'subscription { agentEvents { __typename ... on Event { cursor } } }',
  'subscription { workspaceEvents { __typename ... on Event { cursor } } }',
  'subscription { workspaceEvents(after: "unknown") { __typename ... on Event { cursor } } }',
]

const { server, demo } = useNodes(['server'], { prepare: async () => INSPECTABLE })
let probe: MemoryProbe
let token: string

beforeAll(async () => {
  probe = await probeMemory(server)
  token = tokenOf(demo, 'ADMINISTRATOR')
})
afterAll(() => probe?.close())

it.each([
  ['sockets', leaveSocket],
  ['server-sent events', leaveRequest],
])(
  `${CYCLES} subscriptions over %s leave less than half a KiB each behind`,
  async (_transport, cycle) => {
    await repeat(WARM_UP_CYCLES, cycle)
    const before = await measureAtRest()
    await repeat(CYCLES, cycle)
    const retained = (await measureAtRest()) - before
    console.log(JSON.stringify({ retainedKib: Math.round(retained / 1024) }))
    expect(retained).toBeLessThan(MOST_RETAINED_BYTES)
  },
  120_000 + CYCLES * 100,
)

/** Waits until memory stops shrinking, because timers keep closed connections for some seconds.
 * @returns the bytes in use */
async function measureAtRest(): Promise<number> {
  let last = Number.POSITIVE_INFINITY
  await vi.waitUntil(
    async () => {
      const { used } = await probe.measure()
      const isAtRest = used > last - REST_BYTES
      last = used
      return isAtRest
    },
    { timeout: 30_000, interval: 2000 },
  )
  return last
}

async function repeat(count: number, cycle: (number: number) => Promise<void>): Promise<void> {
  for (let first = 0; first < count; first += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_one, index) => cycle(first + index)))
  }
}

/** Completes the subscription, closes the socket, or terminates it, before or after the first event. */
async function leaveSocket(number: number): Promise<void> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const send = (message: object) => socket.send(JSON.stringify(message))
  const closed = once(socket, 'close')
  await once(socket, 'open')
  send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })
  await once(socket, 'message')
  send({ type: 'subscribe', id: '1', payload: { query: SUBSCRIPTIONS[number % SUBSCRIPTIONS.length] } })
  if (number % 4 > 0) await once(socket, 'message')
  if (number % 4 === 1) send({ type: 'complete', id: '1' })
  if (number % 2 === 0) socket.terminate()
  else socket.close()
  await closed
}

/** Aborts the request before or after the first event. */
async function leaveRequest(number: number): Promise<void> {
  const aborter = new AbortController()
  const { body } = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query: SUBSCRIPTIONS[number % SUBSCRIPTIONS.length] }),
    signal: aborter.signal,
  })
  if (number % 2 === 0) await body?.getReader().read()
  aborter.abort()
}
