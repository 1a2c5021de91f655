// What a script can do with the public key of a website, on two nodes behind a proxy: an honest visitor, an agent's console
// and a date picker are there meanwhile. `npm run bench:abuse` measures how much longer they wait.
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BudgetedCall, type BudgetScope, readBudgets } from '../../src/config/budgets.ts'
import { MAX_WATCHES } from '../../src/server/live/watch-limit.ts'
import {
  type Attack,
  addresses,
  ONE_ADDRESS,
  ONE_NETWORK,
  runAttack,
  type Tally,
} from '../kit/abuse/attacker.ts'
import { bookings, documents, holds, slotWatches, unreadPings } from '../kit/abuse/attacks.ts'
import { flood } from '../kit/abuse/flood.ts'
import { visitBookAndChat } from '../kit/abuse/honest.ts'
import { AUDIENCE, FORGET_ATTACK, furnishSite, type Site, siteEnvironment } from '../kit/abuse/site.ts'
import { openWindows, type Windows } from '../kit/abuse/windows.ts'
import { INSPECTABLE, type MemoryProbe, probeMemory } from '../kit/node-memory.ts'
import { type OidcProvider, startOidcProvider } from '../kit/oidc-provider.ts'
import { useNodes } from '../kit/process-scene.ts'
import { type RedisProcess, startRedis } from '../kit/redis-process.ts'
import { type SmtpSink, startSmtpSink } from '../services/notifications/smtp-sink.ts'

const isFull = process.env.ABUSE === 'full'
/** Smaller ones, so that a script needs fewer calls to use them up. Honest visitors stay within a quarter of those of a
 * visitor and an address, which the workspace's spares. */
const SMALL = [
  ...['visits', 'messages', 'slots'].flatMap((call) =>
    ['address', 'network', 'workspace'].map((scope) => `${call}.${scope}=30/10m`),
  ),
  ...['chatRequests.address=20/10m', 'chatRequests.network=20/10m', 'chatRequests.workspace=6/10m'],
  'bookings.address=6/10m',
].join(',')
const BUDGETS = isFull ? '' : SMALL
const { budgets } = readBudgets(BUDGETS)
/** The documented ones. */
const HOLDS = { perAddress: 20, perAgentDay: 10 }
const CALLERS = 8
const steps = (few: number, full: number) => (isFull ? full : few)
/** Hundreds of megabytes were taken by 20 sockets. */
const MOST_GROWTH_BYTES = 48 * 1024 * 1024
const LONG_MS = isFull ? 900_000 : 120_000

const { one, other } = useNodes(['one', 'other'], { prepare })
let sql: pg.Client
let sink: SmtpSink
let redis: RedisProcess
let provider: OidcProvider
let site: Site
let windows: Windows
let probe: MemoryProbe
let usedBefore: number

async function prepare(databaseUrl: string): Promise<Record<string, string>> {
  sql = new pg.Client({ connectionString: databaseUrl })
  await sql.connect()
  sink = await startSmtpSink()
  redis = await startRedis()
  provider = await startOidcProvider({ audience: AUDIENCE })
  return { ...siteEnvironment(provider), BUDGETS, SMTP_URL: sink.url, REDIS_URL: redis.url, ...INSPECTABLE }
}

beforeAll(async () => {
  site = await furnishSite([one.url, other.url], provider)
  windows = await openWindows(site)
  probe = await probeMemory(one)
  await visitBookAndChat(windows)
  usedBefore = (await probe.measure()).used
}, 120_000)
afterAll(async () => {
  probe?.close()
  windows?.close()
  await provider?.stop()
  await redis?.kill()
  await sink?.close()
  await sql?.end()
})
beforeEach(async () => {
  await sql.query(FORGET_ATTACK)
})

/** While somebody attacks, honest visitors come one after the other.
 * @returns what became of the attack, and how long it took in milliseconds */
async function attack({ begin }: Attack, count: number): Promise<{ tally: Tally; ms: number }> {
  const start = performance.now()
  let isOver = false
  const end = () => {
    isOver = true
  }
  const step = begin(site)
  const callers = { callers: CALLERS, isOver: (number: number) => isOver || number >= count }
  const attacking = runAttack(step, callers).finally(end)
  try {
    do await visitBookAndChat(windows)
    while (!isOver)
  } finally {
    end()
    await attacking
  }
  const tally = await attacking
  expect(windows.areOpen()).toBe(true)
  return { tally, ms: performance.now() - start }
}

const sum = (tally: Tally, is: (kind: string) => boolean) =>
  Object.entries(tally).reduce((total, [kind, count]) => total + (is(kind) ? count : 0), 0)

