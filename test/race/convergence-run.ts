// The run that convergence.test.ts checks: three nodes on one Postgres and one Redis, many clients that keep a copy of the
// meetings, constant changes of meetings, and failures at random moments.
import { setTimeout as delay } from 'node:timers/promises'
import { decodeGlobalID, encodeGlobalID } from '@pothos/plugin-relay'
import pg from 'pg'
import { vi } from 'vitest'
import { DAY, MINUTE } from '../kit/clock.ts'
import { createPostgresDatabase } from '../kit/database.ts'
import { nested } from '../kit/meeting-input.ts'
import { lotsOf, randomFrom } from '../kit/random.ts'
import { type RedisProcess, startRedis } from '../kit/redis-process.ts'
import { Replica } from '../kit/replica.ts'
import {
  type Demo,
  openAroundTheClock,
  type ServerProcess,
  startServerProcess,
  startVisits,
  tokenOf,
} from '../kit/server-process.ts'

export const NODES = 3
export const CLIENTS = 200
const WRITERS = 8
const LONGEST_WRITER_PAUSE_MS = 100
const LEAST_CHANGES_PER_SECOND = 2
const LONGEST_PAUSE_MS = 1500
const LONGEST_OUTAGE_MS = 4000
const READY_DEADLINE = { timeout: 60_000, interval: 20 }
/** The nodes run by the real clock. */
const FIRST_TIME = (Math.floor(Date.now() / DAY) + 2) * DAY
const FIRST_NEW_TIME = FIRST_TIME + 14 * DAY

export interface ConvergenceRun {
  sql: pg.Client
  redis: RedisProcess
  /** null: killed, and not restarted yet. */
  nodes: (ServerProcess | null)[]
  /** By the stream to which they subscribe. */
  replicas: Map<string, Replica[]>
  /** The number of failures and changes by kind. */
  counts: Record<'kills' | 'outages' | 'cuts' | 'stalls' | 'changes' | 'lostAnswers', number>
  remove(): Promise<void>
}

interface Setting extends ConvergenceRun {
  environment: Record<string, string>
  random(below: number): number
  admin: string
  visitors: string[]
  isRedisStopped: boolean
}

/** Starts everything, and waits until every client is caught up. */
export async function prepareConvergence(seed: number): Promise<Setting> {
  const { url, drop } = await createPostgresDatabase()
  const sql = new pg.Client({ connectionString: url })
  await sql.connect()
  const redis = await startRedis()
  const limits = { MAX_SOCKETS_PER_CALLER: `${CLIENTS}` }
  const environment = { DATABASE_URL: url, REDIS_URL: redis.url, ...limits }
  const first = await startServerProcess(environment)
  const others = Array.from({ length: NODES - 1 }, () => startServerProcess(environment))
  const nodes = [first, ...(await Promise.all(others))]
  await openAroundTheClock(first)
  const demo = await first.readDemo()
  const run: Setting = {
    sql,
    redis,
    nodes,
    environment,
    random: randomFrom(seed),
    replicas: new Map(),
    isRedisStopped: false,
    admin: tokenOf(demo, 'ADMINISTRATOR'),
    visitors: await startVisits(first, WRITERS),
    counts: { kills: 0, outages: 0, cuts: 0, stalls: 0, changes: 0, lostAnswers: 0 },
    remove: async () => {
      await Promise.all(allReplicas(run).map((replica) => replica.leave()))
      await redis.kill()
      await sql.end()
      await drop()
    },
  }
  run.replicas = connectReplicas(run, demo)
  await vi.waitUntil(() => allReplicas(run).every(({ isCaughtUp }) => isCaughtUp), READY_DEADLINE)
  return run
}

export const allReplicas = ({ replicas }: ConvergenceRun): Replica[] => [...replicas.values()].flat()

/** One half of the clients subscribes to the workspace, the other half to the agents' streams. */
function connectReplicas(run: Setting, { workspace, identities }: Demo): Map<string, Replica[]> {
  const agents = identities.filter(({ role }) => role === 'AGENT')
  const node = () => liveNode(run).url
  const connect = (count: number, options: { field: 'agentEvents' | 'workspaceEvents'; token: string }) =>
    Array.from({ length: count }, () => new Replica({ ...options, node, random: run.random }))
  return new Map([
    [
      `workspace:${uuidOf(workspace.id)}`,
      connect(CLIENTS / 2, { field: 'workspaceEvents', token: run.admin }),
    ],
    ...agents.map(({ agentId, token }): [string, Replica[]] => [
      `agent:${uuidOf(agentId)}`,
      connect(CLIENTS / 2 / agents.length, { field: 'agentEvents', token }),
    ]),
  ])
}

