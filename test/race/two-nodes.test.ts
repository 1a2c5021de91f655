// Two processes of the program on one Postgres, as in production: nothing that one node keeps in memory may be what
// makes a promise true. The state is asked of the database, not of the program's own code.
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { data } from '../kit/app.ts'
import { DAY, MINUTE } from '../kit/clock.ts'
import { createPostgresDatabase } from '../kit/database.ts'
import {
  killServerProcesses,
  type MeetingResult,
  mutateMeeting,
  openAroundTheClock,
  type ServerProcess,
  startServerProcess,
  startVisits,
} from '../kit/server-process.ts'
import { type SmtpSink, startSmtpSink } from '../services/notifications/smtp-sink.ts'

const CALLERS = 100
const BOOKINGS = 1000
const KEYS = 20
const MAIL_DEADLINE_MS = 90_000
const ANYBODY = { target: { roundRobin: true } }
/** The programs run by the real clock. Each test has a week of its own, from a midnight on. */
const TODAY = Math.floor(Date.now() / DAY) * DAY
const weeksAhead = (weeks: number) => TODAY + 7 * weeks * DAY

let database: { url: string; drop(): Promise<void> }
let sql: pg.Client
let sink: SmtpSink
let nodes: ServerProcess[]
let agentIds: string[]
let visitors: string[]

beforeAll(async () => {
  database = await createPostgresDatabase()
  sql = new pg.Client({ connectionString: database.url })
  await sql.connect()
  await sql.query('DROP SCHEMA public CASCADE; DROP SCHEMA pgboss CASCADE; CREATE SCHEMA public')
  sink = await startSmtpSink()
  const start = () => startServerProcess({ DATABASE_URL: database.url, SMTP_URL: sink.url })
  nodes = await Promise.all([start(), start()])
  agentIds = await openAroundTheClock(nodeOf(0))
  visitors = await startVisits(nodeOf(0), CALLERS)
}, 120_000)
afterAll(async () => {
  await killServerProcesses()
  await sink?.close()
  await sql?.end()
  await database?.drop()
})

/** Every second caller speaks to the other node. */
const nodeOf = (number: number) => nodes[number % nodes.length] as ServerProcess
const at = (epochMs: number) => new Date(epochMs).toISOString()
const kinds = (bookings: MeetingResult[]) =>
  Object.fromEntries(
    [...Map.groupBy(bookings, ({ __typename }) => __typename)].map(([kind, of]) => [kind, of.length]),
  )
const book = (node: ServerProcess, { token, input }: { token: string; input: object }) =>
  mutateMeeting(node, { mutation: 'bookMeeting', token, input: { timeZone: 'Europe/Berlin', ...input } })
const everybody = (input: object) =>
  Promise.all(visitors.map((token, number) => book(nodeOf(number), { token, input })))

it('make one demo workspace when both start on an empty database at the same moment', async () => {
  const { rows } = await sql.query(
    'SELECT (SELECT count(*)::int FROM "Workspace") workspaces, (SELECT count(*)::int FROM "Agent") agents',
  )
  expect(rows).toEqual([{ workspaces: 1, agents: 6 }])
  const [one, other] = await Promise.all(nodes.map((node) => node.readDemo()))
  expect(one).toMatchObject({ workspace: other?.workspace, identities: other?.identities })
})

it('let one of 100 callers have a time of one agent, and tell the others what is free instead', async () => {
  const startsAt = at(weeksAhead(1))
  const bookings = await everybody({ target: { agentId: agentIds[0] }, startsAt })
  expect(kinds(bookings)).toEqual({ Meeting: 1, SlotUnavailableError: CALLERS - 1 })
  for (const { alternatives } of bookings.filter(({ __typename }) => __typename !== 'Meeting')) {
    expect(alternatives).toHaveLength(5)
    expect(alternatives).not.toContainEqual({ startsAt })
  }
  await expectMeetings({ from: weeksAhead(1), count: 1 })
})

it('let three of 100 callers have a time of a team of three agents, each with another agent', async () => {
  const bookings = await everybody({ target: { teamId: await saveTeam() }, startsAt: at(weeksAhead(2)) })
  expect(kinds(bookings)).toEqual({ Meeting: 3, SlotUnavailableError: CALLERS - 3 })
  const agents = bookings.flatMap(({ agent }) => agent?.id ?? [])
  expect(agents.sort()).toEqual(agentIds.slice(0, 3).sort())
  await expectMeetings({ from: weeksAhead(2), count: 3 })
})

it('make one meeting of one key that reaches both at once, and answer it to both', async () => {
  const keys = Array.from({ length: KEYS }, (_one, number) => `key ${number}`)
  const answers = await Promise.all(
    keys.map((idempotencyKey, number) => {
      const startsAt = at(weeksAhead(3) + number * 5 * MINUTE)
      const call = { token: visitors[number] ?? '', input: { ...ANYBODY, startsAt, idempotencyKey } }
      return Promise.all(nodes.map((node) => book(node, call)))
    }),
  )
  for (const [one, other] of answers) {
    expect(one?.__typename).toBe('Meeting')
    expect(other).toEqual(one)
  }
  await expectMeetings({ from: weeksAhead(3), count: KEYS })
})

it('serve five agents who are always free in turn: after 1,000 bookings their counts are equal', async () => {
  const times = Array.from({ length: BOOKINGS }, (_one, number) => at(weeksAhead(4) + number * 5 * MINUTE))
  const bookings = await Promise.all(
    visitors.map(async (token, number) => {
      const own: MeetingResult[] = []
      for (const startsAt of times.filter((_time, index) => index % CALLERS === number)) {
        own.push(await book(nodeOf(number), { token, input: { ...ANYBODY, startsAt } }))
      }
      return own
    }),
  )
  expect(kinds(bookings.flat())).toEqual({ Meeting: BOOKINGS })
  const counts = await expectMeetings({ from: weeksAhead(4), count: BOOKINGS })
  expect(counts).toHaveLength(5)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
}, 180_000)

it('number the events of both in one order without gaps', async () => {
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

it('stop gently when they are told to, and had no faults to report', async () => {
  expect(await Promise.all(nodes.map((node) => node.stop()))).toEqual([0, 0])
  expect(nodes.map((node) => node.errors().match(/^.*"level":"error".*$/gm))).toEqual([null, null])
})

/** The first three agents.
 * @returns the global id */
async function saveTeam(): Promise<string> {
  const { identities } = await nodeOf(0).readDemo()
  const token = identities.find(({ role }) => role === 'ADMINISTRATOR')?.token ?? ''
  const query = `mutation ($input: SaveTeamInput!) { saveTeam(input: $input) { ... on Team { id } } }`
  const variables = { input: { name: 'Three', agentIds: agentIds.slice(0, 3) } }
  return (await data<{ saveTeam: { id: string } }>(nodeOf(0).execute(query, { variables, token }))).saveTeam
    .id
}

/** Expects so many meetings in a week, of which no two of one agent overlap.
 * @returns how many each agent has */
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
