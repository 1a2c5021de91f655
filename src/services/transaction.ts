// Runs the transactions of use cases. A transaction that Postgres aborts in favour of a concurrent one is retried; once
// it is committed, the nodes are woken that read the streams it wrote to.
import { setTimeout as pause } from 'node:timers/promises'
import type { Database, Transaction } from '../database/open.ts'
import { DEADLOCK_DETECTED, SERIALIZATION_FAILURE, sqlStateOf } from '../database/sql-state.ts'
import type { WakeUps } from './ports/wake-ups.ts'

/** After deadlocks and serialisation failures. */
const MAX_ATTEMPTS = 4
/** More than other transactions can make necessary within seconds: a program that restarts for ever is at fault. */
const MAX_RESTARTS = 200
/** These follow at once: what the transaction waited for is usually done. */
const RESTARTS_WITHOUT_BACKOFF = 3
const MAX_BACKOFF_MS = 50

const writtenStreams = new WeakMap<Transaction, Set<string>>()

/** Records the streams that a transaction writes to, for the wake-up after the commit. */
export function noteStreams(tx: Transaction, streamIds: string[]): void {
  const known = writtenStreams.get(tx) ?? new Set()
  for (const streamId of streamIds) known.add(streamId)
  writtenStreams.set(tx, known)
}

/** Thrown in a transaction to restart it: what it read before it had a lock has changed, or its next
 * lock would come out of order (database/locks.ts). Each time another transaction makes progress, so this ends. */
export class RestartTransaction extends Error {
  override name = 'RestartTransaction'
}

/** Runs a transaction, and retries it when it throws `RestartTransaction`, after a deadlock or a serialisation failure.
 * Everything that `work` does outside of `tx` must be idempotent. */
export async function runTransaction<Answer>(
  { database, wakeUps }: { database: Database; wakeUps: WakeUps },
  work: (tx: Transaction) => Promise<Answer>,
): Promise<Answer> {
  const failures = { deadlocks: 0, restarts: 0 }
  for (;;) {
    let streamIds: Set<string> | undefined
    try {
      const answer = await database.$transaction(async (tx) => {
        const done = await work(tx)
        streamIds = writtenStreams.get(tx)
        return done
      })
      if (streamIds) wakeUps.publish([...streamIds])
      return answer
    } catch (error) {
      if (!(await mayRetry(error, failures))) throw error
    }
  }
}

/** Counts the failure, and waits if the transaction was restarted often. */
async function mayRetry(error: unknown, failures: { deadlocks: number; restarts: number }): Promise<boolean> {
  if (error instanceof RestartTransaction) {
    failures.restarts += 1
    const excess = failures.restarts - RESTARTS_WITHOUT_BACKOFF
    if (excess > 0) await pause(Math.random() * Math.min(MAX_BACKOFF_MS, 2 ** excess))
    return failures.restarts < MAX_RESTARTS
  }
  const state = sqlStateOf(error)
  if (state !== SERIALIZATION_FAILURE && state !== DEADLOCK_DETECTED) return false
  failures.deadlocks += 1
  return failures.deadlocks < MAX_ATTEMPTS
}
