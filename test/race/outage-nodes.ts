// The installations that an outage hits: nodes as processes of their own, at ports that they keep, so that clients find
// them again.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { createPostgresDatabase } from '../kit/database.ts'
import { freePort } from '../kit/free-port.ts'
import { type Proxy as DatabaseProxy, startProxy } from '../kit/proxy.ts'
import { type RedisProcess, startRedis } from '../kit/redis-process.ts'
import { type ServerProcess, startServerProcess } from '../kit/server-process.ts'

const SHIFTED_CLOCK = join(import.meta.dirname, '../kit/shifted-clock.ts')

type OnFinished = TestContext['onTestFinished']

export interface Installation {
  nodes: ServerProcess[]
  /** Starts a node that has stopped again, at its address. */
  restart(number: number): Promise<void>
}

export interface TwoNodes extends Installation {
  nodes: [ServerProcess, ServerProcess]
  /** Between the nodes and their database. */
  proxy: DatabaseProxy
}

/** One node on PGlite, which keeps its data in a folder. */
export async function startSingleNode(onFinished: OnFinished): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-outages-'))
  onFinished(() => rm(folder, { recursive: true, force: true }))
  return startNodes([{ DATA_DIR: folder }], onFinished)
}

/** Two nodes that reach their common database by a proxy.
 * @param differences what differs in the environment of each */
export async function startTwoNodes(
  onFinished: OnFinished,
  differences: [Record<string, string>, Record<string, string>] = [{}, {}],
): Promise<TwoNodes> {
  const database = await createPostgresDatabase()
  onFinished(database.drop)
  const address = new URL(database.url)
  const proxy = await startProxy(`http://${address.host}`, onFinished)
  address.host = new URL(proxy.url).host
  const environments = differences.map((each) => ({ DATABASE_URL: address.href, ...each }))
  return { proxy, ...(await startNodes(environments, onFinished)) } as TwoNodes
}

/** Two nodes that wake each other over a Redis of their own. */
export async function startTwoNodesWithRedis(
  onFinished: OnFinished,
): Promise<TwoNodes & { redis: RedisProcess }> {
  const redis = await startRedis()
  onFinished(() => redis.kill())
  const environment = { REDIS_URL: redis.url }
  return { redis, ...(await startTwoNodes(onFinished, [environment, environment])) }
}

/** Two nodes; the clock of the second one is ahead. */
export function startTwoNodesWithClocks(onFinished: OnFinished, aheadMs: number): Promise<TwoNodes> {
  const ahead = { NODE_OPTIONS: `--import ${SHIFTED_CLOCK}`, CLOCK_AHEAD_MS: `${aheadMs}` }
  return startTwoNodes(onFinished, [{}, ahead])
}

async function startNodes(
  environments: Record<string, string>[],
  onFinished: OnFinished,
): Promise<Installation> {
  const settings = await Promise.all(
    environments.map(async (each) => ({ ...each, PORT: `${await freePort()}` })),
  )
  const started: ServerProcess[] = []
  // Registered before the clients, so that these leave first, also a node that was restarted.
  onFinished(() => Promise.all(started.map((node) => node.kill())).then(() => {}))
  const start = async (setting: Record<string, string>) => {
    const node = await startServerProcess(setting)
    started.push(node)
    return node
  }
  const nodes = await Promise.all(settings.map(start))
  const restart = async (number: number) => {
    nodes[number] = await start(settings[number] ?? {})
  }
  return { nodes, restart }
}
