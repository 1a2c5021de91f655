import { QuotaExceededError } from '../../../errors.ts'
import { formatCount, formatDuration } from '../../wording.ts'

/** So many of something within so long. */
export interface Quota {
  most: number
  withinMs: number
  /** What is counted, for example "messages by one sender". */
  counts: string
}

/** @returns a sentence for people: the message once it is used up */
export function describeQuota({ most, withinMs, counts }: Quota): string {
  return `At most ${formatCount(most)} ${counts} are accepted within ${formatDuration(withinMs)}.`
}

/** @param oldest the oldest of the latest that use it up */
export function quotaExceeded(quota: Quota, oldest: Date): QuotaExceededError {
  const resetsAt = new Date(oldest.getTime() + quota.withinMs)
  return new QuotaExceededError(describeQuota(quota), { limit: quota.most, resetsAt })
}

/** @param latest the instants within that time, the latest first; no more than `most` are looked at
 * @throws QuotaExceededError when it is used up */
export function requireQuota(quota: Quota, latest: Date[]): void {
  const oldest = latest[quota.most - 1]
  if (oldest !== undefined) throw quotaExceeded(quota, oldest)
}

/** @returns the instant after which it counts */
export const quotaSince = ({ withinMs }: Quota, now: Date): Date => new Date(now.getTime() - withinMs)
