// Runs the transactions of use cases. A transaction that Postgres aborts in favour of a concurrent one is retried; once
// it is committed, the nodes are woken that read the streams it wrote to.
import type { Database, Transaction } from '../database/open.ts'
import { DEADLOCK_DETECTED, SERIALIZATION_FAILURE, sqlStateOf } from '../database/sql-state.ts'
import type { WakeUps } from './ports/wake-ups.ts'

const ATTEMPTS = 4

const writtenStreams = new WeakMap<Transaction, Set<string>>()

/** Records the streams that a transaction writes to, for the wake-up after the commit. */
export function noteStreams(tx: Transaction, streamIds: string[]): void {
  const known = writtenStreams.get(tx) ?? new Set()
  for (const streamId of streamIds) known.add(streamId)
  writtenStreams.set(tx, known)
}

/** Runs a transaction, and retries it after a deadlock or a serialisation failure. Everything that `work` does outside
 * of `tx` must be idempotent. */
export async function runTransaction<Answer>(
  { database, wakeUps }: { database: Database; wakeUps: WakeUps },
  work: (tx: Transaction) => Promise<Answer>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
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
      const state = sqlStateOf(error)
      const isRetryable = state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED
      if (!isRetryable || attempt === ATTEMPTS) throw error
    }
  }
}
