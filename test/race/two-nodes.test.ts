// Two processes of the program on one Postgres database, as in production. No promise may depend on the memory of a node.
// The tests read the state from the database, not through the program's own code.
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { DAY, MINUTE } from '../kit/clock.ts'
import { mutate } from '../kit/mutate.ts'
import { useNodes } from '../kit/process-scene.ts'
import {
  type MeetingResult,
  mutateMeeting,
  openAroundTheClock,
  type ServerProcess,
  startVisits,
  tokenOf,
} from '../kit/server-process.ts'
import { type SmtpSink, startSmtpSink } from '../services/notifications/smtp-sink.ts'

const CALLERS = 100
/** A multiple of the number of agents. */
const BOOKINGS = Number(process.env.NODES_BOOKINGS ?? 150)
const KEYS = 20
const MAIL_DEADLINE_MS = 90_000
const ANY_AGENT = { target: { roundRobin: true } }
/** The nodes run by the real clock. Each test uses a different week, from midnight on. */
const TODAY = Math.floor(Date.now() / DAY) * DAY
const weeksAhead = (weeks: number) => TODAY + 7 * weeks * DAY

const { one, other, demo } = useNodes(['one', 'other'], { prepare })
const nodes = [one, other]
let sql: pg.Client
let sink: SmtpSink
let agentIds: string[]
let visitors: string[]

beforeAll(async () => {
  agentIds = await openAroundTheClock(one)
  visitors = await startVisits(one, CALLERS)
}, 120_000)
afterAll(async () => {
  await sink?.close()
  await sql?.end()
})

/** Empties the database completely. */
async function prepare(databaseUrl: string): Promise<Record<string, string>> {
  sql = new pg.Client({ connectionString: databaseUrl })
  await sql.connect()
  await sql.query('DROP SCHEMA public CASCADE; DROP SCHEMA pgboss CASCADE; CREATE SCHEMA public')
  sink = await startSmtpSink()
  return { SMTP_URL: sink.url }
}

/** Every second caller uses the other node. */
const nodeOf = (number: number) => (number % 2 === 0 ? one : other)
const at = (epochMs: number) => new Date(epochMs).toISOString()
const kinds = (bookings: MeetingResult[]) =>
  Object.fromEntries(
    [...Map.groupBy(bookings, ({ __typename }) => __typename)].map(([kind, of]) => [kind, of.length]),
  )
const book = (node: ServerProcess, { token, input }: { token: string; input: object }) =>
  mutateMeeting(node, { mutation: 'bookMeeting', token, input: { timeZone: 'Europe/Berlin', ...input } })
const bookAll = (input: object) =>
  Promise.all(visitors.map((token, number) => book(nodeOf(number), { token, input })))

it('create one demo workspace when both start on an empty database at the same moment', async () => {
  const { rows } = await sql.query(
    'SELECT (SELECT count(*)::int FROM "Workspace") workspaces, (SELECT count(*)::int FROM "Agent") agents',
  )
  expect(rows).toEqual([{ workspaces: 1, agents: 6 }])
  const { workspace, identities } = await other.readDemo()
  expect(demo).toMatchObject({ workspace, identities })
})

it('let one of 100 callers book a time of one agent, and offer alternatives to the others', async () => {
  const startsAt = at(weeksAhead(1))
  const bookings = await bookAll({ target: { agentId: agentIds[0] }, startsAt })
  expect(kinds(bookings)).toEqual({ Meeting: 1, SlotUnavailableError: CALLERS - 1 })
  for (const { alternatives } of bookings.filter(({ __typename }) => __typename !== 'Meeting')) {
    expect(alternatives).toHaveLength(5)
    expect(alternatives).not.toContainEqual({ startsAt })
  }
  await expectMeetings({ from: weeksAhead(1), count: 1 })
})

it('let three of 100 callers book a time of a team of three agents, each with a different agent', async () => {
  const bookings = await bookAll({ target: { teamId: await saveTeam() }, startsAt: at(weeksAhead(2)) })
  expect(kinds(bookings)).toEqual({ Meeting: 3, SlotUnavailableError: CALLERS - 3 })
  const agents = bookings.flatMap(({ agent }) => agent?.id ?? [])
  expect(agents.sort()).toEqual(agentIds.slice(0, 3).sort())
  await expectMeetings({ from: weeksAhead(2), count: 3 })
})

