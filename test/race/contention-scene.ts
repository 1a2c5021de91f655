// Two nodes of the application on one Postgres database, asked over their GraphQL door, with a record of every call. A
// deadlock shows in three ways: Postgres counts it, the call takes the second after which Postgres looks for one, and a
// call that loses again and again fails.
import pg from 'pg'
import { expect } from 'vitest'
import { openPostgres } from '../../src/database/open.ts'
import { createTestWorkspace, type TestWorkspace } from '../kit/actors.ts'
import { START, startApp, type TestApp } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { createTestClock, MINUTE } from '../kit/clock.ts'
import { createPostgresDatabase } from '../kit/database.ts'
import { countDeadlocks } from '../kit/deadlocks.ts'
import { eventually } from '../kit/eventually.ts'

/** No call may take longer, unless all do, because the machine is busy. These tests run alone (test/kit/selection.ts). */
const MAX_CALL_MS = 2000
const MAX_TIMES_MEDIAN = 30
/** A Tuesday, the day after the scene's clock. */
const MIDNIGHT = Date.UTC(2026, 2, 3)

export const ROUND_THE_CLOCK = { start: 0, end: 1440 }
export const atMinute = (minute: number) => new Date(MIDNIGHT + minute * MINUTE).toISOString()

interface Call {
  name: string
  /** The type of the answer, or the error. */
  outcome: string
  tookMs: number
}

export interface Contention {
  nodes: [TestApp, TestApp]
  workspace: TestWorkspace
  /** Past the application. */
  sql: pg.Client
  /** Calls one node after the other, and records the outcome.
   * @returns null when the answer was an error of ours */
  call<Answer extends { __typename: string }>(
    name: string,
    ask: (node: TestApp) => Promise<Answer>,
  ): Promise<Answer | null>
  /** How often each kind of call had each outcome. */
  outcomes(): Record<string, Record<string, number>>
  /** Stops the nodes, and fails if the database met a deadlock, if a call took too long, or if there was a fault. */
  finish(): Promise<void>
  stop(): Promise<void>
}

export async function startContention(): Promise<Contention> {
  const database = await createPostgresDatabase()
  const clock = createTestClock(START)
  const start = (jobs: boolean) => startApp({ database: openPostgres(database.url), clock, jobs })
  const nodes: [TestApp, TestApp] = [await start(true), await start(false)]
  const sql = new pg.Client({ connectionString: database.url })
  await sql.connect()
  const calls: Call[] = []
  const workspace = await createTestWorkspace(nodes[0])
  let isRunning = true
  const stopNodes = async () => {
    if (isRunning) for (const node of nodes) await node.stop()
    isRunning = false
  }
  return {
    nodes,
    sql,
    workspace,
    call: async (name, ask) => {
      const startedAt = performance.now()
      const number = calls.push({ name, outcome: 'PENDING', tookMs: 0 })
      const record = (outcome: string) =>
        Object.assign(calls[number - 1] as Call, { outcome, tookMs: performance.now() - startedAt })
      try {
        const answer = await ask(nodes[number % 2] as TestApp)
        record(answer.__typename)
        return answer
      } catch (error) {
        record(String(error))
        return null
      }
    },
    outcomes: () => countOutcomes(calls),
    finish: async () => {
      await stopNodes()
      expectNoTrouble({ calls, nodes, deadlocks: await countDeadlocks(sql) })
    },
    stop: async () => {
      await stopNodes()
      await sql.end()
      await database.drop()
    },
  }
}

interface Seen {
  calls: Call[]
  nodes: TestApp[]
  deadlocks: number
}

function expectNoTrouble({ calls, nodes, deadlocks }: Seen): void {
  const slowest = calls.reduce((longest, { tookMs }) => Math.max(longest, tookMs), 0)
  const most = Math.max(MAX_CALL_MS, MAX_TIMES_MEDIAN * median(calls.map(({ tookMs }) => tookMs)))
  const bar = `the slowest took ${Math.round(slowest)} of ${Math.round(most)} ms`
  console.log(`${calls.length} calls, ${bar}; ${deadlocks} deadlocks`)
  console.log(JSON.stringify(countOutcomes(calls)))
  expect({
    deadlocks,
    failed: calls.filter(({ outcome }) => outcome.startsWith('Error')),
    tooLong: calls.filter(({ tookMs }) => tookMs > most),
    faults: nodes.flatMap(({ faults }) => faults),
  }).toEqual({ deadlocks: 0, failed: [], tooLong: [], faults: [] })
}

const median = (numbers: number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0

function countOutcomes(calls: Call[]): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {}
  for (const { name, outcome } of calls) {
    counts[name] ??= {}
    counts[name][outcome] = (counts[name][outcome] ?? 0) + 1
  }
  return counts
}

/** @returns the tokens of new visitors */
export function createVisitors(
  { nodes, workspace }: Pick<Contention, 'nodes' | 'workspace'>,
  count: number,
): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, () => createVisitor(nodes[0], workspace)))
}

/** Until so many transactions wait for a lock. */
export const waitForWaiting = ({ sql }: Contention, count: number): Promise<void> =>
  eventually(async () => {
    const { rows } = await sql.query(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    expect(rows).toHaveLength(count)
  })
