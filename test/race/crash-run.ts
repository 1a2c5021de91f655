// The run that crash.test.ts checks: meetings are booked and moved while the process is killed at random moments and
// started again. A client that gets no answer retries with the same idempotency key.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { expect, vi } from 'vitest'
import { DAY, MINUTE } from '../kit/clock.ts'
import { createPostgresDatabase } from '../kit/database.ts'
import { randomFrom } from '../kit/random.ts'
import {
  type MeetingResult,
  mutateMeeting,
  openAroundTheClock,
  type ServerProcess,
  startServerProcess,
  startVisits,
} from '../kit/server-process.ts'
import { type SmtpSink, startSmtpSink } from '../services/notifications/smtp-sink.ts'

export const BOOKINGS = Number(process.env.CRASH_BOOKINGS ?? 100)
/** Half of the meetings are moved as soon as they are booked. */
export const MOVES = BOOKINGS / 2
export const isMoved = (number: number): boolean => number % 2 === 1
/** Before the last answer; one more kill follows it. */
export const KILLS = 6
export const CRASHES_DEADLINE_MS = 60_000 + 600 * BOOKINGS
export const JOBS_DEADLINE_MS = 120_000

const CLIENTS = 20
/** The number of booked meetings at which the last kill is due; some more are booked until it comes. */
const LAST_KILL_AT = BOOKINGS / 2
const LONGEST_DELAY_MS = 50
const MOST_FURTHER_MAILS = 10
/** Fewer than there are agents, so that a duplicate booking would find a free agent. */
const BOOKINGS_PER_TIME = 4
/** The process runs by the real clock. */
const FIRST_TIME = (Math.floor(Date.now() / DAY) + 2) * DAY

export interface CrashRun {
  databaseUrl: string
  sql: pg.Client
  /** Contains the mails, when there is no sink. */
  folder: string
  sink: SmtpSink | null
  /** By idempotency key: "book 7" for meeting 7, "move 7" if it was moved as well. */
  answers: Map<string, MeetingResult>
  /** The number of booked meetings at each kill. */
  bookedAtKills: number[]
  /** Calls whose answer did not arrive. */
  lostAnswers: number
  /** Calls among them that had their effect. */
  effectsWithoutAnswer: number
  /** Removes the database and the folder. */
  remove(): Promise<void>
}

/** @param mailGoesTo a folder, or an SMTP server that keeps every message that it receives */
export async function prepareCrashRun(mailGoesTo: 'folder' | 'smtp'): Promise<CrashRun> {
  const { url, drop } = await createPostgresDatabase()
  const sql = new pg.Client({ connectionString: url })
  await sql.connect()
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-crash-'))
  const sink = mailGoesTo === 'smtp' ? await startSmtpSink() : null
  const remove = async () => {
    await sink?.close()
    await sql.end()
    await drop()
    await rm(folder, { recursive: true, force: true })
  }
  const counters = { answers: new Map(), bookedAtKills: [], lostAnswers: 0, effectsWithoutAnswer: 0 }
  return { databaseUrl: url, sql, folder, sink, remove, ...counters }
}

/** Makes all calls, and kills the process meanwhile and once more after the last answer. In the end it runs.
 * @param seed of the random moments */
export async function runThroughCrashes(run: CrashRun, seed: number): Promise<void> {
  const random = randomFrom(seed)
  const environment = {
    DATABASE_URL: run.databaseUrl,
    DATA_DIR: run.folder,
    // The port changes with every start, but the links in mails must not.
    PUBLIC_URL: 'http://switchboard.test',
    ...(run.sink === null ? {} : { SMTP_URL: run.sink.url }),
  }
  /** The server that runs or is starting. */
  let server = startServerProcess(environment)
  await openAroundTheClock(await server)
  const visitors = await startVisits(await server, CLIENTS)
  const kill = async () => {
    const killed = await server
    server = killed.kill().then(async () => {
      run.effectsWithoutAnswer += await countUnansweredEffects(run)
      return startServerProcess(environment)
    })
    run.bookedAtKills.push(countBooked(run))
    await server
  }
  const moments = Array.from({ length: KILLS }, () => random(LAST_KILL_AT)).sort((one, other) => one - other)
  const killRepeatedly = async () => {
    for (const moment of moments) {
      await until(() => countBooked(run) > moment)
      // This delay waits for nothing: it is the random moment itself.
      await delay(random(LONGEST_DELAY_MS))
      const confirm = await furtherMails(run, random(MOST_FURTHER_MAILS))
      await kill()
      confirm()
    }
  }
  const clients = visitors.map((token, first) => callAsClient(run, { current: () => server, token, first }))
  await Promise.all([...clients, killRepeatedly()])
  await kill()
}

