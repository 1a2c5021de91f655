// What it costs a server to tell many subscribers of one event, against plain WebSockets that send the same text.
// Both are measured in turn, so that what disturbs the machine disturbs both.
import { setTimeout as pause } from 'node:timers/promises'
import {
  type Contestant,
  connect,
  disconnect,
  expectArrivals,
  PEERS,
  startPeer,
  startSwitchboard,
  usageOf,
  warmUp,
} from './contestants.ts'
import type { LoadSocket } from './load.ts'
import { workspaceEvents } from './operations.ts'

/** What is measured at once: so many deliveries, of at least so many events. */
const DELIVERIES = 4000
const FEWEST_EVENTS = 5
const ROUNDS = 6
/** With few subscribers what an event costs, which is taken off, is most of what is measured. */
const ROUNDS_OF_FEW = 18
const FEW = 500
/** Before each event, for everybody. Clients that are asleep are dearer to write to than those that are still awake
 * from the event before, and whoever appends events to a database leaves them more time to fall asleep. */
const REST_MS = 10
/** Those who are told each their own are executed each on their own. */
const DELIVERIES_OF_DISTINCT = 1000
const ROUNDS_OF_DISTINCT = 3

/** CPU microseconds of a server's process. */
export interface Costs {
  /** Of an event that one subscriber is told of: it is read and executed. */
  event: number
  /** Of telling one subscriber more. */
  delivery: number
  /** Of the event and all its deliveries, for each of these. */
  total: number
}

export interface DeliveryRow {
  contestant: string
  subscribers: number
  /** Of a frame. */
  bytes: number
  costs: Costs
  /** Of plain WebSockets. */
  rawCosts: Costs
  /** Middle of the rounds' ratios of the two. */
  ratios: Costs
  /** Milliseconds from the event to its arrival, ascending. */
  latencies: number[]
  rawLatencies: number[]
  /** Whether the bar holds for it. */
  isIdentical: boolean
}

/** Twice the same server, each in its own process: one with all the subscribers, and one with a single one. */
interface Pair {
  many: Contestant
  lone: Contestant
}

interface Subject {
  name: string
  pair: Pair
  sockets: LoadSocket[]
  loneSocket: LoadSocket
  isIdentical: boolean
  isDistinct: boolean
}

/** Measures every contestant with each number of subscribers. */
export async function measureDeliveries(
  counts: number[],
  onRow: (row: DeliveryRow) => void,
): Promise<DeliveryRow[]> {
  const stage = await startStage(Math.max(...counts))
  const frame = { text: '' }
  const raw = { many: startPeer('raw ws', frame), lone: startPeer('raw ws', frame) }
  const plain: LoadSocket = { token: null, operations: [], greetings: 0 }
  await connect(raw.lone, [plain])
  const rows: DeliveryRow[] = []
  for (const count of counts) {
    await connect(raw.many, repeat(count, plain))
    for (const subject of subjectsOf(stage, count)) {
      const row = await measureRow(subject, { raw, frame })
      rows.push(row)
      onRow(row)
    }
    await disconnect(raw.many)
  }
  await Promise.all([...stage.contestants, raw.many, raw.lone].map((contestant) => contestant.stop()))
  return rows
}

const repeat = <Value>(count: number, value: Value) => Array.from({ length: count }, () => value)

async function startStage(agents: number) {
  const whole = await startSwitchboard({ sight: 'WHOLE', agents, visitors: 0 })
  const own = await startSwitchboard({ sight: 'OWN', agents, visitors: 0 })
  const lone = await startSwitchboard({ sight: 'WHOLE', agents: 1, visitors: 0 })
  const peers = PEERS.map((name) => ({ name, pair: { many: startPeer(name), lone: startPeer(name) } }))
  const contestants = [whole, own, lone].map(({ contestant }) => contestant)
  return {
    ...{ whole, own, lone, peers },
    contestants: [...contestants, ...peers.flatMap(({ pair }) => Object.values(pair))],
  }
}

