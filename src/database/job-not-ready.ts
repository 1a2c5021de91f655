/** A handler throws it if the job cannot run yet. No error is reported. The job runs again after `retryInMs`; without it,
 * with back-off like a failed one. */
export class JobNotReady extends Error {
  override name = 'JobNotReady'
  readonly retryInMs: number | null

  constructor(message: string, { retryInMs = null }: { retryInMs?: number | null } = {}) {
    super(message)
    this.retryInMs = retryInMs
  }
}
