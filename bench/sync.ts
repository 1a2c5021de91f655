// Measures external calendars: how many a node reads per minute, how many requests the providers get, and how `slots`
// performs with them. Emulators of Google and Microsoft run in another process on this machine. Run it with
// `npm run bench:sync` (about three minutes); it exits with 1 if a bar is missed.
import { applyRemoteChange } from '../src/services/booking/meetings/apply-remote-change.ts'
import { runCalendarWork } from '../src/services/calendars/worker/calendar-worker.ts'
import type { Provider, TakenLog } from './calendars/emulators.ts'
import {
  type CalendarStage,
  connectAgents,
  HOURS,
  insertMeetingToWrite,
  NOW,
  withCalendarStage,
  workUntilDone,
} from './calendars/stage.ts'
import { createClient, measureInTurn, percentile } from './in-turn.ts'
import { describePostgres } from './installation.ts'
import { describeMachine } from './slots.ts'
import { insertMeetings, insertVisitors, insertWorkspace } from './workspace.ts'

const PROVIDERS = ['GOOGLE', 'MICROSOFT'] as const
const DAY = 24 * 60 * 60_000
const SECOND = 1000

/** Each provider in turn. Each calendar has 300 events over 60 days and a meeting of ours. */
const READ = { connections: 40, events: 300, rounds: 5, maxRounds: 12 }
/** How many requests one calendar may take for all of its busy time. */
const MAX_REQUESTS = 3
/** How many calendars the program reads concurrently. */
const CONCURRENCY = 20
/** How many times the CPU of fetching and parsing the same pages alone this process may use. */
const MAX_CPU = 12

/** Half of the calendars are at each provider; in a minute, one of a hundred changes. */
const LOAD = { connections: 1000, events: 20, minutes: 30, changesPerMinute: 10 }
/** What the providers allow: Google per project and per user of it, Microsoft per mailbox. */
const QUOTA = { requestsPerMinute: 10_000, perAccountAndMinute: 600, inFlight: 3 }

const SLOTS_AGENTS = 100
/** How many times as long `slots` may take with external calendars as with the same number of our own meetings. */
const MAX_SLOTS_RATIO = 1.25

function bar(isMet: boolean, text: string): void {
  if (isMet) return
  console.log(`MISSED ${text}`)
  process.exitCode = 1
}

const median = (numbers: number[]) =>
  percentile(
    numbers.sort((one, other) => one - other),
    50,
  )

interface Cost {
  /** Elapsed milliseconds. */
  wall: number
  /** CPU milliseconds of this process. */
  cpu: number
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const [begin, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { wall: performance.now() - begin, cpu: (user + system) / 1000 }
}

async function measureReading(stage: CalendarStage, provider: Provider): Promise<void> {
  const { connections, events, rounds, maxRounds } = READ
  const workspaceId = await connectAgents(stage, { provider, count: connections, events })
  await insertMeetingToWrite(stage, workspaceId)
  await workUntilDone(stage)
  await stage.emulators.ask('settled')
  const [reading, plain]: [Cost[], Cost[]] = [[], []]
  let asked: TakenLog | null = null
  for (let round = 0; round < maxRounds && reading.length < rounds; round += 1) {
    await stage.emulators.ask('takeLog', provider)
    await makeDue(stage, workspaceId)
    const { length } = stage.faults
    const cost = await costOf(() => workUntilDone(stage))
    const { readings, ...others } = await stage.emulators.ask<TakenLog>('takeLog', provider)
    // On a busy machine the emulators sometimes answer too late. Then not every calendar was read, and the round is
    // void.
    if (stage.faults.length > length) continue
    asked = { readings, ...others }
    reading.push(cost)
    plain.push(await costOf(() => fetchAll(readings)))
  }
  report(provider, { reading, plain, asked })
  // Stops reading these calendars, so that they do not disturb the next measurement.
  await stage.sql.query('UPDATE "CalendarConnection" SET "syncDueAt" = NULL WHERE "workspaceId" = $1', [
    workspaceId,
  ])
}

function makeDue({ sql }: CalendarStage, workspaceId: string) {
  return sql.query(
    `UPDATE "CalendarConnection" SET "syncDueAt" = $1, "backoffUntil" = NULL, "failures" = 0 WHERE "workspaceId" = $2`,
    [new Date(NOW), workspaceId],
  )
}

/** The yardstick: fetches and parses the same pages, for as many calendars concurrently. */
async function fetchAll(readings: TakenLog['readings']): Promise<void> {
  const waiting = [...readings]
  const client = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { url, authorization, prefer } = next
      const headers = { authorization, ...(prefer === null ? {} : { prefer }) }
      const response = await fetch(url, { headers })
      JSON.parse(await response.text())
      if (!response.ok) throw new Error(`${response.status} ${url}`)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, client))
}

