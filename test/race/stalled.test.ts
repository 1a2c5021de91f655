// Backpressure: clients that stop reading cost the node at most their queues, and hardly delay the others. Once they read
// again, they reconnect and miss nothing.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type OpenDatabase, openPostgres } from '../../src/database/open.ts'
import { appendEvents } from '../../src/services/events/append-events.ts'
import { newEvent } from '../../src/services/events/new-events.ts'
import { createRedisWakeUps } from '../../src/services/events/redis-wake-ups.ts'
import type { WakeUps } from '../../src/services/ports/wake-ups.ts'
import { runTransaction } from '../../src/services/transaction.ts'
import { DAY } from '../kit/clock.ts'
import { INSPECTABLE, type Memory, type MemoryProbe, probeMemory } from '../kit/node-memory.ts'
import { useNodes } from '../kit/process-scene.ts'
import { type RedisProcess, startRedis } from '../kit/redis-process.ts'
import { ReturningClient } from '../kit/returning-client.ts'
import { mutateMeeting, openAroundTheClock, startVisits, tokenOf } from '../kit/server-process.ts'

const HEALTHY = 20
const STALLED = 100
/** The queues are full after some hundred events; 100,000 take minutes. */
const EVENTS = Number(process.env.STALLED_EVENTS ?? 5000)
/** The first events are long, so that the queues are full soon: the buffers of the operating system take some 3 MB for
 * each connection before anything waits in the node. The other events are short. */
const LONG_EVENTS = 400
const BODY_LENGTH = 12_000
/** Before and after, to measure the latency without stalled clients. */
const UNDISTURBED = { long: 400, short: 2000 }
const AT_ONCE = { long: 20, short: 200 }
/** The queue of 256 KiB, the event that exceeds it, and the memory of the connection itself. */
const MOST_BYTES_EACH = (256 + 12 + 52) * 1024
const DEADLINE = { timeout: 60_000, interval: 5 }
const LONG_DEADLINE = { timeout: 600_000, interval: 50 }

const { node, demo } = useNodes(['node'], { prepare })
let database: OpenDatabase
let sql: pg.Client
let redis: RedisProcess
let wakeUps: WakeUps
let probe: MemoryProbe
let token: string
let subject: { workspaceId: string; agentId: string; meetingId: string; changeId: string }
const clients: Counter[] = []

beforeAll(async () => {
  probe = await probeMemory(node)
  token = tokenOf(demo, 'ADMINISTRATOR')
  subject = await bookLongMeeting()
  wakeUps = createRedisWakeUps({ url: redis.url, onError: () => {} })
  await vi.waitFor(async () => expect(await redis.countListeners()).toBe(2), DEADLINE)
}, 90_000)
afterAll(async () => {
  for (const client of clients) await client.leave()
  probe?.close()
  await wakeUps?.close()
  await redis?.kill()
  await sql?.end()
  await database?.close()
})

async function prepare(databaseUrl: string): Promise<Record<string, string>> {
  database = openPostgres(databaseUrl)
  sql = new pg.Client({ connectionString: databaseUrl })
  await sql.connect()
  redis = await startRedis()
  return { REDIS_URL: redis.url, MAX_SOCKETS_PER_CALLER: `${HEALTHY + STALLED}`, ...INSPECTABLE }
}

/** Checks that events come in order, each once. */
class Counter extends ReturningClient {
  applied = 0

  /** @param onArrival runs for each event */
  constructor(onArrival = () => {}) {
    super({
      field: 'workspaceEvents',
      selection: '... on MeetingChanged { meeting { body } }',
      token,
      node: () => node.url,
      random: (below) => Math.floor(Math.random() * below),
      onEvent: ({ __typename, at }) => {
        // The first sweep publishes the status of the demo's agents.
        if (__typename === 'LiveChatStatusChanged') return
        onArrival()
        if (at !== timeOf(this.applied)) this.problems.push({ at, expected: this.applied })
        this.applied += 1
      },
    })
  }
}

