// Runs jobs on pg-boss, in the same database as everything else: a job is enlisted in the transaction that makes it
// necessary, and a rollback removes it. A job runs at least once, so handlers must be idempotent.
import { fromPrisma, type Job, type JobResult, PgBoss } from 'pg-boss'
import type { OpenDatabase, Transaction } from './open.ts'

/** The data of each kind of job, by the name of its queue. */
export type JobKinds = Record<string, object>
export type JobHandlers<Kinds extends JobKinds> = {
  [Name in keyof Kinds]: (data: Kinds[Name]) => Promise<void>
}

export interface JobQueue<Kinds extends JobKinds> {
  /** Enlists jobs in the transaction. */
  enlist<Name extends keyof Kinds & string>(tx: Transaction, name: Name, jobs: Kinds[Name][]): Promise<void>
  /** Starts to run jobs on this node. */
  work(handlers: JobHandlers<Kinds>): Promise<void>
  /** Finishes running jobs within pg-boss's deadline, and stops. */
  stop(): Promise<void>
}

/** A handler throws it if the job cannot run yet. The job is retried with back-off, and no error is reported. */
export class JobNotReady extends Error {
  override name = 'JobNotReady'
}

/** A failing job is retried for about a day: after 1 s, 2 s, 4 s … at most 15 minutes apart. */
const RETRIES = { retryLimit: 100, retryDelay: 1, retryBackoff: true, retryDelayMax: 900 }
/** Another node takes over the job of a killed node at the first supervision after so long without a heartbeat. A node
 * sends several heartbeats within this time, so that one that is late does not cost it a running job. */
const HEARTBEAT_TIMEOUT_SECONDS = 20
const HEARTBEAT_EVERY_SECONDS = 4
const SUPERVISE_EVERY_SECONDS = 10
/** Ends a handler that hangs. It must exceed the time that the slowest mail takes: its server answers each of about ten
 * commands just before the timeout (services/notifications/mail/smtp-mailer.ts). */
const HANDLER_TIMEOUT_SECONDS = 2 * 60 * 60
const POLL_EVERY_SECONDS = 1
const BATCH_SIZE = 20
/** Per queue and node. More than one, so that a slow job does not delay all others. */
const CONCURRENT_BATCHES = 2

const QUEUE_OPTIONS = {
  ...RETRIES,
  heartbeatSeconds: HEARTBEAT_TIMEOUT_SECONDS,
  expireInSeconds: HANDLER_TIMEOUT_SECONDS,
}

/** Opens the queues, and creates what they need in the database.
 * @param options.names all queues
 * @param options.onError receives the errors of failed attempts and of pg-boss itself; must not throw */
export async function openJobQueue<Kinds extends JobKinds>(
  database: OpenDatabase,
  options: {
    names: (keyof Kinds & string)[]
    /** The recurring jobs, each with a cron expression in UTC. */
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
    // A queue that an earlier version created still has the options of that version.
    await boss.updateQueue(name, QUEUE_OPTIONS)
    // Fills pg-boss's cache of queues. On PGlite, a look-up while a transaction is open would never return.
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
            localConcurrency: CONCURRENT_BATCHES,
            heartbeatRefreshSeconds: HEARTBEAT_EVERY_SECONDS,
            perJobResults: true,
            pollingIntervalSeconds: POLL_EVERY_SECONDS,
          },
          (jobs) => {
            const { onError } = options
            // Completes each job as soon as it is done. Otherwise a node that stops while a slow job of the batch still
            // runs would cause the finished ones to run again.
            const complete = (job: Job) => boss.complete(name, job).then(() => {}, onError)
            return Promise.all(
              jobs.map((job) => settle(job, { handler: handlers[name], onDone: complete, onError })),
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
