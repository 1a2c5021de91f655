// Measures the time from the commit of a request for a live chat to the offer's frame on the agent's socket, and the
// cost of a request in a database with a long history. A second node makes the requests; the agents' consoles are
// connected to the first one, which runs in another process. Run it with `npm run bench:offers`; it exits with 1 if a
// bar is missed.
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { requestLiveChat } from '../src/services/chat/request/request-live-chat.ts'
import { describeCpu } from './chat/cpu.ts'
import { type ChatStage, percentiles, startChatStage } from './chat/stage.ts'
import { describeMachine } from './slots.ts'

const AGENTS = 2000
const RATES = [10, 25, 50, 200]
const SECONDS = 8
/** The bar applies at this rate, and is in milliseconds. */
const BAR = { rate: 200, p50: 20, p99: 100 }
const HISTORY = 1_000_000
const REQUESTS = 100
const ROUNDS = 5
/** How many times the cost without the history a request may cost with it: an allowance for noise. */
const MAX_GROWTH = 1.25

const CONSOLE = `subscription { agentEvents {
  __typename ... on Event { cursor } ... on ChatOffered { offer { id expiresAt conversation { id person { firstName } } } }
} }`

let nextVisitor = 0

function request(stage: ChatStage) {
  const { visitors, workspaceId } = stage.scene
  const { visitorId = '', personId = '' } = visitors[nextVisitor++] ?? {}
  const viewer = { kind: 'VISITOR' as const, workspaceId, visitorId, personId, verified: false }
  return stage.act(viewer, (context) =>
    requestLiveChat(context, { text: 'Do you ship engines to Mars?', idempotencyKey: null }),
  )
}

async function measureRate(stage: ChatStage, rate: number): Promise<void> {
  const count = rate * SECONDS
  await stage.takeTexts()
  const before = await stage.cpu()
  const begin = performance.now()
  const requests = []
  for (let number = 0; number < count; number++) {
    const early = (number * 1000) / rate - (performance.now() - begin)
    if (early > 0) await pause(early)
    requests.push(request(stage))
  }
  const answers = await Promise.allSettled(requests)
  // Requests that fail, because they waited too long for a connection, are not counted.
  const made = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  const achieved = made.length / ((performance.now() - begin) / 1000)
  const committedAt = new Map(made.map((one) => [toGlobalId(one.outcome.id), one.committedAt]))
  const latencies = await readLatencies(stage, committedAt)
  const { p50, p99 } = percentiles(latencies)
  const cpu = describeCpu({ before, after: await stage.cpu(), count: made.length })
  console.log([rate, achieved.toFixed(0), p50.toFixed(1), p99.toFixed(1), cpu].join('\t'))
  if (rate === BAR.rate && (achieved < 0.95 * rate || p50 > BAR.p50 || p99 > BAR.p99)) {
    console.log(`MISSED at ${rate} a second: p50 ${BAR.p50} ms, p99 ${BAR.p99} ms`)
    process.exitCode = 1
  }
}

const toGlobalId = (id: string) => Buffer.from(`Conversation:${id}`).toString('base64')

/** Waits until all offers have arrived, for 10 seconds at most. */
async function readLatencies(stage: ChatStage, committedAt: Map<string, number>): Promise<number[]> {
  const latencies: number[] = []
  for (let tries = 0; latencies.length < committedAt.size && tries < 100; tries++) {
    await pause(100)
    for (const { instant, text } of await stage.takeTexts()) {
      const { offer } = JSON.parse(text).payload.data.agentEvents
      const at = committedAt.get(offer?.conversation.id)
      if (at !== undefined) latencies.push(instant - at)
    }
  }
  return latencies
}

/** Makes requests one after the other, in several rounds: what else the machine does disturbs some of them.
 * @returns the median of the fastest round in milliseconds */
async function measureRequests(stage: ChatStage): Promise<number> {
  const medians: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const times: number[] = []
    for (let number = 0; number < REQUESTS; number++) {
      const begin = performance.now()
      await request(stage)
      times.push(performance.now() - begin)
    }
    medians.push(percentiles(times).p50)
  }
  return Math.min(...medians)
}

/** Inserts ended conversations, each with its accepted offer, spread over the agents in turn. */
async function insertHistory({ scene }: ChatStage): Promise<void> {
  const sql = new pg.Client({ connectionString: scene.databaseUrl })
  await sql.connect()
  const [visitor] = scene.visitors
  await sql.query(
    `WITH conversation AS (
       INSERT INTO "Conversation" ("id", "workspaceId", "personId", "visitorId", "state", "agentId", "target",
         "requestedAt", "acceptedAt", "endedAt", "lastMessageAt", "lastActiveAt")
       SELECT gen_random_uuid(), $1, $2, $3, 'ENDED', ($4::uuid[])[1 + number % $5], '{"roundRobin":true}',
         timestamptz '2026-01-01Z' + number * interval '20 s', timestamptz '2026-01-01Z' + number * interval '20 s',
         timestamptz '2026-01-01Z' + number * interval '20 s', timestamptz '2026-01-01Z' + number * interval '20 s',
         timestamptz '2026-01-01Z' + number * interval '20 s'
       FROM generate_series(1, $6::int) AS number RETURNING *
     )
     INSERT INTO "ChatOffer" ("id", "workspaceId", "conversationId", "agentId", "state", "attempt", "offeredAt",
       "expiresAt", "settledAt", "capacity")
     SELECT gen_random_uuid(), "workspaceId", "id", "agentId", 'ACCEPTED', 1, "requestedAt", "requestedAt",
       "requestedAt", 5
     FROM conversation`,
    [scene.workspaceId, visitor?.personId, visitor?.visitorId, scene.agentIds, AGENTS, HISTORY],
  )
  await sql.query('VACUUM (ANALYZE) "Conversation", "ChatOffer"')
  // Writes the rows to disk now, so that it does not happen during the measurement.
  await sql.query('CHECKPOINT')
  await sql.end()
}

console.log(describeMachine())
const visitors = 1 + SECONDS * RATES.reduce((sum, rate) => sum + rate, 0) + 4 * ROUNDS * REQUESTS
const stage = await startChatStage({ agents: AGENTS, visitors })
await stage.connect(
  stage.scene.agentTokens.map((token) => ({
    token,
    operations: [{ query: CONSOLE }],
    greetings: 1,
    keepTexts: true,
  })),
)
nextVisitor = 1
await measureRequests(stage)
console.log(
  'asked/s, made/s; ms from the commit to the frame: p50, p99; ms of CPU for a request: node of the requests,',
)
console.log('node of the sockets, clients, Postgres, all')
for (const rate of RATES) await measureRate(stage, rate)
const before = await measureRequests(stage)
await insertHistory(stage)
// As before the first measurement: caches are warm, and what the checkpoint makes each page write once is written.
await measureRequests(stage)
const after = await measureRequests(stage)
console.log(`a request: ${before.toFixed(1)} ms, with ${HISTORY} past chats ${after.toFixed(1)} ms`)
if (after > MAX_GROWTH * before) {
  console.log(`MISSED: a request costs ${(after / before).toFixed(2)} times as much with a history`)
  process.exitCode = 1
}
await stage.stop()
process.exit()
