// Runs the transactions of use cases. A transaction that Postgres aborts in favour of a concurrent one is retried; once
// it is committed, the nodes are woken that read the streams it wrote to.
import type { Database, Transaction } from '../database/open.ts'
import { DEADLOCK_DETECTED, SERIALIZATION_FAILURE, sqlStateOf } from '../database/sql-state.ts'
import type { WakeUps } from './ports/wake-ups.ts'

const ATTEMPTS = 4
/** More than there are agents to choose from at one time: a program that starts again for ever is at fault. */
const MOST_STARTS = 1000

const writtenStreams = new WeakMap<Transaction, Set<string>>()

/** Records the streams that a transaction writes to, for the wake-up after the commit. */
export function noteStreams(tx: Transaction, streamIds: string[]): void {
  const known = writtenStreams.get(tx) ?? new Set()
  for (const streamId of streamIds) known.add(streamId)
  writtenStreams.set(tx, known)
}

/** Thrown in a transaction to run it again from the beginning: what it read before it had a lock has changed, or its next
 * lock would come out of order (database/locks.ts). Another transaction has committed each time, so this ends. */
export class StartAgain extends Error {
  override name = 'StartAgain'
}

/** Runs a transaction, and retries it when it throws `StartAgain`, after a deadlock or a serialisation failure. Everything
 * that `work` does outside of `tx` must be idempotent. */
export async function runTransaction<Answer>(
  { database, wakeUps }: { database: Database; wakeUps: WakeUps },
  work: (tx: Transaction) => Promise<Answer>,
): Promise<Answer> {
  let attempt = 1
  let starts = 1
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
      if (error instanceof StartAgain && ++starts < MOST_STARTS) continue
      const state = sqlStateOf(error)
      const isRetryable = state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED
      if (!isRetryable || attempt === ATTEMPTS) throw error
      attempt += 1
    }
  }
}
