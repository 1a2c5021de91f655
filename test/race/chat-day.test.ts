// A simulated day of live chats, on a clock that jumps from one event to the next. No request waits for more than a second
// while an eligible agent has a free seat, and due work is done within a second, as long as a node sweeps twice a second.
// CHAT_DAY_SEED repeats a day exactly; CHAT_DAY_SIZE is described in day-scene.ts.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { DAY, MINUTE } from '../kit/clock.ts'
import { randomFrom } from '../kit/random.ts'
import type { Cause, ChatRow } from './day-oracle.ts'
import { DayPeople } from './day-people.ts'
import { type DayScene, SIZE, startDay } from './day-scene.ts'

const SEED = Number(process.env.CHAT_DAY_SEED ?? Math.floor(Math.random() * 2 ** 31))
/** The interval of the sweeps. */
const SWEEP_EVERY_MS = 500
const DEADLINE_MS = 20 * MINUTE

const random = randomFrom(SEED)
/** Planned actions, the last one first. */
const calendar: { at: number; action: () => Promise<Cause | null> }[] = []
let day: DayScene
let people: DayPeople

beforeAll(async () => {
  day = await startDay(random)
  people = new DayPeople(day, { calendar: { at: plan }, random })
}, 120_000)
afterAll(() => day?.scene.stop())

it(
  'offers chats to eligible agents with free seats in turn, and does due work within a second, all day',
  async () => {
    const { oracle } = day
    const begin = oracle.now
    people.planShifts(begin)
    people.planVisits(begin)
    for (let next = calendar.pop(); next && next.at < begin + DAY; next = calendar.pop()) {
      await passUntil(next.at)
      const cause = await next.action()
      if (cause) await observe(cause)
      // A change may cause due work that the oracle does not predict.
      if (cause?.name === 'change') soonest = Math.min(soonest, oracle.now)
    }
    await passUntil(begin + DAY)
    console.log(
      `CHAT_DAY_SEED=${SEED} CHAT_DAY_SIZE=${SIZE}: ${JSON.stringify(oracle.counts)}, at most ${oracle.latestMs} ms late`,
    )
    expect(Object.keys(oracle.counts)).toEqual(expect.arrayContaining(REQUIRED_KINDS))
  },
  DEADLINE_MS,
)

/** Each of them must occur, or the day would not test it. */
const REQUIRED_KINDS = [
  ...['OFFER 1', 'OFFER 2', 'TRANSFER', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'REVOKED', 'RESCINDED'],
  ...['MISSED', 'MISSED AFTER OFFERS', 'ENDED', 'ABANDONED', 'TIMED_OUT'],
]

function plan(instant: number, action: () => Promise<Cause | null>): void {
  const place = calendar.findLastIndex(({ at }) => at > instant)
  calendar.splice(place + 1, 0, { at: instant, action })
}

/** Nodes sweep at fixed times. Those without possible due work are skipped. */
const phase = random(SWEEP_EVERY_MS)
let lastSweep = 0
let soonest = Infinity

/** Lets time pass, and does the work that becomes due. */
async function passUntil(instant: number): Promise<void> {
  for (;;) {
    const due = Math.max(Math.min(day.oracle.nextDue(), soonest), lastSweep + 1)
    const sweep = Math.ceil((due - phase) / SWEEP_EVERY_MS) * SWEEP_EVERY_MS + phase
    if (sweep >= instant) break
    setClock(sweep)
    lastSweep = sweep
    soonest = Infinity
    await sweepChats(day.scene.nodes[random(2)]!.services)
    await observe({ name: 'sweep' })
  }
  setClock(instant)
}

function setClock(instant: number): void {
  day.scene.clock.set(new Date(instant).toISOString())
  day.oracle.now = instant
}

let observedUntil = '0'

/** Passes the changes of chats to the oracle, in the order of their commits. */
async function observe(cause: Cause): Promise<void> {
  const { scene, oracle } = day
  const { rows } = await scene.sql.query<{ head: string; chats: ChatRow[]; seats: never[] }>({
    name: 'observe',
    text: OBSERVE,
    values: [`workspace:${scene.workspaceId}`, observedUntil],
  })
  const { head, chats, seats } = rows[0]!
  observedUntil = head
  for (const row of chats) {
    const before = oracle.chats.get(row.id)
    const [pending, owner] = [before?.pending, before?.owner]
    oracle.apply(row, cause)
    const after = oracle.chats.get(row.id)
    if (after?.pending && after.pending !== pending) people.answer(after, after.pending)
    if (after?.owner && after.owner !== owner) people.converse(after)
  }
  oracle.check(seats)
  const at = new Date(oracle.now).toISOString()
  const { faults } = scene
  const nothing = { breaches: [], faults: [] }
  const seen = { seed: SEED, at, cause, breaches: oracle.breaches, faults }
  if (oracle.breaches.length + faults.length > 0) expect(seen).toEqual({ ...seen, ...nothing })
}

/** $1: the workspace's stream, $2: its last position that was read. */
const OBSERVE = `
  WITH touched AS (
    SELECT ("payload"->>'conversationId')::uuid AS "id", min("seq") AS "place" FROM "Event"
    WHERE "streamId" = $1 AND "seq" > $2::bigint AND "type" = 'ConversationChanged' GROUP BY 1
  ), chat AS (
    SELECT c."id", c."state", c."agentId", (
      SELECT coalesce(jsonb_agg(o ORDER BY o."id"), '[]') FROM "ChatOffer" o WHERE o."conversationId" = c."id"
    ) AS "offers"
    FROM "Conversation" c JOIN touched t ON t."id" = c."id" ORDER BY t."place"
  )
  SELECT (SELECT "head" FROM "EventStream" WHERE "id" = $1) AS "head",
    (SELECT coalesce(jsonb_agg(chat), '[]') FROM chat) AS "chats",
    (SELECT coalesce(jsonb_agg(jsonb_build_object('chatId', "conversationId", 'agentId', "agentId")), '[]')
     FROM "ChatOffer" WHERE "seat" IS NOT NULL) AS "seats"`