function subjectsOf(
  { whole, own, lone, peers }: Awaited<ReturnType<typeof startStage>>,
  count: number,
): Subject[] {
  const socket = (token: string | null, { withCursor = true, greetings = 1 } = {}): LoadSocket => ({
    token,
    operations: [{ query: workspaceEvents({ withCursor }) }],
    greetings,
  })
  const [one = ''] = whole.scene.agentTokens
  const [loneToken = ''] = lone.scene.agentTokens
  const ours = (tokens: string[], { withCursor = true } = {}) => ({
    pair: { many: whole.contestant, lone: lone.contestant },
    sockets: tokens.slice(0, count).map((token) => socket(token, { withCursor })),
    loneSocket: socket(loneToken, { withCursor }),
    ...{ isIdentical: true, isDistinct: false },
  })
  const { agentTokens } = whole.scene
  const distinct = { isIdentical: false, isDistinct: true }
  const theirs = socket(null, { greetings: 0 })
  return [
    { name: 'one identity', ...ours(repeat(count, one)) },
    { name: 'one identity, no cursor', ...ours(repeat(count, one), { withCursor: false }) },
    { name: 'administrators', ...ours(agentTokens) },
    { name: 'administrators, no cursor', ...ours(agentTokens, { withCursor: false }) },
    {
      ...{ name: 'distinct', ...ours(own.scene.agentTokens), ...distinct },
      pair: { many: own.contestant, lone: lone.contestant },
    },
    ...peers.map((peer) => ({
      ...{ ...peer, isIdentical: false, isDistinct: false },
      ...{ sockets: repeat(count, theirs), loneSocket: theirs },
    })),
  ]
}

async function measureRow(
  { name, pair, sockets, loneSocket, isIdentical, isDistinct }: Subject,
  { raw, frame }: { raw: Pair; frame: { text: string } },
): Promise<DeliveryRow> {
  const subscribers = sockets.length
  const deliveries = isDistinct ? DELIVERIES_OF_DISTINCT : DELIVERIES
  const work = { subscribers, events: Math.max(FEWEST_EVENTS, Math.round(deliveries / subscribers)) }
  await connect(pair.many, sockets)
  await connect(pair.lone, [loneSocket])
  await warmUp(pair.many, subscribers)
  await warmUp(pair.lone, 1)
  frame.text = (await measurePair(pair, work)).sample
  await measurePair(raw, work)
  const rounds: { own: Measured; plain: Measured }[] = []
  const most = isDistinct ? ROUNDS_OF_DISTINCT : subscribers < FEW ? ROUNDS_OF_FEW : ROUNDS
  for (let round = 0; round < most; round++) {
    const plainFirst = round % 2 === 1 ? await measurePair(raw, work) : null
    const own = await measurePair(pair, work)
    rounds.push({ own, plain: plainFirst ?? (await measurePair(raw, work)) })
  }
  await disconnect(pair.many)
  await disconnect(pair.lone)
  return {
    ...{ contestant: name, subscribers, isIdentical },
    bytes: Buffer.byteLength(frame.text),
    costs: middle(rounds.map(({ own }) => own.costs)),
    rawCosts: middle(rounds.map(({ plain }) => plain.costs)),
    ratios: middle(rounds.map(({ own, plain }) => ratiosOf(own.costs, plain.costs))),
    latencies: ascending(rounds.flatMap(({ own }) => own.latencies)),
    rawLatencies: ascending(rounds.flatMap(({ plain }) => plain.latencies)),
  }
}

interface Measured {
  costs: Costs
  latencies: number[]
  sample: string
}

async function measurePair(
  { many, lone }: Pair,
  { subscribers, events }: { subscribers: number; events: number },
): Promise<Measured> {
  const { cost: event } = await measure(lone, { subscribers: 1, events })
  const { cost, latencies, sample } = await measure(many, { subscribers, events })
  const costs = { event, delivery: (cost - event) / (subscribers - 1), total: cost / subscribers }
  return { costs, latencies, sample }
}

/** Tells of some events, one after the other.
 * @returns what each event costs */
async function measure(
  contestant: Contestant,
  { subscribers, events }: { subscribers: number; events: number },
): Promise<{ cost: number; latencies: number[]; sample: string }> {
  const latencies: number[] = []
  let sample = ''
  const before = await usageOf(contestant)
  for (let event = 0; event < events; event++) {
    const arrived = expectArrivals(contestant, subscribers)
    await pause(REST_MS)
    const at = await contestant.publish()
    const arrivals = await arrived
    for (const instant of arrivals.instants) latencies.push(instant - at)
    sample = arrivals.sample
  }
  return { cost: ((await usageOf(contestant)) - before) / events, latencies, sample }
}

const ratiosOf = (own: Costs, plain: Costs): Costs => ({
  event: own.event / plain.event,
  delivery: own.delivery / plain.delivery,
  total: own.total / plain.total,
})

/** Of each figure the middle one. */
const middle = (costs: Costs[]): Costs => ({
  event: median(costs.map(({ event }) => event)),
  delivery: median(costs.map(({ delivery }) => delivery)),
  total: median(costs.map(({ total }) => total)),
})

const ascending = (numbers: number[]) => numbers.sort((one, other) => one - other)

function median(numbers: number[]): number {
  return ascending([...numbers])[Math.floor(numbers.length / 2)] ?? Number.NaN
}
