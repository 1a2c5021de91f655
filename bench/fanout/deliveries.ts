// Measures what it costs a server to deliver one event to many subscribers, against plain WebSockets that send the same
// text. Both are measured in turn, so that other work on the machine disturbs both alike.
import { setTimeout as pause } from 'node:timers/promises'
import {
  type Contestant,
  connect,
  disconnect,
  expectArrivals,
  PEERS,
  type Stoppable,
  startPeer,
  startSwitchboard,
  usageOf,
  warmUp,
} from './contestants.ts'
import type { LoadSocket } from './load.ts'
import { workspaceEvents } from './operations.ts'

/** Events per measurement. Many short measurements are better than a few long ones: a momentary disturbance then spoils
 * only a few of them, and the median ignores those. */
const EVENTS = 5
const DELIVERIES = 150_000
const MIN_ROUNDS = 12
const MAX_ROUNDS = 120
/** The pause before each event, for all contestants alike. It costs more to write to a client process that sleeps than
 * to one still awake from the previous event, and appending events to a database leaves the clients more time to sleep.
 * */
const REST_MS = 10
/** Fewer for distinct views, because the operation is executed for each subscriber. */
const DELIVERIES_OF_DISTINCT = 15_000
const MIN_ROUNDS_OF_DISTINCT = 3

/** CPU time of a server's process in microseconds. */
export interface Costs {
  /** Of an event with one subscriber: it is read and executed once. */
  event: number
  /** Of each further subscriber. */
  delivery: number
  /** Of the event and all its deliveries, divided by the deliveries. */
  total: number
}

export interface DeliveryRow {
  contestant: string
  subscribers: number
  /** The size of a frame. */
  bytes: number
  costs: Costs
  /** The costs of plain WebSockets. */
  rawCosts: Costs
  /** `costs` divided by `rawCosts`. */
  ratios: Costs
  /** Milliseconds from the event to its arrival, ascending. */
  latencies: number[]
  rawLatencies: number[]
  /** Whether the operations are identical, so that the bar applies. */
  isIdentical: boolean
}

/** The same server with all subscribers, and with a single one. */
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
  await Promise.all([stage.stop(), raw.many.stop(), raw.lone.stop()])
  return rows
}

const repeat = <Value>(count: number, value: Value) => Array.from({ length: count }, () => value)

async function startStage(agents: number) {
  const shared = await startSwitchboard({ access: 'SHARED', agents, visitors: 0 })
  const distinct = await startSwitchboard({ access: 'DISTINCT', agents, visitors: 0 })
  const peers = PEERS.map((name) => ({ name, pair: { many: startPeer(name), lone: startPeer(name) } }))
  const all: Stoppable[] = [shared, distinct, ...peers.flatMap(({ pair }) => Object.values(pair))]
  return { shared, distinct, peers, stop: () => Promise.all(all.map((stoppable) => stoppable.stop())) }
}

type Product = Awaited<ReturnType<typeof startSwitchboard>>

function subjectsOf(
  { shared, distinct, peers }: Awaited<ReturnType<typeof startStage>>,
  count: number,
): Subject[] {
  const { agentTokens } = shared.scene.many
  const administrators = agentTokens.slice(0, count)
  const one = repeat(count, agentTokens[0] ?? '')
  const peerSocket: LoadSocket = { token: null, operations: [{ query: workspaceEvents() }], greetings: 0 }
  return [
    productSubject('one identity', shared, { tokens: one }),
    productSubject('one identity, no cursor', shared, { tokens: one, withCursor: false }),
    productSubject('administrators', shared, { tokens: administrators }),
    productSubject('administrators, no cursor', shared, { tokens: administrators, withCursor: false }),
    productSubject('distinct views', distinct, { tokens: distinct.scene.many.agentTokens.slice(0, count) }),
    ...peers.map((peer) => ({
      ...peer,
      isIdentical: false,
      isDistinct: false,
      sockets: repeat(count, peerSocket),
      loneSocket: peerSocket,
    })),
  ]
}

function productSubject(
  name: string,
  { many, lone, scene }: Product,
  { tokens, withCursor = true }: { tokens: string[]; withCursor?: boolean },
): Subject {
  const socket = (token: string): LoadSocket => ({
    token,
    operations: [{ query: workspaceEvents({ withCursor }) }],
    greetings: 1,
  })
  const isDistinct = name === 'distinct views'
  return {
    name,
    isDistinct,
    isIdentical: !isDistinct,
    pair: { many, lone },
    sockets: tokens.map(socket),
    loneSocket: socket(scene.lone.agentTokens[0] ?? ''),
  }
}

