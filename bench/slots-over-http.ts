// Measures the `slots` query over HTTP on Postgres: round robin over 1 to 1,000 agents, 30 days, five meetings of each
// agent a day. One client on one kept-alive connection queries in turn the slots, nothing (`{ __typename }`), and,
// directly from the database, the rows of the busy times, so that other work on the machine disturbs all three alike.
// Run it with `npm run bench:slots-http`; it exits with 1 if a bar is missed.
import { createClient, measureInTurn, percentile } from './in-turn.ts'
import { describePostgres, type Installation, withInstallation } from './installation.ts'
import { describeMachine, officeHours, RANGE } from './slots.ts'
import { statementsOf } from './statements.ts'
import { insertMeetings, insertVisitors, insertWorkspace } from './workspace.ts'

const DAY = 24 * 60 * 60 * 1000
const NOW = RANGE.start - 2 * DAY
const HOURS = {
  weekly: officeHours(),
  durationMinutes: 30,
  minimumNoticeMinutes: 1440,
  bookingWindowDays: 60,
}
const COUNTS = [1, 10, 100, 1000]
/** The bar for the 95th percentile in milliseconds, with this number of agents. */
const BAR = { agents: 100, p95: 60 }

const SLOTS = `query ($from: DateTime!, $to: DateTime!) {
  slots(target: { roundRobin: true }, from: $from, to: $to, timeZone: "Europe/Berlin") {
    timeZone
    nextAvailable
    days { date slots { startsAt endsAt agentCount } }
  }
}`

interface Row {
  agents: number
  slots: number
  bytes: number
  rounds: number
  /** Milliseconds of each request, ascending. */
  times: number[]
  nothing: number
  reading: number
  /** SQL statements of one request. */
  statements: number
}

async function measureRow(installation: Installation, agents: number): Promise<Row> {
  const { workspaceId } = await insertWorkspace(installation, { agents, hours: HOURS })
  await insertMeetings(installation, { workspaceId, from: new Date(RANGE.start) })
  await installation.sql.query('ANALYZE')
  const [visitor] = await insertVisitors(installation, { workspaceId, count: 1 })
  const ask = createClient(installation.url, visitor?.token ?? '')
  const askForSlots = () =>
    ask({ query: SLOTS, variables: { from: isoOf(RANGE.start), to: isoOf(RANGE.end) } })
  const answer = await askForSlots()
  const times = await measureInTurn([
    askForSlots,
    () => ask({ query: '{ __typename }' }),
    () => readRows(installation, workspaceId),
  ])
  const [slots = [], nothing = [], reading = []] = times
  return {
    agents,
    slots: answer.match(/startsAt/g)?.length ?? 0,
    bytes: Buffer.byteLength(answer),
    rounds: slots.length,
    times: slots,
    nothing: percentile(nothing, 50),
    reading: percentile(reading, 50),
    statements: (await statementsOf(askForSlots)).length,
  }
}

const isoOf = (instant: number) => new Date(instant).toISOString()

/** The yardstick: a plain driver reads the same busy times, one per row. */
function readRows({ sql }: Installation, workspaceId: string) {
  return sql.query({
    name: 'rows',
    text: `SELECT r."agentId", r."startsAt", r."endsAt" FROM "Reservation" r
      JOIN "RoutingPlace" p ON p."agentId" = r."agentId"
      WHERE p."workspaceId" = $1 AND r."startsAt" < $2 AND r."endsAt" > $3`,
    values: [workspaceId, new Date(RANGE.end), new Date(RANGE.start)],
  })
}

const sumOf = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0)

const COLUMNS: { title: string; cell(row: Row): string }[] = [
  { title: 'agents', cell: ({ agents }) => String(agents) },
  { title: 'slots', cell: ({ slots }) => String(slots) },
  { title: 'answer KiB', cell: ({ bytes }) => (bytes / 1024).toFixed(1) },
  { title: 'requests', cell: ({ rounds }) => String(rounds) },
  { title: 'p50 ms', cell: ({ times }) => percentile(times, 50).toFixed(1) },
  { title: 'p95 ms', cell: ({ times }) => percentile(times, 95).toFixed(1) },
  { title: 'p99 ms', cell: ({ times }) => percentile(times, 99).toFixed(1) },
  { title: 'requests/s', cell: ({ times }) => ((1000 * times.length) / sumOf(times)).toFixed(1) },
  { title: 'x { __typename }', cell: ({ times, nothing }) => (percentile(times, 50) / nothing).toFixed(1) },
  { title: 'x reading the rows', cell: ({ times, reading }) => (percentile(times, 50) / reading).toFixed(1) },
  { title: 'SQL statements', cell: ({ statements }) => String(statements) },
]

function missedBars(rows: Row[]): string[] {
  const missed: string[] = []
  const { times = [] } = rows.find(({ agents }) => agents === BAR.agents) ?? {}
  const p95 = percentile(times, 95)
  if (p95 > BAR.p95) missed.push(`${BAR.agents} agents: p95 is ${p95.toFixed(1)} ms, bar ${BAR.p95} ms`)
  if (new Set(rows.map(({ statements }) => statements)).size > 1) {
    missed.push('the number of SQL statements depends on the number of agents')
  }
  return missed
}

await withInstallation(NOW, async (installation) => {
  console.log(`${describeMachine()}, ${await describePostgres(installation)}`)
  console.log('30 days, 5 meetings of each agent a day, round robin, one client, server in the same process')
  console.log(COLUMNS.map(({ title }) => title).join('  '))
  const rows: Row[] = []
  for (const agents of COUNTS) {
    const row = await measureRow(installation, agents)
    rows.push(row)
    console.log(COLUMNS.map(({ title, cell }) => cell(row).padStart(title.length)).join('  '))
  }
  const missed = missedBars(rows)
  for (const bar of missed) console.log(`MISSED ${bar}`)
  process.exitCode = missed.length > 0 ? 1 : 0
})
