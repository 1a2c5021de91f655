// The servers that are compared, each with a separate process of clients.
import { setTimeout as pause } from 'node:timers/promises'
import { type OpenDatabase, openPostgres } from '../../src/database/open.ts'
import { appendEvents } from '../../src/services/events/append-events.ts'
import { createLocalWakeUps } from '../../src/services/events/local-wake-ups.ts'
import { newEvent } from '../../src/services/events/new-events.ts'
import { runTransaction } from '../../src/services/transaction.ts'
import { RANGE } from '../slots.ts'
import { Child, type Memory, type Usage } from './child.ts'
import { type Arrivals, type LoadRequest, type LoadSocket, monotonicMs } from './load.ts'
import { SLOTS_CHANGED } from './operations.ts'
import type { BenchWorkspace, Scene, SceneRequest } from './switchboard.ts'

const CONCURRENCY = 32
/** If no further event arrives within this time, none is under way. */
const SILENCE_MS = 300
const DAY = 24 * 60 * 60 * 1000

export interface Contestant {
  server: Child
  load: Child
  /** Publishes one event to every subscriber.
   * @returns the instant (`monotonicMs`) at which it happened */
  publish(): Promise<number>
}

export interface Stoppable {
  stop(): Promise<void>
}

const FILES = {
  switchboard: new URL('switchboard.ts', import.meta.url),
  'raw ws': new URL('raw-ws.ts', import.meta.url),
  yoga: new URL('yoga.ts', import.meta.url),
  mercurius: new URL('mercurius/server.js', import.meta.url),
}
const LOAD = new URL('load.ts', import.meta.url)

export const PEERS = ['yoga', 'mercurius'] as const

/** Starts a server that publishes when its parent asks for it.
 * @param frame the text that plain WebSockets send */
export function startPeer(
  name: 'raw ws' | (typeof PEERS)[number],
  frame = { text: '' },
): Contestant & Stoppable {
  const server = new Child(FILES[name])
  const load = new Child(LOAD)
  return {
    server,
    load,
    publish: async () => {
      const at = monotonicMs()
      await server.ask('publish', frame.text)
      return at
    },
    stop: async () => {
      await Promise.all([server.stop(), load.stop()])
    },
  }
}

/** Starts the product. This process appends the events, as another node would, and wakes the server. The contestant
 * with a single subscriber uses the same server, so that it measures the fixed cost of an event there. */
export async function startSwitchboard(
  request: SceneRequest,
): Promise<{ many: Contestant; lone: Contestant; scene: Scene } & Stoppable> {
  const server = new Child(FILES.switchboard)
  const scene = await server.ask<Scene>('scene', request)
  const database = openPostgres(scene.databaseUrl)
  const contestant = (workspace: BenchWorkspace): Contestant => ({
    server,
    load: new Child(LOAD),
    publish: () => publish({ server, database }, workspace),
  })
  const [many, lone] = [contestant(scene.many), contestant(scene.lone)]
  const stop = async () => {
    await database.close()
    await Promise.all([server.stop(), many.load.stop(), lone.load.stop()])
  }
  return { many, lone, scene, stop }
}

async function publish(
  { server, database }: { server: Child; database: OpenDatabase },
  { workspaceId, meetingId, changeId }: BenchWorkspace,
): Promise<number> {
  let at = 0
  let woken = Promise.resolve()
  const publishTo = (streamIds: string[]) => {
    at = monotonicMs()
    woken = server.ask('wake', streamIds)
  }
  const wakeUps = { ...createLocalWakeUps(), publish: publishTo }
  const event = newEvent.meetingChanged({ meetingId, changeId, agentIds: [] })
  await runTransaction({ database: database.client, wakeUps }, (tx) =>
    appendEvents(tx, { workspaceId, at: new Date(RANGE.start), events: [event] }),
  )
  await woken
  return at
}

/** Opens sockets, and subscribes.
 * @returns milliseconds until all sockets were open and had received their greetings */
export async function connect({ server, load }: Contestant, sockets: LoadSocket[]): Promise<number> {
  const request: LoadRequest = { url: await server.ask('url'), concurrency: CONCURRENCY, sockets }
  return load.ask<number>('connect', request)
}

/** Publishes events until one has arrived everywhere, because not every server says when a subscription has started. */
export async function warmUp({ load, publish }: Contestant, subscribers: number): Promise<void> {
  for (let arrived = -1; arrived < subscribers; ) {
    await load.ask('forget')
    await publish()
    for (let before = -2; before !== arrived; ) {
      before = arrived
      await pause(SILENCE_MS)
      arrived = await load.ask<number>('count')
    }
  }
  await load.ask('forget')
}

export const disconnect = ({ load }: Contestant) => load.ask('disconnect')
export const usageOf = async ({ server }: Contestant) => {
  const { user, system } = await server.ask<Usage>('usage')
  return user + system
}
export const memoryOf = ({ server }: Contestant) => server.ask<Memory>('memory')
export const expectArrivals = ({ load }: Contestant, messages: number) =>
  load.ask<Arrivals>('expect', messages)

/** The subscription of a date picker that shows two weeks. */
export const slotsOperation = () => ({
  query: SLOTS_CHANGED,
  variables: {
    from: new Date(RANGE.start).toISOString(),
    to: new Date(RANGE.start + 14 * DAY).toISOString(),
  },
})
