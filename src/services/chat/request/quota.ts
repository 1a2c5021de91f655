import { QuotaExceededError } from '../../../errors.ts'
import { formatCount, formatDuration } from '../../wording.ts'

/** A rate limit: at most `most` uses within a sliding window of `withinMs`. */
export interface Quota {
  most: number
  withinMs: number
  /** What is counted, for example "messages by one sender". */
  counts: string
}

/** @returns a sentence for people, which is also the message of the error */
export function describeQuota({ most, withinMs, counts }: Quota): string {
  return `At most ${formatCount(most)} ${counts} are accepted within ${formatDuration(withinMs)}.`
}

/** @param oldest when the oldest of the uses that exhaust the quota was made */
export function quotaExceeded(quota: Quota, oldest: Date): QuotaExceededError {
  const resetsAt = new Date(oldest.getTime() + quota.withinMs)
  return new QuotaExceededError(describeQuota(quota), { limit: quota.most, resetsAt })
}

/** @param latest when the quota was used within its time, the latest first; only the first `most` are read
 * @throws QuotaExceededError when the quota is exhausted */
export function requireQuota(quota: Quota, latest: Date[]): void {
  const oldest = latest[quota.most - 1]
  if (oldest !== undefined) throw quotaExceeded(quota, oldest)
}

/** @returns the instant after which a use counts */
export const quotaSince = ({ withinMs }: Quota, now: Date): Date => new Date(now.getTime() - withinMs)