describe(`${STALLED} clients that stop reading while ${EVENTS} events are published`, () => {
  it('cost the node at most their queues, do not delay others, and miss nothing when they read again', async () => {
    const healthy = await connect(HEALTHY, () => void latencies.push(performance.now() - publishedAt))
    const stalled = await connect(STALLED)
    const before = await publishBoth(healthy, UNDISTURBED)
    await vi.waitUntil(() => stalled.every(({ applied }) => applied === published), DEADLINE)
    const connections = healthy.map((client) => client.connections)
    for (const client of stalled) client.stall()
    const meanwhile = await publishBoth(healthy, { long: LONG_EVENTS, short: EVENTS - LONG_EVENTS })
    for (const client of stalled) expect(client.applied).toBe(UNDISTURBED.long + UNDISTURBED.short)
    expect(healthy.map((client) => client.connections)).toEqual(connections)
    // From now on this process has so much to read that it may not answer a ping in time.
    for (const client of stalled) client.resume()
    await vi.waitUntil(() => stalled.every(({ applied }) => applied === published), LONG_DEADLINE)
    for (const client of stalled) expect(client.connections).toBeGreaterThan(1)
    // Measured again, because the load of the machine may have changed.
    const after = await publishBoth(healthy, UNDISTURBED)
    console.log(JSON.stringify({ before, meanwhile, after }))
    expect(clients.flatMap(({ problems }) => problems)).toEqual([])
    for (const length of ['long', 'short'] as const) {
      expect(meanwhile[length].used - before[length].used).toBeLessThan(STALLED * MOST_BYTES_EACH)
      expect(meanwhile[length].p99).toBeLessThan(2 * Math.max(before[length].p99, after[length].p99))
    }
  }, 1_200_000)
})

/** @returns clients that get every event from now on */
async function connect(count: number, onArrival?: () => void): Promise<Counter[]> {
  const connected = Array.from({ length: count }, () => new Counter(onArrival))
  clients.push(...connected)
  await vi.waitUntil(() => connected.every(({ isCaughtUp }) => isCaughtUp), DEADLINE)
  return connected
}

/** Of deliveries to the healthy clients, in milliseconds. */
let latencies: number[] = []
let publishedAt = 0

interface Measured extends Memory {
  /** Of deliveries to the healthy clients, in milliseconds. */
  p50: number
  p99: number
}

type Length = 'long' | 'short'

async function publishBoth(healthy: Counter[], counts: Record<Length, number>) {
  const long = await publish(healthy, { length: 'long', count: counts.long })
  return { long, short: await publish(healthy, { length: 'short', count: counts.short }) }
}

/** Publishes events in batches, each as soon as all healthy clients have the one before.
 * @returns the latencies, and the maximum of the memory in use */
async function publish(
  healthy: Counter[],
  { length, count }: { length: Length; count: number },
): Promise<Measured> {
  const most: Memory = { used: 0, rss: 0 }
  const end = published + count
  latencies = []
  for (let batch = 0; published < end; batch++) {
    await append(length)
    await vi.waitUntil(() => healthy.every(({ applied }) => applied === published), DEADLINE)
    if (batch % 5 > 0) continue
    const { used, rss } = await probe.measure()
    Object.assign(most, { used: Math.max(used, most.used), rss: Math.max(rss, most.rss) })
  }
  const sorted = latencies.sort((one, other) => one - other)
  const percentile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
  return { ...most, p50: percentile(0.5), p99: percentile(0.99) }
}

const BEGIN = Date.now()
/** A unique time for each event, which identifies it. */
const timeOf = (index: number) => new Date(BEGIN + index).toISOString()

let published = 0

async function append(length: Length): Promise<void> {
  const { workspaceId, agentId, meetingId, changeId } = subject
  // Only in the workspace's stream.
  const event =
    length === 'long'
      ? newEvent.meetingChanged({ meetingId, changeId, agentIds: [] })
      : { ...newEvent.calendarChanged({ agentId }), agentIds: [] }
  await runTransaction({ database: database.client, wakeUps }, async (tx) => {
    for (const end = published + AT_ONCE[length]; published < end; published++) {
      await appendEvents(tx, { workspaceId, at: new Date(timeOf(published)), events: [event] })
    }
    publishedAt = performance.now()
  })
}

/** @returns the ids that events refer to */
async function bookLongMeeting(): Promise<typeof subject> {
  const [target] = await openAroundTheClock(node)
  const [visitor = ''] = await startVisits(node, 1)
  const startsAt = new Date((Math.floor(Date.now() / DAY) + 2) * DAY).toISOString()
  const input = { target: { agentId: target }, startsAt, timeZone: 'UTC' }
  await mutateMeeting(node, { mutation: 'bookMeeting', token: visitor, input })
  await sql.query('UPDATE "Meeting" SET "body" = repeat($1, $2)', ['x', BODY_LENGTH])
  const { rows } = await sql.query<typeof subject>(
    `SELECT c."workspaceId", m."agentId", m."id" AS "meetingId", c."id" AS "changeId"
     FROM "MeetingChange" c JOIN "Meeting" m ON m."id" = c."meetingId"`,
  )
  return rows[0] as typeof subject
}