async function measureRow(
  { name, pair, sockets, loneSocket, isIdentical, isDistinct }: Subject,
  { raw, frame }: { raw: Pair; frame: { text: string } },
): Promise<DeliveryRow> {
  const subscribers = sockets.length
  await connect(pair.many, sockets)
  await connect(pair.lone, [loneSocket])
  await warmUp(pair.many, subscribers)
  await warmUp(pair.lone, 1)
  frame.text = await sampleOf(pair.many, subscribers)
  await measureRound({ pair, raw }, subscribers)
  const rounds: { own: Measured; plain: Measured }[] = []
  for (let left = roundsOf({ subscribers, isDistinct }); left > 0; left--) {
    rounds.push(await measureRound({ pair, raw }, subscribers))
  }
  const costs = medianCosts(rounds.map(({ own }) => own.costs))
  const rawCosts = medianCosts(rounds.map(({ plain }) => plain.costs))
  await disconnect(pair.many)
  await disconnect(pair.lone)
  return {
    contestant: name,
    subscribers,
    isIdentical,
    bytes: Buffer.byteLength(frame.text),
    costs,
    rawCosts,
    ratios: ratiosOf(costs, rawCosts),
    latencies: ascending(rounds.flatMap(({ own }) => own.latencies)),
    rawLatencies: ascending(rounds.flatMap(({ plain }) => plain.latencies)),
  }
}

function roundsOf({ subscribers, isDistinct }: { subscribers: number; isDistinct: boolean }): number {
  const [deliveries, min] = isDistinct
    ? [DELIVERIES_OF_DISTINCT, MIN_ROUNDS_OF_DISTINCT]
    : [DELIVERIES, MIN_ROUNDS]
  return Math.min(Math.max(Math.round(deliveries / (EVENTS * subscribers)), min), MAX_ROUNDS)
}

async function sampleOf(contestant: Contestant, subscribers: number): Promise<string> {
  const arrived = expectArrivals(contestant, subscribers)
  await contestant.publish()
  return (await arrived).sample
}

interface Measured {
  costs: Costs
  latencies: number[]
}

/** Publishes some events to each contestant in turn. */
async function measureRound(
  { pair, raw }: { pair: Pair; raw: Pair },
  subscribers: number,
): Promise<{ own: Measured; plain: Measured }> {
  const own = await measurePair(pair, subscribers)
  return { own, plain: await measurePair(raw, subscribers) }
}

async function measurePair({ many, lone }: Pair, subscribers: number): Promise<Measured> {
  const { cost: event } = await measure(lone, 1)
  const { cost, latencies } = await measure(many, subscribers)
  const costs = { event, delivery: (cost - event) / (subscribers - 1), total: cost / subscribers }
  return { costs, latencies }
}

/** @returns the cost of each event */
async function measure(
  contestant: Contestant,
  subscribers: number,
): Promise<{ cost: number; latencies: number[] }> {
  const latencies: number[] = []
  const before = await usageOf(contestant)
  for (let event = 0; event < EVENTS; event++) latencies.push(...(await publishOnce(contestant, subscribers)))
  return { cost: ((await usageOf(contestant)) - before) / EVENTS, latencies }
}

/** @returns milliseconds from the event to each arrival */
async function publishOnce(contestant: Contestant, subscribers: number): Promise<number[]> {
  const arrived = expectArrivals(contestant, subscribers)
  await pause(REST_MS)
  const at = await contestant.publish()
  return (await arrived).instants.map((instant) => instant - at)
}

const ratiosOf = (own: Costs, plain: Costs): Costs => ({
  event: own.event / plain.event,
  delivery: own.delivery / plain.delivery,
  total: own.total / plain.total,
})

/** The median of each figure. */
const medianCosts = (costs: Costs[]): Costs => ({
  event: median(costs.map(({ event }) => event)),
  delivery: median(costs.map(({ delivery }) => delivery)),
  total: median(costs.map(({ total }) => total)),
})

const ascending = (numbers: number[]) => numbers.sort((one, other) => one - other)

function median(numbers: number[]): number {
  return ascending([...numbers])[Math.floor(numbers.length / 2)] ?? Number.NaN
}
