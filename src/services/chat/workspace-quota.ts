// Limits on all visitors of a workspace together. They stop a flood of made-up visitors who each stay within the limits
// of one visitor, and are so high that real visitors never reach them.
import type { QuotaKind } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import type { Transaction } from '../../database/open.ts'
import { MINUTE } from '../time.ts'
import { type Quota, quotaExceeded, windowStart } from './quota.ts'

/** Each minute is counted in this many rows, so that visitors who call at the same time seldom wait for each other. */
const PARTS = 8

export const WORKSPACE_QUOTAS: Record<QuotaKind, Quota> = {
  CHAT_REQUEST: {
    limit: 6000,
    windowMs: 10 * MINUTE,
    counts: 'requests by all visitors of a workspace together',
  },
  VISITOR_MESSAGE: {
    limit: 120_000,
    windowMs: 10 * MINUTE,
    counts: 'messages by all visitors of a workspace together',
  },
}

/** Counts one use, by whole minutes, in one statement that reads few rows however many uses there were. Uses counted by
 * transactions that have not committed yet are not included.
 * @param use.visitorId decides which part counts the use; other visitors of that part wait until the transaction ends
 * @throws QuotaExceededError when the workspace's quota is exhausted; then nothing is counted */
export async function useWorkspaceQuota(
  tx: Transaction,
  {
    kind,
    workspaceId,
    visitorId,
    now,
  }: { kind: QuotaKind; workspaceId: string; visitorId: string; now: Date },
): Promise<void> {
  const quota = WORKSPACE_QUOTAS[kind]
  const minute = new Date(Math.floor(now.getTime() / MINUTE) * MINUTE)
  const part = Number.parseInt(visitorId.slice(-2), 16) % PARTS
  noteLocks(tx, 'quota', [`${kind} ${minute.toISOString()} ${part}`])
  const recent = await tx.$queryRaw<CountedMinute[]>`
    WITH recent AS (
      SELECT "minute", sum("count")::int AS "count" FROM "QuotaCount"
      WHERE "workspaceId" = ${workspaceId}::uuid AND "kind" = ${kind}::"QuotaKind"
        AND "minute" > ${windowStart(quota, minute)}::timestamptz
      GROUP BY "minute"
    ), counted AS (
      INSERT INTO "QuotaCount" ("workspaceId", "kind", "minute", "part", "count")
      SELECT ${workspaceId}::uuid, ${kind}::"QuotaKind", ${minute}::timestamptz, ${part}::int, 1
      WHERE (SELECT coalesce(sum("count"), 0) FROM recent) < ${quota.limit}::int
      ON CONFLICT ("workspaceId", "kind", "minute", "part") DO UPDATE SET "count" = "QuotaCount"."count" + 1
    )
    SELECT "minute", "count" FROM recent ORDER BY "minute" DESC`
  requireRemaining(quota, recent)
}

interface CountedMinute {
  minute: Date
  count: number
}

/** @param recent the latest first
 * @throws QuotaExceededError, which resets once enough of the oldest minutes no longer count */
function requireRemaining(quota: Quota, recent: CountedMinute[]): void {
  let sum = 0
  for (const { minute, count } of recent) {
    sum += count
    if (sum >= quota.limit) throw quotaExceeded(quota, minute)
  }
}
