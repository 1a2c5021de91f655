// Messages are neither lost nor delivered without their text while the backends of Postgres are ended all the time, so
// that every kind of statement fails now and then. BACKENDS_MESSAGES sets the number of messages.
import { setTimeout as pause } from 'node:timers/promises'
import { decodeGlobalID } from '@pothos/plugin-relay'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { acceptChat, lastOffer, requestChat, say } from '../kit/chat.ts'
import { useNodes } from '../kit/process-scene.ts'
import { randomFrom } from '../kit/random.ts'
import { type RedisProcess, startRedis } from '../kit/redis-process.ts'
import { ReturningClient } from '../kit/returning-client.ts'
import { startVisits, tokenOf, waitUntilSignedIn } from '../kit/server-process.ts'

const MESSAGES = Number(process.env.BACKENDS_MESSAGES ?? 120)
const SEED = Number(process.env.BACKENDS_SEED ?? Date.now() % 2 ** 31)
const END_EVERY_MS = 500
/** Those that execute a statement first. */
const ENDED_AT_ONCE = 2
const CHATS_PER_AGENT = 4
const CONSOLES_PER_AGENT = 2
/** One sender may write 60 messages a minute. */
const LONGEST_PAUSE_MS = 1500
const DEADLINE = { timeout: 60_000, interval: 20 }
/** For the sending of all messages. */
const SENDING_MS = 60_000 + MESSAGES * 100

const { one, other, demo } = useNodes(['one', 'other'], { prepare })
const random = randomFrom(SEED)
const anyNode = () => (random(2) === 0 ? one : other)
let sql: pg.Client
let redis: RedisProcess
const readers: Reader[] = []
/** Each side of each chat, with the texts it has to send. */
const senders: { token: string; conversationId: string; texts: string[] }[] = []

interface Sent {
  __typename: string
  message: { text: string } | null
}

interface Subscribed {
  /** Where its events are. */
  streamId: string
  field: 'agentEvents' | 'conversationEvents'
  token: string
  conversationId?: string
}

/** Keeps the texts of the messages it gets, in order; null for a message without one. */
class Reader extends ReturningClient<Sent> {
  readonly streamId: string
  readonly texts: (string | null)[]

  constructor({ streamId, ...of }: Subscribed) {
    const texts: (string | null)[] = []
    super({
      ...of,
      selection: '... on MessageSent { message { text } }',
      node: () => anyNode().url,
      random,
      onEvent: ({ __typename, message }) => {
        if (__typename === 'MessageSent') texts.push(message?.text ?? null)
      },
    })
    this.streamId = streamId
    this.texts = texts
    readers.push(this)
  }
}

async function prepare(databaseUrl: string): Promise<Record<string, string>> {
  sql = new pg.Client({ connectionString: databaseUrl })
  await sql.connect()
  redis = await startRedis()
  return { REDIS_URL: redis.url }
}

beforeAll(async () => {
  await openForChats()
  const agents = demo.identities.filter(({ role }) => role === 'AGENT')
  for (const { agentId, token } of agents) {
    const streamId = `agent:${decodeGlobalID(agentId).id}`
    for (let count = 0; count < CONSOLES_PER_AGENT; count++)
      new Reader({ streamId, field: 'agentEvents', token })
  }
  await vi.waitUntil(() => readers.every(({ isCaughtUp }) => isCaughtUp), DEADLINE)
  for (const { token } of agents) await waitUntilSignedIn(one, token)
  const visitors = await startVisits(one, agents.length * CHATS_PER_AGENT)
  for (const [number, token] of visitors.entries()) {
    await beginChat(agents[number % agents.length] as (typeof agents)[number], token)
  }
  await vi.waitUntil(() => readers.every(({ isCaughtUp }) => isCaughtUp), DEADLINE)
  for (let number = 0; number < MESSAGES; number++) {
    senders[number % senders.length]?.texts.push(`Message ${number}`)
  }
}, 120_000)
afterAll(async () => {
  for (const reader of readers) await reader.leave()
  await redis?.kill()
  await sql?.end()
})

/** The demo's agents take chats at any hour. */
async function openForChats(): Promise<void> {
  const weekly = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: 0, end: 1440 }))
  await sql.query(
    `UPDATE "LiveChatAvailability" SET "timeZone" = 'UTC', "weekly" = $1, "toggledTo" = NULL, "announceAt" = NULL`,
    [JSON.stringify(weekly)],
  )
}

async function beginChat(agent: { agentId: string; token: string }, visitor: string): Promise<void> {
  const { id } = await requestChat(one, visitor, { target: { agentId: agent.agentId } })
  await acceptChat(one, agent.token, (await lastOffer(one, tokenOf(demo, 'ADMINISTRATOR'), id)).id)
  for (const token of [visitor, agent.token]) senders.push({ token, conversationId: id, texts: [] })
  const streamId = `conversation:${decodeGlobalID(id).id}`
  new Reader({ streamId, field: 'conversationEvents', token: visitor, conversationId: id })
}

it(`${MESSAGES} messages are each delivered once, whole and in order, with seed ${SEED}`, async () => {
  let isOver = false
  const failing = endBackends(() => isOver)
  await Promise.all(senders.map(sendAll)).finally(() => {
    isOver = true
  })
  const ended = await failing
  for (const { streamId, texts } of readers) {
    const sent = await readTexts(streamId)
    expect(sent.length).toBeGreaterThan(0)
    await vi.waitFor(() => expect(texts).toEqual(sent), DEADLINE)
  }
  const connections = readers.reduce((sum, reader) => sum + reader.connections, 0)
  const deliveries = readers.reduce((sum, { texts }) => sum + texts.length, 0)
  console.log(JSON.stringify({ seed: SEED, ended, connections, readers: readers.length, deliveries }))
  expect(readers.flatMap(({ problems }) => problems)).toEqual([])
  expect(ended).toBeGreaterThan(0)
}, 1_800_000)

/** Sends one message after the other, each until it is answered. */
async function sendAll({ token, conversationId, texts }: (typeof senders)[number]): Promise<void> {
  const deadline = { timeout: SENDING_MS, interval: LONGEST_PAUSE_MS / 2 }
  for (const text of texts) {
    const send = () => say(anyNode(), token, { conversationId, text, clientKey: text })
    await vi.waitFor(async () => expect(await send()).toMatchObject({ __typename: 'Message' }), deadline)
    await pause(random(LONGEST_PAUSE_MS))
  }
}

/** Ends some of the nodes' backends again and again.
 * @returns how many */
async function endBackends(isOver: () => boolean): Promise<number> {
  let ended = 0
  while (!isOver()) {
    const { rows } = await sql.query<{ count: number }>(
      `SELECT count(pg_terminate_backend(pid))::int AS "count" FROM (
         SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         ORDER BY state = 'active' DESC, random() LIMIT $1
       ) AS chosen`,
      [ENDED_AT_ONCE],
    )
    ended += rows[0]?.count ?? 0
    await pause(END_EVERY_MS)
  }
  return ended
}

async function readTexts(streamId: string): Promise<string[]> {
  const { rows } = await sql.query<{ text: string }>(
    `SELECT m."text" FROM "Event" e JOIN "Message" m ON m."id" = (e."payload"->>'messageId')::uuid
     WHERE e."streamId" = $1 AND e."type" = 'MessageSent' ORDER BY e."seq"`,
    [streamId],
  )
  return rows.map(({ text }) => text)
}
