// Measures bookings per second on Postgres: anonymous visitors book round robin over five agents who are open around
// the clock with slots of 5 minutes, each visitor at a different time. 1, 8 and 64 concurrent callers book through the
// service and over HTTP; the yardstick is pgbench with the SQL statements of one booking. Run it with `npm run
// bench:booking`.
import { bookMeeting } from '../src/services/booking/meetings/book-meeting.ts'
import { noClient, type RequestContext } from '../src/services/identity/request-context.ts'
import { describePostgres, type Installation, withInstallation } from './installation.ts'
import { type MovingTime, type Replacements, runPgbench, toLiteral, toScript } from './pgbench.ts'
import { describeMachine } from './slots.ts'
import { type Statement, statementsOf } from './statements.ts'
import { insertVisitors, insertWorkspace, type SeededVisitor } from './workspace.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE
const NOW = Date.UTC(2026, 9, 10)
const HOURS = {
  weekly: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: 0, end: 1440 })),
  durationMinutes: 5,
  minimumNoticeMinutes: 0,
  bookingWindowDays: 365,
}
const AGENTS = 5
const CALLERS = [1, 8, 64]
const WARM_UP = 100
const BOOKINGS = 400
const PGBENCH_SECONDS = 6
/** More than pgbench can make in PGBENCH_SECONDS. */
const PGBENCH_BOOKINGS = 15_000
/** The distance between the first booking numbers of two runs of pgbench. */
const PGBENCH_NUMBERS = 1_000_000

const BOOK = `mutation ($input: BookMeetingInput!) {
  bookMeeting(input: $input) { __typename ... on Meeting { id startsAt endsAt } }
}`

/** Makes the next booking. */
type Book = () => Promise<unknown>

interface Scene {
  installation: Installation
  workspaceId: string
  agentIds: string[]
  visitors: SeededVisitor[]
  /** The number of the next booking, which determines its visitor and its time. */
  next: number
}

const startOf = (number: number) => new Date(NOW + DAY + number * 5 * MINUTE)
const emailOf = (number: number) => `visitor${number}@example.com`
const inputOf = (number: number) => ({
  slot: { free: { target: { roundRobin: true }, startsAt: startOf(number).toISOString() } },
  timeZone: 'Europe/Berlin',
  person: { email: emailOf(number), firstName: 'Grace', lastName: 'Hopper' },
  agenda: 'The compiler',
})

async function bookThroughService(scene: Scene): Promise<void> {
  const number = scene.next++
  const { visitorId = '', personId = '' } = scene.visitors[number] ?? {}
  const context: RequestContext = {
    ...scene.installation.app.services,
    viewer: { kind: 'VISITOR', workspaceId: scene.workspaceId, visitorId, personId, verified: false },
    origin: null,
    client: noClient(),
  }
  await bookMeeting(context, { ...inputOf(number), idempotencyKey: null })
}

async function bookOverHttp(scene: Scene): Promise<void> {
  const number = scene.next++
  const response = await fetch(`${scene.installation.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${scene.visitors[number]?.token}`,
    },
    body: JSON.stringify({
      query: BOOK,
      variables: { input: inputOf(number) },
    }),
  })
  const text = await response.text()
  if (!text.includes('"Meeting"')) throw new Error(text)
}

