// Clients that stop reading cost the node no more than their queues, and the others next to nothing; once they read
// again they come back and miss nothing.
import { encodeGlobalID } from '@pothos/plugin-relay'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type OpenDatabase, openPostgres } from '../../src/database/open.ts'
import { appendEvents } from '../../src/services/events/append-events.ts'
import { createRedisWakeUps } from '../../src/services/events/redis-wake-ups.ts'
import type { WakeUps } from '../../src/services/events/wake-ups.ts'
import { runTransaction } from '../../src/services/transaction.ts'
import { DAY } from '../kit/clock.ts'
import { createPostgresDatabase } from '../kit/database.ts'
import { INSPECTABLE, type Memory, type MemoryProbe, probeMemory } from '../kit/node-memory.ts'
import { type RedisProcess, startRedis } from '../kit/redis-process.ts'
import { Replica } from '../kit/replica.ts'
import {
  killServerProcesses,
  mutateMeeting,
  openAroundTheClock,
  type ServerProcess,
  startServerProcess,
  startVisits,
} from '../kit/server-process.ts'

const HEALTHY = 50
const STALLED = 100
/** 100,000 deliveries to those who do not read. */
const EVENTS = 1000
const AT_ONCE = 20
/** The system's own buffers take some 3 MB for each connection before anything waits in the node. */
const BODY_LENGTH = 12_000
/** The queue of 256 KiB, the event that goes beyond it, and what a connection takes by itself. */
const MOST_BYTES_EACH = (256 + 12 + 52) * 1024
const DEADLINE = { timeout: 60_000, interval: 5 }

let postgres: { url: string; drop(): Promise<void> }
let database: OpenDatabase
let sql: pg.Client
let redis: RedisProcess
let wakeUps: WakeUps
let node: ServerProcess
let probe: MemoryProbe
let token: string
let event: { workspaceId: string; meetingId: string; changeId: string }
const replicas: Replica[] = []

beforeAll(async () => {
  postgres = await createPostgresDatabase()
  database = openPostgres(postgres.url)
  sql = new pg.Client({ connectionString: postgres.url })
  await sql.connect()
  redis = await startRedis()
  node = await startServerProcess({
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    MAX_SOCKETS_PER_CALLER: `${HEALTHY + STALLED}`,
    ...INSPECTABLE,
  })
  probe = await probeMemory(node)
  const { identities } = await node.readDemo()
  token = identities.find(({ role }) => role === 'ADMINISTRATOR')?.token ?? ''
  event = await bookLongMeeting()
  wakeUps = createRedisWakeUps({ url: redis.url, onError: () => {} })
  await vi.waitFor(async () => expect(await redis.countListeners()).toBe(2), DEADLINE)
}, 90_000)
afterAll(async () => {
  for (const replica of replicas) await replica.leave()
  probe?.close()
  await wakeUps?.close()
  await killServerProcesses()
  await redis?.kill()
  await sql?.end()
  await database?.close()
  await postgres?.drop()
})

describe(`${STALLED} clients that stop reading while ${EVENTS} events are published`, () => {
  it('cost the node their queues at most, slow nobody else down, and miss nothing when they read again', async () => {
    const healthy = await connect(HEALTHY)
    const alone = await publish(healthy, 0)
    const stalled = await connect(STALLED)
    for (const replica of stalled) replica.stall()
    const together = await publish(healthy, EVENTS)
    for (const replica of stalled) replica.resume()
    const times = Array.from({ length: 2 * EVENTS }, (_one, index) => timeOf(index))
    for (const replica of healthy) expect(timesOf(replica)).toEqual(times)
    for (const replica of stalled) {
      await vi.waitUntil(() => replica.applied.length >= EVENTS, DEADLINE)
      expect(timesOf(replica)).toEqual(times.slice(EVENTS))
      expect(replica.connections).toBeGreaterThan(1)
    }
    expect(replicas.flatMap(({ troubles }) => troubles)).toEqual([])
    for (const replica of healthy) expect(replica.connections).toBe(1)
    // Once more, in case that the machine was busier, or less busy, before.
    await Promise.all(stalled.map((replica) => replica.leave()))
    const aloneAgain = await publish(healthy, 2 * EVENTS)
    console.log(JSON.stringify({ alone, together, aloneAgain }))
    expect(together.used - alone.used).toBeLessThan(STALLED * MOST_BYTES_EACH)
    expect(together.p99).toBeLessThan(2 * Math.max(alone.p99, aloneAgain.p99))
  }, 120_000)
})

