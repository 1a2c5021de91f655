// Runs jobs on pg-boss, in the same database as everything else: a job is enlisted in the transaction that makes it
// necessary, and a rollback removes it. A job runs at least once, so handlers must be idempotent.
import { fromPrisma, PgBoss, systemClock } from 'pg-boss'
import { JobRunner } from './job-runner.ts'
import type { OpenDatabase, Transaction } from './open.ts'
import { noteConnectionError } from './postgres-socket.ts'

/** The data of each kind of job, by the name of its queue. */
export type JobKinds = Record<string, object>
export type JobHandlers<Kinds extends JobKinds> = {
  /** @param signal aborts at the job's deadline, and when this node stops */
  [Name in keyof Kinds]: (data: Kinds[Name], signal: AbortSignal) => Promise<void>
}

export interface JobQueue<Kinds extends JobKinds> {
  /** Enlists jobs in the transaction. */
  enlist<Name extends keyof Kinds & string>(tx: Transaction, name: Name, jobs: Kinds[Name][]): Promise<void>
  /** Deletes the jobs, whatever their state, whose data contains one of these texts as a value.
   * @returns how many were deleted */
  forget(values: string[]): PromiseLike<number>
  /** Starts to run jobs on this node. */
  work(handlers: JobHandlers<Kinds>): Promise<void>
  /** Starts no further job, and waits for the running ones, which the node's stop signal aborts. Jobs can be enlisted. */
  finish(): Promise<void>
  /** Finishes and stops. */
  stop(): Promise<void>
}

/** A failing job is retried for about a day: after 1 s, 2 s, 4 s … at most 15 minutes apart. */
const RETRIES = { retryLimit: 100, retryDelay: 1, retryBackoff: true, retryDelayMax: 900 }
/** Another node takes over the job of a killed node at the first supervision after so long without a heartbeat. A node
 * sends several heartbeats within this time, so that one that is late does not cost it a running job. */
const HEARTBEAT_TIMEOUT_SECONDS = 20
const HEARTBEAT_EVERY_SECONDS = 4
const SUPERVISE_EVERY_SECONDS = 10
/** Limits a job that never ends. It must be longer than a mail may take (services/notifications/mail/smtp-mailer.ts). */
const DEADLINE_SECONDS = 15 * 60
/** After it, a job is taken over from a node that sends heartbeats and does not keep the deadline. */
const EXPIRY_SECONDS = DEADLINE_SECONDS + 60
const LOOK_EVERY_MS = 1000
/** Jobs of one queue that a node runs at the same time. Of mails, each has a connection to the SMTP server, and many
 * servers allow one client no more than 50. */
const PLACES = 40

const QUEUE_OPTIONS = {
  ...RETRIES,
  heartbeatSeconds: HEARTBEAT_TIMEOUT_SECONDS,
  expireInSeconds: EXPIRY_SECONDS,
}

/** Opens the queues, and creates what they need in the database.
 * @param options.names all queues
 * @param options.onError receives the errors of failed attempts and of pg-boss itself; must not throw
 * @param options.stopSignal aborts running jobs when the node stops */
export async function openJobQueue<Kinds extends JobKinds>(
  database: OpenDatabase,
  options: {
    names: (keyof Kinds & string)[]
    /** The recurring jobs, each with a cron expression in UTC. */
    schedules: Record<string, string>
    /** The group of a job. Jobs of one group run one after another, on all nodes; jobs without one, all at once. */
    groups?: { [Name in keyof Kinds]?: (job: Kinds[Name]) => string }
    onError: (error: unknown) => void
    stopSignal: AbortSignal
  },
): Promise<JobQueue<Kinds>> {
  const boss = new PgBoss({
    ...database.jobQueueConnection,
    superviseIntervalSeconds: SUPERVISE_EVERY_SECONDS,
    monitorIntervalSeconds: SUPERVISE_EVERY_SECONDS,
  })
  boss.on('error', (error) => options.onError(toError(error)))
  await boss.start()
  for (const name of options.names) await prepareQueue(boss, name)
  const toInsert = <Name extends keyof Kinds & string>(name: Name, data: Kinds[Name]) =>
    withGroup(data, options.groups?.[name])
  const finish = async () => void (await Promise.all(runners.map((runner) => runner.stop())))
  const runners: { stop(): Promise<void> }[] = []
  const run = <Name extends keyof Kinds & string>(name: Name, handler: JobHandlers<Kinds>[Name]) =>
    new JobRunner<Kinds[Name]>({
      boss,
      name,
      handler,
      again: async (data, { inMs }) => {
        await boss.insert(name, [{ ...toInsert(name, data), startAfter: Math.ceil(inMs / 1000) }])
      },
      onError: options.onError,
      timers: database.jobQueueConnection.clock ?? systemClock,
      places: PLACES,
      hasGroups: options.groups?.[name] !== undefined,
      lookEveryMs: LOOK_EVERY_MS,
      heartbeatEveryMs: HEARTBEAT_EVERY_SECONDS * 1000,
      deadlineMs: DEADLINE_SECONDS * 1000,
      stopSignal: options.stopSignal,
    })
  return {
    enlist: async (tx, name, jobs) => {
      if (jobs.length === 0) return
      const rows = jobs.map((data) => toInsert(name, data))
      await boss.insert(name, rows, { db: fromPrisma(tx) })
    },
    forget: (values) => forget(database, values),
    work: async (handlers) => {
      for (const [name, cron] of Object.entries(options.schedules)) await boss.schedule(name, cron)
      for (const name of options.names) runners.push(run(name, handlers[name]))
    },
    finish,
    stop: async () => {
      await finish()
      await boss.stop()
    },
  }
}

const forget = ({ client }: OpenDatabase, values: string[]): PromiseLike<number> => client.$executeRaw`
  DELETE FROM pgboss.job WHERE EXISTS (
    SELECT FROM jsonb_path_query("data", 'strict $.**') AS found WHERE found #>> '{}' = ANY (${values}::text[])
  )`

async function prepareQueue(boss: PgBoss, name: string): Promise<void> {
  await boss.createQueue(name, QUEUE_OPTIONS)
  // A queue that an earlier version created still has the options of that version.
  await boss.updateQueue(name, QUEUE_OPTIONS)
  // Fills pg-boss's cache of queues. On PGlite, a look-up while a transaction is open would never return.
  await boss.insert(name, [])
}

const withGroup = <Data extends object>(data: Data, groupOf: ((data: Data) => string) | undefined) =>
  groupOf ? { data, group: { id: groupOf(data) } } : { data }

/** pg-boss reports the errors of its statements, as objects with a message that are no errors. */
function toError(reported: object): object {
  if (reported instanceof Error) return reported
  const { message, ...details } = { message: '', ...reported }
  const error = Object.assign(new Error(message), details)
  if ('syscall' in error) noteConnectionError(error)
  return error
}
