// Runs the jobs of one queue on this node, each by itself: a job that takes long, or hangs, takes one place of many and
// delays no other job. pg-boss's own workers fetch the next jobs only when their whole batch is done.
import type { Clock, Job, PgBoss } from 'pg-boss'
import { JobNotReady } from './job-not-ready.ts'

export interface JobRunnerOptions<Data extends object> {
  boss: PgBoss
  name: string
  /** @param signal aborts at the job's deadline, and when this node stops */
  handler: (data: Data, signal: AbortSignal) => Promise<void>
  /** Enlists a job with the same data for later. */
  again: (data: Data, options: { inMs: number }) => Promise<void>
  /** Receives the errors of failed attempts and of the queue; must not throw. */
  onError: (error: unknown) => void
  timers: Clock
  /** Jobs that run at the same time on this node. */
  places: number
  /** Whether jobs of one group run one after another. */
  hasGroups: boolean
  lookEveryMs: number
  heartbeatEveryMs: number
  deadlineMs: number
}

type Claim = Pick<Job, 'id' | 'retryCount'>

interface Running {
  claim: Claim
  abort: AbortController
  done: Promise<void>
}

export class JobRunner<Data extends object> {
  readonly #options: JobRunnerOptions<Data>
  readonly #running = new Set<Running>()
  readonly #cancels: (() => void)[] = []
  #looking: Promise<void> | null = null
  #isStopped = false

  constructor(options: JobRunnerOptions<Data>) {
    this.#options = options
    const { timers, lookEveryMs, heartbeatEveryMs } = options
    this.#every(timers, { ms: lookEveryMs, action: () => this.#look() })
    this.#every(timers, { ms: heartbeatEveryMs, action: () => this.#sendHeartbeats() })
    this.#look()
  }

  /** Starts no further job, and waits for the running ones. Those that are not done in time are aborted, and run again
   * elsewhere or later. */
  async stop({ withinMs }: { withinMs: number }): Promise<void> {
    this.#isStopped = true
    const { timers } = this.#options
    await this.#looking
    let timer: unknown
    const isLate = new Promise((resolve) => {
      timer = timers.setTimeout(() => resolve(true), withinMs)
    })
    await Promise.race([isLate, Promise.all(this.#dones)])
    timers.clearTimeout(timer)
    const left = [...this.#running]
    for (const { abort } of left) abort.abort(new Error('This node stops.'))
    await Promise.all(left.map(({ done }) => done))
    for (const cancel of this.#cancels) cancel()
  }

  get #dones(): Promise<void>[] {
    return [...this.#running].map(({ done }) => done)
  }

  #every(timers: Clock, { ms, action }: { ms: number; action: () => void }): void {
    const timer = timers.setInterval(action, ms)
    this.#cancels.push(() => timers.clearInterval(timer))
  }

  #look(): void {
    this.#looking ??= this.#startWaiting()
      .catch(this.#options.onError)
      .finally(() => {
        this.#looking = null
      })
  }

  /** Starts the jobs that wait, as far as there are places, until none is left. */
  async #startWaiting(): Promise<void> {
    const { boss, name, places, hasGroups } = this.#options
    const oneOfGroup = hasGroups ? { groupConcurrency: 1 } : {}
    while (!this.#isStopped) {
      const free = places - this.#running.size
      // The next look finds the places that have become free.
      if (free === 0) return
      const jobs = await boss.fetch<Data>(name, { batchSize: free, ...oneOfGroup })
      for (const job of jobs) this.#start(job)
      if (jobs.length < free) return
    }
  }

  #start(job: Job<Data>): void {
    const { id, retryCount } = job
    const claim = { id, retryCount }
    const abort = new AbortController()
    const running: Running = { claim, abort, done: Promise.resolve() }
    running.done = this.#run(job, { claim, abort })
      .catch(this.#options.onError)
      .finally(() => {
        this.#running.delete(running)
        // A place is free, and jobs may wait for it.
        if (!this.#isStopped && this.#running.size === this.#options.places - 1) this.#look()
      })
    this.#running.add(running)
  }

  async #run(job: Job<Data>, { claim, abort }: Pick<Running, 'claim' | 'abort'>): Promise<void> {
    const { boss, name, handler, timers, deadlineMs } = this.#options
    const { signal } = abort
    const timer = timers.setTimeout(
      () => abort.abort(new Error(`${name}: the job took too long.`)),
      deadlineMs,
    )
    try {
      await orAborted(handler(job.data, signal), signal)
    } catch (error) {
      await this.#retry(job, { claim, error })
      return
    } finally {
      timers.clearTimeout(timer)
    }
    await boss.complete(name, [claim])
  }

  async #retry(job: Job<Data>, { claim, error }: { claim: Claim; error: unknown }): Promise<void> {
    const { boss, name, again, onError } = this.#options
    if (error instanceof JobNotReady && error.retryInMs !== null) {
      await again(job.data, { inMs: error.retryInMs })
      await boss.complete(name, [claim])
      return
    }
    if (!(error instanceof JobNotReady)) onError(error)
    await boss.fail(name, [claim], { message: String(error) })
  }

  /** Without them, another node takes the jobs over. */
  #sendHeartbeats(): void {
    const { boss, name, onError } = this.#options
    const claims = [...this.#running].map(({ claim }) => claim)
    if (claims.length > 0) boss.touch(name, claims).catch(onError)
  }
}

/** Settles as the work does, or rejects as soon as the signal aborts: work may ignore the signal. */
function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}
