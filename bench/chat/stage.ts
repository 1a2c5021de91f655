// Runs the server in one process, the clients in another, and in this one a second node, which makes the changes.

import pg from 'pg'
import { createApp } from '../../src/app.ts'
import { DEFAULT_RETENTION } from '../../src/config/retention.ts'
import { openPostgres } from '../../src/database/open.ts'
import type { Services } from '../../src/services/context.ts'
import { createLocalWakeUps } from '../../src/services/events/local-wake-ups.ts'
import { noClient, type RequestContext } from '../../src/services/identity/request-context.ts'
import type { Viewer } from '../../src/services/identity/viewer.ts'
import { GENEROUS_BUDGETS, GENEROUS_HOLDS } from '../../test/kit/generous-budgets.ts'
import { Child } from '../fanout/child.ts'
import { type LoadSocket, monotonicMs, type TextArrival } from '../fanout/load.ts'
import { type Cpu, readCpu } from './cpu.ts'
import { type ChatScene, NOW } from './server.ts'

const CONCURRENCY = 32

export interface ChatStage {
  scene: ChatScene
  /** @returns the milliseconds until all sockets were open and had received their greetings */
  connect(sockets: LoadSocket[]): Promise<number>
  /** The texts that have arrived since the last call, with their instants (`monotonicMs`). */
  takeTexts(): Promise<TextArrival[]>
  /** Runs a use case on the second node.
   * @returns its outcome, and the instant of the commit, at which the server was woken */
  act<Outcome>(
    viewer: Viewer,
    work: (context: RequestContext) => Promise<Outcome>,
  ): Promise<{ outcome: Outcome; committedAt: number }>
  /** The CPU time that the processes have used since their start. */
  cpu(): Promise<Cpu>
  stop(): Promise<void>
}

export async function startChatStage(size: { agents: number; visitors: number }): Promise<ChatStage> {
  const server = new Child(new URL('server.ts', import.meta.url))
  const load = new Child(new URL('../fanout/load.ts', import.meta.url))
  const scene = await server.ask<ChatScene>('scene', size)
  const node = await startNode(scene.databaseUrl)
  const sql = new pg.Client({ connectionString: scene.databaseUrl })
  await sql.connect()
  return {
    scene,
    connect: async (sockets) =>
      load.ask<number>('connect', { url: await server.ask('url'), concurrency: CONCURRENCY, sockets }),
    takeTexts: () => load.ask<TextArrival[]>('takeTexts'),
    act: async (viewer, work) => {
      let committedAt = Number.NaN
      const publish = (streamIds: string[]) => {
        committedAt = monotonicMs()
        void server.ask('wake', streamIds)
      }
      const wakeUps = { ...node.services.wakeUps, publish }
      const outcome = await work({ ...node.services, wakeUps, viewer, origin: null, client: noClient() })
      return { outcome, committedAt }
    },
    cpu: async () => readCpu(sql, { server: await server.ask('usage'), clients: await load.ask('usage') }),
    stop: async () => {
      await sql.end()
      await node.stop()
      await Promise.all([server.stop(), load.stop()])
    },
  }
}

async function startNode(databaseUrl: string): Promise<{ services: Services; stop(): Promise<void> }> {
  return createApp({
    database: openPostgres(databaseUrl),
    clock: { now: () => new Date(NOW), at: () => () => {} },
    mailer: { send: async () => undefined },
    wakeUps: createLocalWakeUps(),
    secretsKey: Buffer.alloc(32, 7),
    signIn: { mode: 'DEMO' },
    settings: {
      publicUrl: 'http://switchboard.test',
      mailFrom: 'meetings@switchboard.test',
      pausesMails: true,
      budgets: GENEROUS_BUDGETS,
      holds: GENEROUS_HOLDS,
      maxUnconfirmedMeetings: 1_000_000,
      retention: DEFAULT_RETENTION,
    },
    onError: console.error,
  })
}

/** @returns the 50th and the 99th percentile */
export function percentiles(milliseconds: number[]): { p50: number; p99: number } {
  const sorted = [...milliseconds].sort((one, other) => one - other)
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}
