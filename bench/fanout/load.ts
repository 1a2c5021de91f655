// The clients, in a separate process: they open sockets, subscribe, and count the messages that arrive.
import { WebSocket } from 'ws'
import { answerParent } from './child.ts'

export interface LoadRequest {
  url: string
  /** How many sockets are opened concurrently. */
  concurrency: number
  sockets: LoadSocket[]
}

/** A message, with the instant of `monotonicMs` at which it arrived. */
export interface TextArrival {
  instant: number
  text: string
}

export interface LoadSocket {
  /** A bearer token; null for none. */
  token: string | null
  /** The subscriptions. None: a plain WebSocket without a sub-protocol. */
  operations: { query: string; variables?: Record<string, unknown> }[]
  /** How many messages the server sends at the start of each subscription. */
  greetings: number
  /** Whether to keep the messages for `takeTexts`. */
  keepTexts?: boolean
}

export interface Arrivals {
  /** Instants of `monotonicMs`, ascending. */
  instants: number[]
  /** The last message. */
  sample: string
}

/** Milliseconds on the machine's monotonic clock, which all processes share. */
export const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6

const sockets: WebSocket[] = []
let instants: number[] = []
let sample: Buffer = Buffer.alloc(0)
let texts: TextArrival[] = []
let expected = { count: 0, resolve: () => {} }

/** Opens all sockets.
 * @returns the milliseconds it took */
async function connect({ url, concurrency, sockets: wanted }: LoadRequest): Promise<number> {
  const start = performance.now()
  let next = 0
  const worker = async () => {
    for (let socket = wanted[next++]; socket; socket = wanted[next++]) await open(url, socket)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return performance.now() - start
}

function open(url: string, { token, operations, greetings, keepTexts }: LoadSocket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const protocols = operations.length > 0 ? ['graphql-transport-ws'] : []
  const socket = new WebSocket(url, protocols, { perMessageDeflate: false, skipUTF8Validation: true })
  sockets.push(socket)
  const send = (message: object) => socket.send(JSON.stringify(message))
  let missing = 1 + greetings * operations.length
  const ready = () => {
    socket.removeAllListeners('message')
    socket.on('message', keepTexts ? keep : count)
    resolve()
  }
  socket.on('error', reject)
  socket.on('close', (code, reason) => reject(new Error(`Closed with ${code} ${reason}`)))
  socket.once('open', () => {
    if (operations.length === 0) return ready()
    send({ type: 'connection_init', payload: token === null ? {} : { authorization: `Bearer ${token}` } })
  })
  socket.on('message', (data) => {
    const { type, payload } = JSON.parse(String(data))
    if (type !== 'connection_ack' && type !== 'next') return reject(new Error(String(data)))
    if (payload?.errors) return reject(new Error(String(data)))
    if (type === 'connection_ack') {
      for (const [index, operation] of operations.entries()) {
        send({ id: `operation-${index}`, type: 'subscribe', payload: operation })
      }
    }
    if (--missing === 0) ready()
  })
  return promise
}

function keep(data: unknown): void {
  texts.push({ instant: monotonicMs(), text: String(data) })
}

function takeTexts(): TextArrival[] {
  const taken = texts
  texts = []
  return taken
}

function count(data: unknown): void {
  instants.push(monotonicMs())
  sample = data as Buffer
  if (instants.length === expected.count) expected.resolve()
}

/** Waits until so many messages have arrived, returns them, and clears the list. */
async function expect(messages: number): Promise<Arrivals> {
  const { promise, resolve } = Promise.withResolvers<void>()
  expected = { count: messages, resolve }
  if (instants.length >= messages) resolve()
  await promise
  const arrivals = { instants, sample: String(sample) }
  instants = []
  return arrivals
}

function forget(): void {
  instants = []
}

async function disconnect(): Promise<void> {
  const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)))
  for (const socket of sockets) socket.close()
  await Promise.all(closed)
  sockets.length = 0
  forget()
}

if (process.send) {
  await answerParent({ connect, takeTexts, expect, count: () => instants.length, forget, disconnect })
  process.exit()
}
