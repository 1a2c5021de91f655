// Runs the jobs of one queue on this node, each by itself: a job that takes long, or hangs, takes one place of many and
// delays no other job. pg-boss's own workers fetch the next jobs only when their whole batch is done.
import type { Clock, Job, PgBoss } from 'pg-boss'
import { JobNotReady } from './job-not-ready.ts'
import { orAborted } from './or-aborted.ts'

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
  /** Aborts when the node stops and running jobs have had their time. */
  stopSignal: AbortSignal
}

type Claim = Pick<Job, 'id' | 'retryCount'>

interface Running {
  claim: Claim
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

  /** Starts no further job, and waits for the running ones. Those that are not done when the node's stop signal aborts
   * are aborted, and run again elsewhere or later. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#looking
    await Promise.all([...this.#running].map(({ done }) => done))
    for (const cancel of this.#cancels) cancel()
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
    const running: Running = { claim, done: Promise.resolve() }
    running.done = this.#run(job, claim)
      .catch(this.#options.onError)
      .finally(() => {
        this.#running.delete(running)
        // A place is free, and jobs may wait for it.
        if (!this.#isStopped && this.#running.size === this.#options.places - 1) this.#look()
      })
    this.#running.add(running)
  }

  async #run(job: Job<Data>, claim: Claim): Promise<void> {
    const { boss, name, handler, timers, deadlineMs, stopSignal } = this.#options
    const abort = new AbortController()
    const signal = AbortSignal.any([abort.signal, stopSignal])
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
    const { boss, name, again, onError, stopSignal } = this.#options
    if (error instanceof JobNotReady && error.retryInMs !== null) {
      await again(job.data, { inMs: error.retryInMs })
      await boss.complete(name, [claim])
      return
    }
    if (!(error instanceof JobNotReady) && !stopSignal.aborted) onError(error)
    await boss.fail(name, [claim], { message: String(error) })
  }

  /** Without them, another node takes the jobs over. */
  #sendHeartbeats(): void {
    const { boss, name, onError } = this.#options
    const claims = [...this.#running].map(({ claim }) => claim)
    if (claims.length > 0) boss.touch(name, claims).catch(onError)
  }
}
