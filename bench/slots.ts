// Measures the computation of slots alone, without the database: the free slots of each agent over 30 days, then their
// union. Prints ratios next to the times, because a time means nothing on another machine. Run it with
// `npm run bench:slots`; it exits with 1 if a bar is missed.
import { cpus } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  type AgentCalendar,
  findSlots,
  type OfferedSlot,
  unionSlots,
} from '../src/services/booking/slots/rules.ts'
import type { Interval } from '../src/services/time.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE
/** 30 days that include the autumn clock changes of Europe and America. */
export const RANGE = { start: Date.UTC(2026, 9, 12), end: Date.UTC(2026, 9, 12) + 30 * DAY }
const NOW = RANGE.start - 2 * DAY
const BUSY_PER_DAY = 5
const ONE_ZONE = ['Europe/Berlin']
const FIVE_ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
]
const COUNTS = [1, 10, 100, 1000, 10_000]
/** The bars in milliseconds, by number of agents. */
const BARS = new Map([
  [1, 1],
  [100, 30],
  [1000, 250],
])

/** How many times the cost of one agent of 100 one of 10,000 may cost: 1.5 million busy times exceed the CPU's caches.
 * */
const MAX_GROWTH = 1.5

/** Agents with two blocks on each weekday and five busy times of 15 to 60 minutes a day, the same in every run. */
export function makeAgents(count: number, zones: readonly string[]): AgentCalendar[] {
  const random = pseudoRandom(7)
  return Array.from({ length: count }, (_, index) => ({
    schedule: { timeZone: zones[index % zones.length] ?? 'UTC', weekly: officeHours(), overrides: [] },
    durationMinutes: 30,
    bufferMinutes: 0,
    minimumNoticeMinutes: 1440,
    bookingWindowDays: 60,
    slotStepMinutes: null,
    busy: Array.from({ length: 30 * BUSY_PER_DAY }, (_, event) => {
      const start =
        RANGE.start + Math.floor(event / BUSY_PER_DAY) * DAY + Math.floor(random() * 96) * 15 * MINUTE
      return { start, end: start + (1 + Math.floor(random() * 4)) * 15 * MINUTE }
    }),
  }))
}

/** Monday to Friday, 09:00 to 12:00 and 13:00 to 17:00. */
export function officeHours() {
  return [1, 2, 3, 4, 5].flatMap((weekday) => [
    { weekday, start: 540, end: 720 },
    { weekday, start: 780, end: 1020 },
  ])
}

function pseudoRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** The measured work. */
export function slotsOf(agents: readonly AgentCalendar[], range: Interval = RANGE): OfferedSlot[] {
  return unionSlots(
    agents.map((agent) => ({
      durationMinutes: agent.durationMinutes,
      starts: findSlots(agent, { range, now: NOW }),
    })),
  )
}

/** The yardstick: parses the same busy times from ISO strings. */
function readBusy(isoTimes: readonly string[]): number {
  let sum = 0
  for (const iso of isoTimes) sum += new Date(iso).getTime()
  return sum
}

/** Runs work for at least 5 runs and 300 ms, but at most 1,000 runs.
 * @returns the time of the first run and the median of the others, in milliseconds */
export function measure(work: () => unknown): { first: number; median: number } {
  const times: number[] = []
  const begin = performance.now()
  while (times.length < 1000 && (times.length < 5 || performance.now() - begin < 300)) {
    const start = performance.now()
    work()
    times.push(performance.now() - start)
  }
  const [first = 0, ...others] = times
  others.sort((one, other) => one - other)
  return { first, median: others[Math.floor(others.length / 2)] ?? first }
}

/** The used heap after a garbage collection, in MiB. */
function heapMiB(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed / 2 ** 20
}

/** The machine and the versions that the ratios were measured with. */
export function describeMachine(): string {
  const [cpu] = cpus()
  return `${cpu?.model.trim()}, ${cpus().length} cores, Node ${process.version}, tzdata ${process.versions.tz}`
}

/** Prints how long a fresh process takes for its first answer, for which it loads Intl's data and reads the zone. */
function firstAnswer(): void {
  const [agent] = makeAgents(1, ONE_ZONE)
  const { first } = measure(() => slotsOf(agent ? [agent] : []))
  console.log(`First answer of the process, one agent: ${first.toFixed(1)} ms`)
}

interface Row {
  count: number
  first: number
  median: number
  reading: number
  slots: number
  heldMiB: number
}

function measureRow(count: number, zones: readonly string[]): Row {
  const agents = makeAgents(count, zones)
  const isoTimes = agents.flatMap(({ busy }) =>
    busy.flatMap(({ start, end }) => [new Date(start).toISOString(), new Date(end).toISOString()]),
  )
  const { first, median } = measure(() => slotsOf(agents))
  const reading = measure(() => readBusy(isoTimes)).median
  const heapBefore = heapMiB()
  const union = slotsOf(agents)
  return { count, first, median, reading, slots: union.length, heldMiB: heapMiB() - heapBefore }
}

const COLUMNS: { title: string; cell(row: Row, one: Row): string }[] = [
  { title: 'agents', cell: ({ count }) => String(count) },
  { title: 'first ms', cell: ({ first }) => first.toFixed(2) },
  { title: 'median ms', cell: ({ median }) => median.toFixed(3) },
  { title: 'x one agent', cell: ({ median }, one) => (median / one.median).toFixed(1) },
  { title: 'x reading the busy times', cell: ({ median, reading }) => (median / reading).toFixed(2) },
  { title: 'slots', cell: ({ slots }) => String(slots) },
  { title: 'answer MiB', cell: ({ heldMiB }) => heldMiB.toFixed(2) },
  { title: 'process MiB', cell: () => (process.memoryUsage().rss / 2 ** 20).toFixed(0) },
]

/** Prints one table.
 * @returns the missed bars */
function computationAlone(name: string, zones: readonly string[]): string[] {
  console.log(`\nComputation alone, ${name}`)
  console.log(COLUMNS.map(({ title }) => title).join('  '))
  const rows: Row[] = []
  for (const count of COUNTS) {
    const row = measureRow(count, zones)
    rows.push(row)
    const one = rows[0] ?? row
    console.log(COLUMNS.map(({ title, cell }) => cell(row, one).padStart(title.length)).join('  '))
  }
  return missedBars(name, rows)
}

function missedBars(name: string, rows: readonly Row[]): string[] {
  const tooSlow = rows
    .filter(({ count, median }) => median > (BARS.get(count) ?? Infinity))
    .map(
      ({ count, median }) => `${name}, ${count} agents: ${median.toFixed(2)} ms, bar ${BARS.get(count)} ms`,
    )
  const perAgent = rows.map(({ count, median }) => median / count)
  const growth = (perAgent.at(-1) ?? 0) / (perAgent[COUNTS.indexOf(100)] ?? 1)
  console.log(`Per agent, 10,000 agents take ${growth.toFixed(2)} times what 100 take (linear: 1)`)
  return growth > MAX_GROWTH ? [...tooSlow, `${name}: growth is worse than linear`] : tooSlow
}

if (import.meta.main) {
  console.log(describeMachine())
  console.log(`30 days, ${BUSY_PER_DAY} busy times a day, slots of 30 minutes`)
  firstAnswer()
  slotsOf(makeAgents(200, FIVE_ZONES))
  const missed = [...computationAlone('one zone', ONE_ZONE), ...computationAlone('five zones', FIVE_ZONES)]
  for (const bar of missed) console.log(`MISSED ${bar}`)
  process.exitCode = missed.length > 0 ? 1 : 0
}
