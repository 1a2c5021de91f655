// Runs a change. Everything that a use case writes goes through here: it is done again when the database gave it up
// for the sake of another change, and once it is committed, the readers of the streams it wrote to are woken.
import type { Database, Transaction } from '../database/open.ts'
import { DEADLOCK_DETECTED, SERIALIZATION_FAILURE, sqlStateOf } from '../database/sql-state.ts'
import type { WakeUps } from './ports/wake-ups.ts'

const ATTEMPTS = 4
/** More than there are agents to choose from at one time: a program that starts again for ever is at fault. */
const MOST_STARTS = 1000

const writtenStreams = new WeakMap<Transaction, Set<string>>()

/** Notes that a transaction wrote to streams. */
export function noteStreams(tx: Transaction, streamIds: string[]): void {
  const known = writtenStreams.get(tx) ?? new Set()
  for (const streamId of streamIds) known.add(streamId)
  writtenStreams.set(tx, known)
}

/** Thrown in a transaction to have it run again from the beginning: what it read before it had the lock is not so any
 * more, or the next lock would come out of order (database/locks.ts). As another transaction was committed each time,
 * it ends. */
export class StartAgain extends Error {
  override name = 'StartAgain'
}

/** Runs a transaction, again if it starts again, or if the database gave it up (deadlock, serialisation). Whatever `work`
 * does outside `tx` must be idempotent. */
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
      const worthRepeating = state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED
      if (!worthRepeating || attempt === ATTEMPTS) throw error
      attempt += 1
    }
  }
}