function report(
  provider: Provider,
  { reading, plain, asked }: { reading: Cost[]; plain: Cost[]; asked: TakenLog | null },
): void {
  const { connections } = READ
  const [wall, cpu] = [median(reading.map((one) => one.wall)), median(reading.map((one) => one.cpu))]
  const plainWall = median(plain.map((one) => one.wall))
  const plainCpu = median(plain.map((one) => one.cpu))
  const cells = [
    provider,
    ((60_000 * connections) / wall).toFixed(0),
    ((60_000 * connections) / plainWall).toFixed(0),
    (wall / plainWall).toFixed(2),
    (cpu / connections).toFixed(1),
    (plainCpu / connections).toFixed(1),
    (cpu / plainCpu).toFixed(1),
    ((asked?.requests ?? 0) / connections).toFixed(1),
    String(asked?.maxPerAccount),
    String(asked?.maxInFlight),
  ]
  console.log(cells.join('\t'))
  bar((asked?.requests ?? 0) >= connections, `${provider}: not all calendars were read`)
  bar(
    (asked?.maxPerAccount ?? 99) <= MAX_REQUESTS,
    `${provider}: ${asked?.maxPerAccount} requests for one calendar`,
  )
  bar(
    cpu / plainCpu <= MAX_CPU,
    `${provider}: ${(cpu / plainCpu).toFixed(1)} times the CPU of fetching alone`,
  )
}

async function measureLoad(stage: CalendarStage): Promise<void> {
  const { connections, events, minutes, changesPerMinute } = LOAD
  const half = connections / PROVIDERS.length
  for (const provider of PROVIDERS) {
    await connectAgents(stage, { provider, count: half, events })
    await stage.emulators.ask('takeLog', provider)
  }
  const asked: Record<Provider, TakenLog[]> = { GOOGLE: [], MICROSOFT: [] }
  const begin = performance.now()
  for (let minute = 0; minute < minutes; minute += 1) {
    await passMinute(stage, { minute, changes: changesPerMinute / PROVIDERS.length })
    for (const provider of PROVIDERS) {
      asked[provider].push(await stage.emulators.ask<TakenLog>('takeLog', provider))
    }
  }
  const seconds = (performance.now() - begin) / 1000
  console.log(
    `${minutes} minutes of ${connections} calendars took ${seconds.toFixed(0)} s, ${stage.faults.length} faults`,
  )
  for (const provider of PROVIDERS) reportLoad(provider, asked[provider])
  const { rows } = await stage.sql.query<{ late: number }>(
    `SELECT count(*)::int AS "late" FROM "CalendarConnection"
     WHERE "syncDueAt" IS NOT NULL AND coalesce("lastSyncedAt" < $1, true)`,
    [new Date(NOW + (minutes - 15) * 60 * SECOND)],
  )
  bar(rows[0]?.late === 0, `${rows[0]?.late} calendars were not read for a quarter of an hour`)
}

async function passMinute(
  stage: CalendarStage,
  { minute, changes }: { minute: number; changes: number },
): Promise<void> {
  const numbers = Array.from(
    { length: changes },
    (_, number) => READ.connections + 97 * (minute * changes + number),
  )
  for (const provider of PROVIDERS) await stage.emulators.ask('change', { provider, numbers })
  await stage.emulators.ask('settled')
  for (let second = 0; second < 60; second += 1) {
    await stage.advance(SECOND)
    await runCalendarWork({ ...stage.app.services, applyRemoteChange })
  }
}

function reportLoad(provider: Provider, minutes: TakenLog[]): void {
  const most = (value: (asked: TakenLog) => number) => Math.max(...minutes.map(value))
  const requests = most((asked) => asked.requests)
  const ofOne = most((asked) => asked.maxPerAccount)
  const inFlight = most((asked) => asked.maxInFlight)
  const all = minutes.reduce((sum, asked) => sum + asked.requests, 0)
  console.log([provider, all, (all / minutes.length).toFixed(0), requests, ofOne, inFlight].join('\t'))
  bar(requests <= QUOTA.requestsPerMinute, `${provider}: ${requests} requests in a minute`)
  bar(ofOne <= QUOTA.perAccountAndMinute, `${provider}: ${ofOne} requests of one account in a minute`)
  bar(inFlight <= QUOTA.inFlight, `${provider}: ${inFlight} requests of one mailbox at once`)
}

