// A day of live chats, hour by hour, on a clock that leaps from one thing that happens to the next. Whoever can be asked
// is asked: nobody waits for more than a second while somebody eligible has room, and whatever is due is done within a
// second, as long as some node looks twice a second. CHAT_DAY_SEED repeats a day exactly; CHAT_DAY_SIZE is in day-scene.ts.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { DAY, MINUTE } from '../kit/clock.ts'
import { randomFrom } from '../kit/random.ts'
import type { Cause, ChatRow } from './day-oracle.ts'
import { DayPeople } from './day-people.ts'
import { type DayScene, SIZE, startDay } from './day-scene.ts'

const SEED = Number(process.env.CHAT_DAY_SEED ?? Math.floor(Math.random() * 2 ** 31))
/** How often a node looks at what is due. */
const LOOK_EVERY_MS = 500
const DEADLINE_MS = 20 * MINUTE

const random = randomFrom(SEED)
const faults: unknown[] = []
/** What is still to happen, the last first. */
const calendar: { at: number; action: () => Promise<Cause | null> }[] = []
let day: DayScene
let people: DayPeople

beforeAll(async () => {
  day = await startDay(random, (error) => void faults.push(error))
  people = new DayPeople(day, { calendar: { at: plan }, random })
}, 120_000)
afterAll(() => day?.scene.stop())

it(
  'asks somebody as long as anybody eligible has room, in turn, and does what is due within a second, all day',
  async () => {
    const { oracle } = day
    const begin = oracle.now
    people.planShifts(begin)
    people.planVisits(begin)
    for (let next = calendar.pop(); next && next.at < begin + DAY; next = calendar.pop()) {
      await passUntil(next.at)
      const cause = await next.action()
      if (cause) await observe(cause)
      // What people do can make something due that nobody knows of.
      if (cause?.name === 'change') soonest = Math.min(soonest, oracle.now)
    }
    await passUntil(begin + DAY)
    console.log(
      `CHAT_DAY_SEED=${SEED} CHAT_DAY_SIZE=${SIZE}: ${JSON.stringify(oracle.counts)}, at most ${oracle.latestMs} ms late`,
    )
    expect(Object.keys(oracle.counts)).toEqual(expect.arrayContaining(ALL_THAT_HAPPENS))
  },
  DEADLINE_MS,
)

/** A day in which one of them is missing would show nothing of it. */
const ALL_THAT_HAPPENS = [
  ...['OFFER 1', 'OFFER 2', 'HANDED ON', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'REVOKED', 'RESCINDED'],
  ...['MISSED', 'MISSED AFTER OFFERS', 'ENDED', 'ABANDONED', 'TIMED_OUT'],
]

function plan(instant: number, action: () => Promise<Cause | null>): void {
  const place = calendar.findLastIndex(({ at }) => at > instant)
  calendar.splice(place + 1, 0, { at: instant, action })
}

/** The nodes look at fixed times, of which only those are gone through at which there may be something to do. */
const phase = random(LOOK_EVERY_MS)
let lastLook = 0
let soonest = Infinity

/** Time passes, and what becomes due is done. */
async function passUntil(instant: number): Promise<void> {
  for (;;) {
    const due = Math.max(Math.min(day.oracle.nextDue(), soonest), lastLook + 1)
    const look = Math.ceil((due - phase) / LOOK_EVERY_MS) * LOOK_EVERY_MS + phase
    if (look >= instant) break
    setClock(look)
    lastLook = look
    soonest = Infinity
    await sweepChats(day.scene.nodes[random(2)]!.services)
    await observe({ name: 'look' })
  }
  setClock(instant)
}

function setClock(instant: number): void {
  day.scene.clock.set(new Date(instant).toISOString())
  day.oracle.now = instant
}

let told = '0'

/** Tells the oracle what has become of the chats, in the order in which it was committed. */
async function observe(cause: Cause): Promise<void> {
  const { scene, oracle } = day
  const { rows } = await scene.sql.query<{ head: string; chats: ChatRow[]; seats: never[] }>({
    ...{ name: 'observe', text: OBSERVE, values: [`workspace:${scene.workspaceId}`, told] },
  })
  const { head, chats, seats } = rows[0]!
  told = head
  for (const row of chats) {
    const before = oracle.chats.get(row.id)
    const [asked, owner] = [before?.pending, before?.owner]
    oracle.apply(row, cause)
    const after = oracle.chats.get(row.id)
    if (after?.pending && after.pending !== asked) people.ask(after, after.pending)
    if (after?.owner && after.owner !== owner) people.talk(after)
  }
  oracle.check(seats)
  const at = new Date(oracle.now).toISOString()
  const nothing = { breaches: [], faults: [] }
  const seen = { seed: SEED, at, cause, breaches: oracle.breaches, faults }
  if (oracle.breaches.length + faults.length > 0) expect(seen).toEqual({ ...seen, ...nothing })
}

/** $1: the workspace's stream; $2: as far as it was read. */
const OBSERVE = `
  WITH touched AS (
    SELECT ("payload"->>'conversationId')::uuid AS "id", min("seq") AS "place" FROM "Event"
    WHERE "streamId" = $1 AND "seq" > $2::bigint AND "type" = 'ConversationUpdated' GROUP BY 1
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
