// Jobs on pg-boss, in the same database as everything else: a job is enlisted in the transaction that makes
// it necessary, and gone with a rollback. A job runs at least once; handlers must bear a repeat.
import { fromPrisma, type Job, type JobResult, PgBoss } from 'pg-boss'
import type { OpenDatabase, Transaction } from './open.ts'

/** What each job's handler is given, by the name of its queue. */
export type JobKinds = Record<string, object>
export type JobHandlers<Kinds extends JobKinds> = {
  [Name in keyof Kinds]: (data: Kinds[Name]) => Promise<void>
}

export interface JobQueue<Kinds extends JobKinds> {
  /** Enlists jobs in the transaction. */
  enlist<Name extends keyof Kinds & string>(tx: Transaction, name: Name, jobs: Kinds[Name][]): Promise<void>
  /** Starts working them off on this node. */
  work(handlers: JobHandlers<Kinds>): Promise<void>
  /** Finishes what is running, within pg-boss's own deadline, and stops. */
  stop(): Promise<void>
}

/** It is too early for a job; it is tried again later, and nothing is wrong. */
export class JobNotReady extends Error {
  override name = 'JobNotReady'
}

/** Tried for about a day: 1 s, 2 s, 4 s … at most 15 minutes apart. */
const RETRIES = { retryLimit: 100, retryDelay: 1, retryBackoff: true, retryDelayMax: 900 }
/** A job whose node was killed is taken up by another when no sign of life came for this time, at the next
 * supervision. A node gives several signs in it, so that one that comes late takes no running job away. */
const ABANDONED_AFTER_SECONDS = 20
const SIGN_OF_LIFE_EVERY_SECONDS = 4
const SUPERVISE_EVERY_SECONDS = 10
/** For a handler that never ends. Longer than a server may take for a mail with some ten answers
 * (services/notifications/mail/smtp-mailer.ts). */
const GIVEN_UP_AFTER_SECONDS = 2 * 60 * 60
const POLL_EVERY_SECONDS = 1
const BATCH_SIZE = 20
/** Of each queue on a node, so that one slow job does not keep all others waiting. */
const BATCHES_AT_ONCE = 2

const QUEUE_OPTIONS = {
  ...RETRIES,
  heartbeatSeconds: ABANDONED_AFTER_SECONDS,
  expireInSeconds: GIVEN_UP_AFTER_SECONDS,
}

/** Opens the queues, creating what they need in the database.
 * @param options.names every queue there is
 * @param options.onError told of failed attempts and of troubles of the queue itself; must not throw */
export async function openJobQueue<Kinds extends JobKinds>(
  database: OpenDatabase,
  options: {
    names: (keyof Kinds & string)[]
    /** Jobs that come again and again, with their times as in cron, in UTC. */
    schedules: Record<string, string>
    onError: (error: unknown) => void
  },
): Promise<JobQueue<Kinds>> {
  const boss = new PgBoss({
    ...database.jobQueueConnection,
    superviseIntervalSeconds: SUPERVISE_EVERY_SECONDS,
    monitorIntervalSeconds: SUPERVISE_EVERY_SECONDS,
  })
  boss.on('error', options.onError)
  await boss.start()
  for (const name of options.names) {
    await boss.createQueue(name, QUEUE_OPTIONS)
    // A queue that an earlier version made keeps what that version set.
    await boss.updateQueue(name, QUEUE_OPTIONS)
    // Fills pg-boss's cache of queues: its own look-up while a transaction is open would never end on PGlite.
    await boss.insert(name, [])
  }
  return {
    enlist: async (tx, name, jobs) => {
      const withData = jobs.map((data) => ({ data }))
      if (withData.length > 0) await boss.insert(name, withData, { db: fromPrisma(tx) })
    },
    work: async (handlers) => {
      for (const [name, cron] of Object.entries(options.schedules)) await boss.schedule(name, cron)
      for (const name of options.names) {
        await boss.work<Kinds[typeof name]>(
          name,
          {
            batchSize: BATCH_SIZE,
            burstWhenBatchFull: true,
            localConcurrency: BATCHES_AT_ONCE,
            heartbeatRefreshSeconds: SIGN_OF_LIFE_EVERY_SECONDS,
            perJobResults: true,
            pollingIntervalSeconds: POLL_EVERY_SECONDS,
          },
          (jobs) => {
            const { onError } = options
            // A job that is done must not be repeated because the node stops while a slow one of its batch still runs.
            const note = (job: Job) => boss.complete(name, job).then(() => {}, onError)
            return Promise.all(
              jobs.map((job) => settle(job, { handler: handlers[name], onDone: note, onError })),
            )
          },
        )
      }
    },
    stop: () => boss.stop({ graceful: true, timeout: 10_000, close: true }),
  }
}

async function settle<Data>(
  job: Job<Data>,
  work: {
    handler(data: Data): Promise<void>
    /** Must not throw. */
    onDone(job: Job<Data>): Promise<void>
    onError(error: unknown): void
  },
): Promise<JobResult> {
  try {
    await work.handler(job.data)
  } catch (error) {
    if (!(error instanceof JobNotReady)) work.onError(error)
    return { id: job.id, status: 'failed', output: { message: String(error) } }
  }
  await work.onDone(job)
  return { id: job.id, status: 'completed' }
}