/** Changes meetings and causes failures for a while, then waits until everything runs again. */
export async function runThroughFailures(run: Setting, durationMs: number): Promise<void> {
  const end = Date.now() + durationMs
  // On a busy machine it takes longer until the changes and failures are many.
  const isOver = () =>
    Date.now() >= end && run.counts.changes >= (durationMs / 1000) * LEAST_CHANGES_PER_SECOND
  const writers = run.visitors.map((token, number) => changeMeetings(run, { token, number, isOver }))
  await Promise.all([...writers, causeFailures(run, isOver)])
}

/** These pauses wait for nothing: they are the random moments themselves. */
const pause = ({ random }: Setting, longestMs: number) => delay(random(longestMs))

async function causeFailures(run: Setting, isOver: () => boolean): Promise<void> {
  const failures = [killNode, stopRedis, cutSockets, cutSockets, stallReaders]
  const draw = lotsOf(failures, run.random)
  const running = new Set<Promise<void>>()
  for (let caused = 0; caused < failures.length || !isOver(); caused++) {
    const failure = draw()(run)
    running.add(failure)
    void failure.finally(() => running.delete(failure))
    await pause(run, LONGEST_PAUSE_MS)
  }
  await Promise.all(running)
}

/** Kills a node and starts it again, unless it is the only one that runs. */
async function killNode(run: Setting): Promise<void> {
  const { nodes } = run
  const live = nodes.filter((node) => node !== null)
  const node = live[run.random(live.length)]
  if (node === undefined || live.length === 1) return
  run.counts.kills += 1
  const index = nodes.indexOf(node)
  nodes[index] = null
  await node.kill()
  nodes[index] = await startServerProcess(run.environment)
}

async function stopRedis(run: Setting): Promise<void> {
  if (run.isRedisStopped) return
  run.isRedisStopped = true
  run.counts.outages += 1
  await run.redis.kill()
  await pause(run, LONGEST_OUTAGE_MS)
  await run.redis.start()
  run.isRedisStopped = false
}

async function cutSockets(run: Setting): Promise<void> {
  const replicas = someReplicas(run, CLIENTS / 4)
  run.counts.cuts += replicas.length
  for (const replica of replicas) replica.cut()
}

async function stallReaders(run: Setting): Promise<void> {
  const replicas = someReplicas(run, CLIENTS / 8)
  run.counts.stalls += replicas.length
  for (const replica of replicas) replica.stall()
  await pause(run, LONGEST_OUTAGE_MS)
  for (const replica of replicas) replica.resume()
}

function someReplicas(run: Setting, most: number): Replica[] {
  const count = 1 + run.random(most)
  const all = allReplicas(run)
  return Array.from({ length: count }, () => all[run.random(all.length)] as Replica)
}

/** Books, moves, cancels and reassigns meetings, one after the other, even when answers are lost. */
async function changeMeetings(
  run: Setting,
  { token, number, isOver }: { token: string; number: number; isOver(): boolean },
): Promise<void> {
  const meetingIds: string[] = []
  for (let turn = number; !isOver(); turn += WRITERS) {
    const place = run.random(2 * meetingIds.length + 1)
    const meetingId = meetingIds[place]
    const kind = meetingId === undefined ? 0 : 1 + run.random(3)
    const startsAt = new Date((kind === 0 ? FIRST_TIME : FIRST_NEW_TIME) + turn * 5 * MINUTE).toISOString()
    const [mutation, input] = [
      ['bookMeeting', { target: { roundRobin: true }, startsAt, timeZone: 'UTC' }] as const,
      ['rescheduleMeeting', { meetingId, startsAt }] as const,
      ['reassignMeeting', { meetingId }] as const,
      ['cancelMeeting', { meetingId }] as const,
    ][kind] as [string, object]
    const id = await change(run, { mutation, input, token: kind === 0 ? token : run.admin })
    if (id !== null && mutation === 'bookMeeting') meetingIds.push(id)
    if (id !== null && mutation === 'cancelMeeting') meetingIds.splice(place, 1)
    await pause(run, LONGEST_WRITER_PAUSE_MS)
  }
}

/** @returns the meeting's id, or null when it was not changed or the answer was lost */
async function change(
  run: Setting,
  { mutation, input, token }: { mutation: string; input: object; token: string },
): Promise<string | null> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { ... on Meeting { id } } }`
  try {
    const answer = await liveNode(run).execute<{ result: { id?: string } }>(query, {
      variables: { input: nested(mutation, input) },
      token,
    })
    const id = answer.data?.result.id ?? null
    if (id !== null) run.counts.changes += 1
    return id
  } catch {
    run.counts.lostAnswers += 1
    return null
  }
}

function liveNode({ nodes, random }: Setting): ServerProcess {
  const live = nodes.filter((node) => node !== null)
  return live[random(live.length)] as ServerProcess
}

const uuidOf = (globalId: string) =>
  /^[0-9a-f-]{36}$/.test(globalId) ? globalId : decodeGlobalID(globalId).id
export const meetingId = (uuid: string) => encodeGlobalID('Meeting', uuid)
