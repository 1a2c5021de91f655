import { QuotaExceededError } from '../../../errors.ts'

/** So many of something within so long. */
export interface Quota {
  most: number
  withinMs: number
  /** What is told when it is used up. */
  message: string
}

/** @param latest the instants within that time, the latest first; no more than `most` are looked at
 * @throws QuotaExceededError when it is used up */
export function requireQuota({ most, withinMs, message }: Quota, latest: Date[]): void {
  const oldest = latest[most - 1]
  if (oldest === undefined) return
  throw new QuotaExceededError(message, { limit: most, resetsAt: new Date(oldest.getTime() + withinMs) })
}

/** @returns the instant after which it counts */
export const quotaSince = ({ withinMs }: Quota, now: Date): Date => new Date(now.getTime() - withinMs)