it('create one meeting for an idempotency key that reaches both at once, and return it from both', async () => {
  const keys = Array.from({ length: KEYS }, (_one, number) => `key ${number}`)
  const answers = await Promise.all(
    keys.map((idempotencyKey, number) => {
      const startsAt = at(weeksAhead(3) + number * 5 * MINUTE)
      const call = { token: visitors[number] ?? '', input: { ...ANY_AGENT, startsAt, idempotencyKey } }
      return Promise.all(nodes.map((node) => book(node, call)))
    }),
  )
  for (const [meeting, same] of answers) {
    expect(meeting?.__typename).toBe('Meeting')
    expect(same).toEqual(meeting)
  }
  await expectMeetings({ from: weeksAhead(3), count: KEYS })
})

it(`rotate among five agents who are always free: after ${BOOKINGS} bookings their counts are equal`, async () => {
  const times = Array.from({ length: BOOKINGS }, (_one, number) => at(weeksAhead(4) + number * 5 * MINUTE))
  const bookings = await Promise.all(
    visitors.map(async (token, number) => {
      const own: MeetingResult[] = []
      for (const startsAt of times.filter((_time, index) => index % CALLERS === number)) {
        own.push(await book(nodeOf(number), { token, input: { ...ANY_AGENT, startsAt } }))
      }
      return own
    }),
  )
  expect(kinds(bookings.flat())).toEqual({ Meeting: BOOKINGS })
  const counts = await expectMeetings({ from: weeksAhead(4), count: BOOKINGS })
  expect(counts).toHaveLength(5)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
}, 180_000)

it('number their events in one order without gaps', async () => {
  const { rows } = await sql.query(`
    SELECT s."id" FROM "EventStream" s LEFT JOIN "Event" e ON e."streamId" = s."id"
    GROUP BY s."id" HAVING count(e) <> s."head" OR min(e."seq") <> 1 OR max(e."seq") <> s."head"`)
  expect(rows).toEqual([])
})

it('send each mail once', async () => {
  await vi.waitFor(
    async () => {
      const open = `SELECT FROM pgboss.job WHERE name = 'meeting-mail' AND state <> 'completed'`
      expect((await sql.query(open)).rowCount).toBe(0)
    },
    { timeout: MAIL_DEADLINE_MS, interval: 200 },
  )
  const { rows } = await sql.query('SELECT count(*)::int AS meetings FROM "Meeting"')
  const ids = sink.received.map(({ raw }) => /^Message-ID:\s+(\S+)/im.exec(raw.toString())?.[1])
  expect(new Set(ids).size).toBe(2 * rows[0].meetings)
  expect(ids).toHaveLength(2 * rows[0].meetings)
}, 120_000)

it('stop gently on SIGTERM, and have logged no errors', async () => {
  expect(await Promise.all(nodes.map((node) => node.stop()))).toEqual([0, 0])
  expect(nodes.map((node) => node.errors().match(/^.*"level":"error".*$/gm))).toEqual([null, null])
})

/** Creates a team of the first three agents.
 * @returns its global id */
async function saveTeam(): Promise<string> {
  const input = { name: 'Three', agentIds: agentIds.slice(0, 3) }
  const token = tokenOf(demo, 'ADMINISTRATOR')
  return (await mutate(one, { mutation: 'saveTeam', input, token, select: '... on Team { id }' })).id
}

/** Expects a number of meetings in a week, of which no two of one agent overlap.
 * @returns the number of each agent */
async function expectMeetings({ from, count }: { from: number; count: number }): Promise<number[]> {
  const week = [at(from), at(from + 7 * DAY)]
  const overlaps = await sql.query(
    `SELECT FROM "Meeting" one JOIN "Meeting" other ON other."agentId" = one."agentId" AND other."id" > one."id"
     WHERE one."startsAt" >= $1 AND one."startsAt" < $2
       AND one."startsAt" < other."endsAt" AND other."startsAt" < one."endsAt"`,
    week,
  )
  expect(overlaps.rowCount).toBe(0)
  const { rows } = await sql.query<{ meetings: number }>(
    `SELECT count(*)::int AS meetings FROM "Meeting"
     WHERE "startsAt" >= $1 AND "startsAt" < $2 GROUP BY "agentId"`,
    week,
  )
  const counts = rows.map(({ meetings }) => meetings)
  expect(counts.reduce((sum, meetings) => sum + meetings, 0)).toBe(count)
  return counts
}