/** @returns clients that are told of everything from now on */
async function connect(count: number): Promise<Replica[]> {
  const connected = Array.from(
    { length: count },
    () =>
      new Replica({
        ...{ field: 'workspaceEvents', token },
        node: () => node.url,
        random: (below) => Math.floor(Math.random() * below),
        onChange: () => void latencies.push(performance.now() - publishedAt),
      }),
  )
  replicas.push(...connected)
  await vi.waitUntil(() => connected.every(({ isCaughtUp }) => isCaughtUp), DEADLINE)
  return connected
}

/** Of the deliveries, in milliseconds. Nobody who is stalled is in it: they are told after the measurement. */
let latencies: number[] = []
let publishedAt = 0

interface Measured extends Memory {
  /** Of deliveries to the healthy, in milliseconds. */
  p50: number
  p99: number
}

/** Publishes events, some at a time; the next ones when all the healthy have them.
 * @returns the most memory that was in use meanwhile */
async function publish(healthy: Replica[], first: number): Promise<Measured> {
  const most: Memory = { used: 0, rss: 0 }
  latencies = []
  for (let from = first; from < first + EVENTS; from += AT_ONCE) {
    await append(from)
    await vi.waitUntil(() => healthy.every(({ applied }) => applied.length >= from + AT_ONCE), DEADLINE)
    if ((from / AT_ONCE) % 5 > 0) continue
    const { used, rss } = await probe.measure()
    Object.assign(most, { used: Math.max(used, most.used), rss: Math.max(rss, most.rss) })
  }
  const sorted = latencies.sort((one, other) => one - other)
  const percentile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
  return { ...most, p50: percentile(0.5), p99: percentile(0.99) }
}

const BEGIN = Date.now()
/** A time of its own for each event, by which it is known. */
const timeOf = (index: number) => new Date(BEGIN + index).toISOString()
const timesOf = ({ applied }: Replica) => applied.map((change) => change.split(' ').at(-1))

async function append(from: number): Promise<void> {
  const { workspaceId, ...payload } = event
  await runTransaction({ database: database.client, wakeUps }, async (tx) => {
    for (let index = from; index < from + AT_ONCE; index++) {
      const events = [{ type: 'MeetingChanged' as const, payload }]
      await appendEvents(tx, { workspaceId, at: new Date(timeOf(index)), events })
    }
    publishedAt = performance.now()
  })
}

/** @returns what an event about it tells */
async function bookLongMeeting(): Promise<typeof event> {
  const [agentId] = await openAroundTheClock(node)
  const [visitor = ''] = await startVisits(node, 1)
  const startsAt = new Date((Math.floor(Date.now() / DAY) + 2) * DAY).toISOString()
  const input = { target: { agentId }, startsAt, timeZone: 'UTC' }
  const { id } = await mutateMeeting(node, { mutation: 'bookMeeting', token: visitor, input })
  await sql.query('UPDATE "Meeting" SET "body" = repeat($1, $2)', ['x', BODY_LENGTH])
  const { rows } = await sql.query<typeof event>(
    'SELECT "workspaceId", "meetingId", "id" AS "changeId" FROM "MeetingChange"',
  )
  expect(rows.map(({ meetingId }) => encodeGlobalID('Meeting', meetingId))).toEqual([id])
  return rows[0] as typeof event
}