const SLOTS = `query ($from: DateTime!, $to: DateTime!) {
  slots(target: { roundRobin: true }, from: $from, to: $to, timeZone: "Europe/Berlin") {
    nextAvailable
    days { date slots { startsAt endsAt agentCount } }
  }
}`

/** Compares agents with 300 busy times over 60 days in the built-in calendar and in external ones. */
async function measureSlots(stage: CalendarStage): Promise<void> {
  const builtIn = await insertWorkspace(stage, { agents: SLOTS_AGENTS, hours: HOURS })
  const external = await insertWorkspace(stage, { agents: SLOTS_AGENTS, hours: HOURS })
  for (const days of [0, 30]) {
    await insertMeetings(stage, { workspaceId: builtIn.workspaceId, from: new Date(NOW + days * DAY) })
  }
  await copyToExternal(stage, { from: builtIn.workspaceId, to: external.workspaceId })
  await stage.sql.query('ANALYZE')
  const asks: (() => Promise<string>)[] = []
  for (const { workspaceId } of [builtIn, external]) {
    const [visitor] = await insertVisitors(stage, { workspaceId, count: 1 })
    const ask = createClient(stage.url, visitor?.token ?? '')
    const variables = { from: new Date(NOW).toISOString(), to: new Date(NOW + 30 * DAY).toISOString() }
    asks.push(() => ask({ query: SLOTS, variables }))
  }
  for (const provider of PROVIDERS) await stage.emulators.ask('takeLog', provider)
  const [one, other] = await Promise.all(asks.map((ask) => ask()))
  bar(one === other, 'the same busy times give different slots')
  const [own = [], others = []] = await measureInTurn(asks)
  const ratio = percentile(others, 50) / percentile(own, 50)
  for (const [name, times] of Object.entries({ 'built-in': own, external: others })) {
    console.log([name, ...[50, 95].map((percent) => percentile(times, percent).toFixed(1))].join('\t'))
  }
  console.log(`external : built-in ${ratio.toFixed(2)}`)
  bar(ratio <= MAX_SLOTS_RATIO, `slots take ${ratio.toFixed(2)} times as long with external calendars`)
  for (const provider of PROVIDERS) {
    const { requests } = await stage.emulators.ask<TakenLog>('takeLog', provider)
    bar(requests === 0, `${provider} got ${requests} requests because of slots`)
  }
}

/** Copies the meetings of one workspace as busy times to another, agent by agent. */
async function copyToExternal(
  { sql }: CalendarStage,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await sql.query(
    `UPDATE "CalendarConnection" SET "provider" = 'GOOGLE', "subject" = "id"::text, "lastSyncedAt" = $2, "knownFrom" = $2::timestamptz - interval '1 day',
       "knownUntil" = $2::timestamptz + interval '70 days' WHERE "workspaceId" = $1`,
    [to, new Date(NOW + LOAD.minutes * 60 * SECOND)],
  )
  await sql.query(
    `INSERT INTO "CalendarBusy" ("workspaceId", "connectionId", "eventId", "startsAt", "endsAt")
     SELECT $2, c."id", md5(r."id"::text), r."startsAt", r."endsAt"
     FROM "Reservation" r
     JOIN "RoutingPlace" mine ON mine."agentId" = r."agentId" AND mine."kind" = 'MEETING'
     JOIN "RoutingPlace" theirs ON theirs."workspaceId" = $2 AND theirs."kind" = 'MEETING'
       AND theirs."position" = mine."position"
     JOIN "CalendarConnection" c ON c."agentId" = theirs."agentId"
     WHERE r."workspaceId" = $1`,
    [from, to],
  )
}

await withCalendarStage(async (stage) => {
  console.log(`${describeMachine()}, ${await describePostgres(stage)}`)
  console.log(`${READ.connections} calendars with ${READ.events} events over 60 days, read by one node`)
  console.log(
    'calendars a minute, fetched alone, ratio of time; CPU ms each, fetched alone, ratio; requests each, most, at once',
  )
  for (const provider of PROVIDERS) await measureReading(stage, provider)
  console.log(`${LOAD.connections} calendars, ${LOAD.changesPerMinute} changes a minute`)
  await measureLoad(stage)
  console.log('slots of 100 agents over 30 days, 300 busy times each over 60 days: p50 ms, p95 ms')
  await measureSlots(stage)
})
process.exit()
