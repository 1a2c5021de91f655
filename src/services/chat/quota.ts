// Rate limits on what visitors and agents do in chats.
import { QuotaExceededError } from '../../errors.ts'
import { formatCount, formatDuration } from '../wording.ts'

/** A rate limit: at most `limit` uses within a sliding window of `windowMs`. */
export interface Quota {
  limit: number
  windowMs: number
  /** What is counted, for example "messages by one sender". */
  counts: string
}

/** @returns a sentence for people, which is also the message of the error */
export function describeQuota({ limit, windowMs, counts }: Quota): string {
  return `At most ${formatCount(limit)} ${counts} are accepted within ${formatDuration(windowMs)}.`
}

/** @param oldest when the oldest of the uses that exhaust the quota was made */
export function quotaExceeded(quota: Quota, oldest: Date): QuotaExceededError {
  const resetsAt = new Date(oldest.getTime() + quota.windowMs)
  return new QuotaExceededError(describeQuota(quota), { limit: quota.limit, resetsAt })
}

/** @param latest the uses within the window, the latest first; only the first `limit` are read
 * @throws QuotaExceededError when the quota is exhausted */
export function requireQuota(quota: Quota, latest: Date[]): void {
  const oldest = latest[quota.limit - 1]
  if (oldest !== undefined) throw quotaExceeded(quota, oldest)
}

/** @returns the start of the window that ends now; only later uses count */
export const windowStart = ({ windowMs }: Quota, now: Date): Date => new Date(now.getTime() - windowMs)
