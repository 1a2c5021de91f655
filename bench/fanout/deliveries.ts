// What it costs a server to tell many subscribers of one event, against plain WebSockets that send the same text.
// Both are measured in turn, so that what disturbs the machine disturbs both.
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

/** Measured at once. Few, and often: what disturbs the machine for a moment then spoils few of the measurements, of
 * which the middle one is taken. */
const EVENTS = 5
const DELIVERIES = 150_000
const FEWEST_ROUNDS = 12
const MOST_ROUNDS = 120
/** Before each event, for everybody. Clients that are asleep are dearer to write to than those that are still awake
 * from the event before, and whoever appends events to a database leaves them more time to fall asleep. */
const REST_MS = 10
/** Those who are told each their own are executed each on their own. */
const DELIVERIES_OF_DISTINCT = 15_000
const FEWEST_ROUNDS_OF_DISTINCT = 3

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
  /** Of the two. */
  ratios: Costs
  /** Milliseconds from the event to its arrival, ascending. */
  latencies: number[]
  rawLatencies: number[]
  /** Whether the bar holds for it. */
  isIdentical: boolean
}

/** The same server with all the subscribers, and with a single one. */
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
  const whole = await startSwitchboard({ sight: 'WHOLE', agents, visitors: 0 })
  const own = await startSwitchboard({ sight: 'OWN', agents, visitors: 0 })
  const peers = PEERS.map((name) => ({ name, pair: { many: startPeer(name), lone: startPeer(name) } }))
  const all: Stoppable[] = [whole, own, ...peers.flatMap(({ pair }) => Object.values(pair))]
  return { whole, own, peers, stop: () => Promise.all(all.map((stoppable) => stoppable.stop())) }
}

type Product = Awaited<ReturnType<typeof startSwitchboard>>

function subjectsOf({ whole, own, peers }: Awaited<ReturnType<typeof startStage>>, count: number): Subject[] {
  const { agentTokens } = whole.scene.many
  const everybody = agentTokens.slice(0, count)
  const one = repeat(count, agentTokens[0] ?? '')
  const theirs: LoadSocket = { token: null, operations: [{ query: workspaceEvents() }], greetings: 0 }
  return [
    ours('one identity', whole, { tokens: one }),
    ours('one identity, no cursor', whole, { tokens: one, withCursor: false }),
    ours('administrators', whole, { tokens: everybody }),
    ours('administrators, no cursor', whole, { tokens: everybody, withCursor: false }),
    ours('distinct', own, { tokens: own.scene.many.agentTokens.slice(0, count) }),
    ...peers.map((peer) => ({
      ...{ ...peer, isIdentical: false, isDistinct: false },
      ...{ sockets: repeat(count, theirs), loneSocket: theirs },
    })),
  ]
}

function ours(
  name: string,
  { many, lone, scene }: Product,
  { tokens, withCursor = true }: { tokens: string[]; withCursor?: boolean },
): Subject {
  const socket = (token: string): LoadSocket => ({
    token,
    operations: [{ query: workspaceEvents({ withCursor }) }],
    greetings: 1,
  })
  const isDistinct = name === 'distinct'
  return {
    ...{ name, isDistinct, isIdentical: !isDistinct },
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
  const costs = middle(rounds.map(({ own }) => own.costs))
  const rawCosts = middle(rounds.map(({ plain }) => plain.costs))
  await disconnect(pair.many)
  await disconnect(pair.lone)
  return {
    ...{ contestant: name, subscribers, isIdentical },
    bytes: Buffer.byteLength(frame.text),
    ...{ costs, rawCosts, ratios: ratiosOf(costs, rawCosts) },
    latencies: ascending(rounds.flatMap(({ own }) => own.latencies)),
    rawLatencies: ascending(rounds.flatMap(({ plain }) => plain.latencies)),
  }
}

function roundsOf({ subscribers, isDistinct }: { subscribers: number; isDistinct: boolean }): number {
  const [deliveries, fewest] = isDistinct
    ? [DELIVERIES_OF_DISTINCT, FEWEST_ROUNDS_OF_DISTINCT]
    : [DELIVERIES, FEWEST_ROUNDS]
  return Math.min(Math.max(Math.round(deliveries / (EVENTS * subscribers)), fewest), MOST_ROUNDS)
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

/** Tells each in turn of some events: what disturbs the machine disturbs all. */
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

/** @returns what each event costs */
async function measure(
  contestant: Contestant,
  subscribers: number,
): Promise<{ cost: number; latencies: number[] }> {
  const latencies: number[] = []
  const before = await usageOf(contestant)
  for (let event = 0; event < EVENTS; event++) latencies.push(...(await tell(contestant, subscribers)))
  return { cost: ((await usageOf(contestant)) - before) / EVENTS, latencies }
}

/** @returns milliseconds from the event to each arrival */
async function tell(contestant: Contestant, subscribers: number): Promise<number[]> {
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
