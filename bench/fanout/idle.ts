// Measures what idle sockets cost a server, and how fast it opens them.
import {
  type Contestant,
  connect,
  disconnect,
  memoryOf,
  PEERS,
  type Stoppable,
  slotsOperation,
  startPeer,
  startSwitchboard,
  usageOf,
} from './contestants.ts'
import type { LoadSocket } from './load.ts'
import { AGENT_EVENTS, workspaceEvents } from './operations.ts'

const SOCKETS = 3000
/** Sockets that are opened, and in all rounds but the last closed again, before the memory is measured: otherwise the
 * memory for opening sockets would count as that of open ones. Only a few, because later sockets reuse the memory they
 * free. */
const FIRST = 200
const WARM_UPS = 8

export interface IdleRow {
  contestant: string
  /** What its sockets are subscribed to: as a console, as a visitor's date picker, or to nothing. */
  kind: 'console' | 'visitor' | 'socket'
  sockets: number
  /** Bytes for each socket: resident memory, and the heap with external memory. */
  rss: number
  heap: number
  connectionsPerSecond: number
  /** CPU milliseconds of the server for each socket. */
  cost: number
}

const consoleOperations = () => [{ query: AGENT_EVENTS }, { query: workspaceEvents({}) }, slotsOperation()]

/** Measures each contestant in a separate process. */
export async function measureIdle(onRow: (row: IdleRow) => void): Promise<IdleRow[]> {
  const rows: IdleRow[] = []
  const measure = async (contestant: Contestant & Stoppable, { name, kind, sockets }: Subject) => {
    const row = { contestant: name, kind, ...(await measureRow(contestant, sockets)) }
    await contestant.stop()
    rows.push(row)
    onRow(row)
  }
  const count = FIRST + SOCKETS
  const repeat = (socket: LoadSocket) => Array.from({ length: count }, () => socket)
  for (const kind of ['console', 'visitor'] as const) {
    const isConsole = kind === 'console'
    const operations = isConsole ? consoleOperations() : [slotsOperation()]
    const people = { agents: isConsole ? count : 1, visitors: isConsole ? 0 : count }
    const { many, scene, stop } = await startSwitchboard({ access: 'SHARED', ...people })
    const tokens = isConsole ? scene.many.agentTokens : scene.many.visitorTokens
    const sockets = tokens.map((token) => ({ token, operations, greetings: 1 }))
    await measure({ ...many, stop }, { name: 'switchboard', kind, sockets })
    for (const name of PEERS) {
      await measure(startPeer(name), {
        name,
        kind,
        sockets: repeat({ token: null, operations, greetings: 0 }),
      })
    }
  }
  await measure(startPeer('raw ws', { text: '.' }), {
    name: 'raw ws',
    kind: 'socket',
    sockets: repeat({ token: null, operations: [], greetings: 0 }),
  })
  return rows
}

interface Subject {
  name: string
  kind: IdleRow['kind']
  sockets: LoadSocket[]
}

async function measureRow(contestant: Contestant, sockets: LoadSocket[]) {
  for (let round = 0; round < WARM_UPS; round++) {
    await connect(contestant, sockets.slice(0, FIRST))
    if (round < WARM_UPS - 1) await disconnect(contestant)
  }
  const before = await memoryOf(contestant)
  const usageBefore = await usageOf(contestant)
  const time = await connect(contestant, sockets.slice(FIRST))
  const usage = (await usageOf(contestant)) - usageBefore
  const after = await memoryOf(contestant)
  const heapOf = ({ heapUsed, external }: typeof after) => heapUsed + external
  return {
    sockets: SOCKETS,
    rss: (after.rss - before.rss) / SOCKETS,
    heap: (heapOf(after) - heapOf(before)) / SOCKETS,
    connectionsPerSecond: SOCKETS / (time / 1000),
    cost: usage / SOCKETS / 1000,
  }
}