describe('an honest visitor books and chats, seen by the agent and a date picker', () => {
  it(
    'while 20 sockets send pings of 60 KB and read nothing, which costs little memory',
    async () => {
      const attacking = attack(unreadPings, steps(20, 400))
      const grown = []
      for (let times = 0; times < 3; times++) grown.push((await probe.measure()).used - usedBefore)
      const { tally } = await attacking
      expect(Math.max(...grown)).toBeLessThan(MOST_GROWTH_BYTES)
      expect(sum(tally, (kind) => /^closed with (1006|1008|1013)$/.test(kind))).toBe(steps(20, 400))
    },
    LONG_MS,
  )

  it(
    'while somebody watches many different slots, and holds some',
    async () => {
      const { tally } = await attack(slotWatches, steps(40, 300))
      expect(tally.next).toBeLessThanOrEqual(MAX_WATCHES.caller)
      expect(Object.keys(tally).sort()).toEqual(
        isFull ? ['QUOTA_EXCEEDED', 'TOO_MANY_OPERATIONS', 'next'] : ['TOO_MANY_OPERATIONS', 'next'],
      )
    },
    LONG_MS,
  )

  it(
    'while somebody sends documents that are expensive to validate',
    async () => {
      const { tally } = await attack(documents, steps(40, 4000))
      expect(Object.keys(tally).sort()).toEqual(['QUERY_TOO_MANY_FIELDS', 'QUERY_TOO_REPETITIVE'])
    },
    LONG_MS,
  )

  it(
    'while somebody books with foreign e-mail addresses',
    async () => {
      const { tally, ms } = await attack(bookings, steps(40, 200))
      expectWithin(tally, { kind: 'Meeting', call: 'bookings', scope: 'address', ms })
      const foreign = sink.received.filter(({ to }) => to.some((address) => address.startsWith('foreign')))
      expect(foreign.length).toBeLessThanOrEqual(tally.Meeting ?? 0)
    },
    LONG_MS,
  )

  it.each([
    ['one address', holds(ONE_ADDRESS, { days: 3 }), HOLDS.perAddress],
    ['many addresses', holds(addresses(100), { days: 1 }), HOLDS.perAgentDay],
  ])(
    'while somebody holds the slots of an agent from %s',
    async (_from, attacking, most) => {
      const { tally } = await attack(attacking, steps(30, 400))
      expect(tally.SlotHold).toBeLessThanOrEqual(most)
      expect(tally.QuotaExceededError).toBeGreaterThan(0)
    },
    LONG_MS,
  )

  it.each([
    [ONE_ADDRESS, 'address', 1],
    [ONE_NETWORK, 'network', 1],
    [addresses(4), 'workspace', 4],
  ] as const)(
    'during a flood of calls from $name',
    async (origin, scope, callers) => {
      windows.declinesOthers = scope === 'workspace'
      const { tally, ms } = await attack(flood(origin), steps(160, 12_000))
      const calls: [string, BudgetedCall][] = [
        ['startVisit: Visit', 'visits'],
        ['requestLiveChat: Conversation', 'chatRequests'],
        ['sendMessage: Message', 'messages'],
        ['slots: SlotCalendar', 'slots'],
      ]
      for (const [kind, call] of calls) expectWithin(tally, { kind, call, scope, callers, ms })
      expect(sum(tally, (kind) => /QuotaExceededError|QUOTA_EXCEEDED/.test(kind))).toBeGreaterThan(0)
    },
    LONG_MS,
  )
})

it('all of that leaves no fault in the log and little in the memory', async () => {
  expect([one, other].map((node) => node.errors().match(/^.*"level":"error".*$/gm))).toEqual([null, null])
  expect((await probe.measure()).used - usedBefore).toBeLessThan(MOST_GROWTH_BYTES)
})

/** Expects no more calls of one kind than a budget allows: what it is, and what came back meanwhile. The workspace's spares
 * callers within a quarter of their own. */
function expectWithin(
  tally: Tally,
  given: { kind: string; call: BudgetedCall; scope: BudgetScope; callers?: number; ms: number },
): void {
  const { kind, call, scope, callers = 1, ms } = given
  const most = (of: BudgetScope) => {
    const { limit, windowMs } = budgets[call][of] ?? { limit: 0, windowMs: 1 }
    return limit * (1 + ms / windowMs)
  }
  const spared = scope === 'workspace' ? callers * Math.max(1, most('address') / 4) : 0
  expect(tally[kind] ?? 0, kind).toBeLessThanOrEqual(Math.ceil(most(scope) + spared))
}