/** @returns bookings per second */
async function measure(book: Book, callers: number): Promise<number> {
  let left = BOOKINGS
  const start = performance.now()
  const caller = async () => {
    while (left-- > 0) await book()
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return BOOKINGS / ((performance.now() - start) / 1000)
}

/** The yardstick: the statements of one booking as a script for pgbench, with other visitors and times. */
async function captureScript(scene: Scene): Promise<{ statements: Statement[]; script: string }> {
  const { sql } = scene.installation
  const number = scene.next
  const statements = await statementsOf(() => bookThroughService(scene))
  const { rows } = await sql.query<{ id: string }>('SELECT "id" FROM "RoutingPool"')
  const constants = [scene.workspaceId, ...rows.map(({ id }) => id)]
  const { visitorId = '', personId = '' } = scene.visitors[number] ?? {}
  const agentIds = toLiteral(`{${scene.agentIds.join(',')}}`)
  const agentInTurn = `(${agentIds}::text[])[1 + :number % ${AGENTS}]`
  const replacements: Replacements = new Map([
    ...constants.map((id) => [id, toLiteral(id)] as const),
    ...scene.agentIds.map((id) => [id, agentInTurn] as const),
    [visitorId, `md5('visitor' || :number::text)::uuid::text`],
    [personId, `md5('person' || :number::text)::uuid::text`],
    [emailOf(number), `'visitor' || :number::text || '@example.com'`],
  ])
  const time: MovingTime = {
    instant: startOf(number).getTime(),
    within: DAY,
    expression: `timestamptz '${startOf(0).toISOString()}' + :number * interval '5 min'`,
  }
  return { statements, script: await toScript(sql, { statements, replacements, time }) }
}

/** @returns bookings per second
 * @throws Error if a transaction of pgbench did not make a booking */
async function measurePgbench(scene: Scene, { script, callers }: { script: string; callers: number }) {
  const { sql, databaseUrl, now } = scene.installation
  const first = PGBENCH_NUMBERS * (1 + CALLERS.indexOf(callers))
  await sql.query(
    `WITH number AS (SELECT generate_series($1::int, $2::int) AS number), person AS (
       INSERT INTO "Person" ("id", "workspaceId", "createdAt")
       SELECT md5('person' || number)::uuid, $3, $4 FROM number
     )
     INSERT INTO "Visitor" ("id", "workspaceId", "personId", "tokenHash", "createdAt", "expiresAt")
     SELECT md5('visitor' || number)::uuid, $3, md5('person' || number)::uuid,
       sha256(convert_to(number::text, 'UTF8')), $4, $4 FROM number`,
    [first, first + PGBENCH_BOOKINGS, scene.workspaceId, now],
  )
  const { transactions, perSecond } = await runPgbench({
    databaseUrl,
    script,
    clients: callers,
    seconds: PGBENCH_SECONDS,
    first,
  })
  const { rows } = await sql.query<{ meetings: number; jobs: number }>(
    `SELECT count(*)::int AS meetings FROM "Meeting" m JOIN "Reservation" r ON r."meetingId" = m."id"
     WHERE m."startsAt" >= $1 AND m."startsAt" < $2`,
    [startOf(first), startOf(first + PGBENCH_NUMBERS)],
  )
  if (rows[0]?.meetings !== transactions) {
    throw new Error(`pgbench made ${rows[0]?.meetings} meetings in ${transactions} transactions.`)
  }
  return perSecond
}

async function printTable(scene: Scene, script: string): Promise<void> {
  const titles = ['callers', 'service/s', 'HTTP/s', 'pgbench/s', 'service : pgbench', 'HTTP : pgbench']
  console.log(titles.join('  '))
  for (const callers of CALLERS) {
    const pgbench = await measurePgbench(scene, { script, callers })
    const service = await measure(() => bookThroughService(scene), callers)
    const http = await measure(() => bookOverHttp(scene), callers)
    const rates = [service, http, pgbench].map((rate) => rate.toFixed(0))
    const ratios = [service / pgbench, http / pgbench].map((ratio) => ratio.toFixed(2))
    const cells = [String(callers), ...rates, ...ratios]
    console.log(cells.map((cell, index) => cell.padStart(titles[index]?.length ?? 0)).join('  '))
  }
}

await withInstallation(NOW, async (installation) => {
  console.log(`${describeMachine()}, ${await describePostgres(installation)}`)
  const { workspaceId, agentIds } = await insertWorkspace(installation, { agents: AGENTS, hours: HOURS })
  const count = WARM_UP + 1 + 2 * CALLERS.length * BOOKINGS
  const visitors = await insertVisitors(installation, { workspaceId, count })
  const scene: Scene = { installation, workspaceId, agentIds, visitors, next: 0 }
  for (let booking = 0; booking < WARM_UP; booking++) await bookThroughService(scene)
  await installation.sql.query('ANALYZE')
  const { statements, script } = await captureScript(scene)
  console.log(`${BOOKINGS} bookings in each cell, ${PGBENCH_SECONDS} s of pgbench; ${statements.length} SQL`)
  await printTable(scene, script)
})