/** Waits until every job is done and every calendar written. The next process takes up the jobs of a killed one after some
 * 30 to 60 s. */
export async function finishJobs({ sql }: CrashRun): Promise<void> {
  const unfinished = `SELECT name, state, count(*)::int FROM pgboss.job WHERE state <> 'completed' GROUP BY name, state`
  const unwritten = 'SELECT "meetingId" FROM "CalendarEntry" WHERE "dueAt" IS NOT NULL'
  for (const left of [unfinished, unwritten]) {
    await vi.waitFor(async () => expect((await sql.query(left)).rows).toEqual([]), {
      timeout: JOBS_DEADLINE_MS,
      interval: 200,
    })
  }
}

/** Makes one client's share of the calls, one after the other. */
async function callAsClient(
  run: CrashRun,
  client: { current(): Promise<ServerProcess>; token: string; first: number },
): Promise<void> {
  const { token } = client
  const call = async (mutation: 'bookMeeting' | 'rescheduleMeeting', input: CallInput) => {
    for (;;) {
      const server = client.current()
      try {
        const result = await mutateMeeting(await server, { mutation, token, input })
        run.answers.set(input.idempotencyKey, result)
        return result.id
      } catch (error) {
        if (!(error instanceof TypeError) || server === client.current()) throw error
        run.lostAnswers += 1
      }
    }
  }
  for (let number = client.first; number < BOOKINGS; number += CLIENTS) {
    const { booking, newTime } = callsOf(number)
    const meetingId = await call('bookMeeting', booking)
    if (isMoved(number)) await call('rescheduleMeeting', { ...newTime, meetingId })
  }
}

interface CallInput {
  idempotencyKey: string
  startsAt: string
  [field: string]: unknown
}

/** The agenda of a meeting is the key of its booking. */
function callsOf(number: number): { booking: CallInput; newTime: CallInput } {
  const timeOf = (slot: number) => new Date(FIRST_TIME + slot * 5 * MINUTE).toISOString()
  const key = `book ${number}`
  const startsAt = timeOf(number % (BOOKINGS / BOOKINGS_PER_TIME))
  const target = { roundRobin: true }
  return {
    booking: { target, startsAt, timeZone: 'UTC', agenda: key, idempotencyKey: key },
    newTime: { startsAt: timeOf(BOOKINGS + number), idempotencyKey: `move ${number}` },
  }
}

function countBooked({ answers }: CrashRun): number {
  return [...answers.keys()].filter((key) => key.startsWith('book')).length
}

async function countUnansweredEffects({ sql, answers }: CrashRun): Promise<number> {
  const { rows } = await sql.query<{ key: string }>('SELECT "key" FROM "IdempotencyKey"')
  return rows.filter(({ key }) => !answers.has(key)).length
}

/** Waits until this many further mails have reached the server, and one more, which it has not confirmed yet; no longer than
 * meetings are booked, because later mails may be those of a killed process, which take a minute.
 * @returns confirms it, too late */
async function furtherMails(run: CrashRun, count: number): Promise<() => void> {
  const { sink } = run
  if (sink === null) return () => {}
  const received = (mails: number) =>
    until(() => sink.received.length >= mails || countBooked(run) === BOOKINGS)
  await received(sink.received.length + count)
  const confirm = sink.holdAnswers(1)
  await received(sink.received.length + 1)
  return confirm
}

function until(condition: () => boolean): Promise<unknown> {
  return vi.waitUntil(condition, { timeout: CRASHES_DEADLINE_MS, interval: 1 })
}
