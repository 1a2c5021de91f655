// The order in which a transaction takes its locks, and a watch that it does. The locks themselves, with what each of
// them protects, are in locks.ts.
import type { Transaction } from './open.ts'

/** From the first to the last. locks.ts says what each stands for. */
const LOCK_ORDER = [
  'installation',
  'idempotency key',
  'caller',
  'workspace',
  'visitor',
  'person',
  'conversation',
  'quota',
  'pool',
  'agent',
  'calendar',
  'connection',
  'reservation',
  'place',
  'meeting',
  'role',
  'stream',
] as const

export type LockRank = (typeof LOCK_ORDER)[number]

/** A fault of the program: a transaction takes its locks in an order in which it may wait for another one for ever. */
export class LockOrderError extends Error {
  override name = 'LockOrderError'
}

interface Lock {
  rank: LockRank
  /** Names the row within its rank; locks of one rank are taken in the order of their ids. */
  id: string
}

interface Taken {
  all: Set<string>
  last: Lock
}

const taken = new WeakMap<Transaction, Taken>()
let isWatching = false

/** Has every transaction of this process watched from now on. For tests: it costs memory, and finds what is wrong with
 * the program, not with the data. */
export function watchLocks(): void {
  isWatching = true
}

/** Notes that a transaction takes locks of one rank. What it has already may be taken again at any time.
 * @param ids in any order; empty when nothing was found to lock
 * @throws LockOrderError when they come before a lock that the transaction has, if locks are watched */
export function noteLocks(tx: Transaction, rank: LockRank, ids: string[]): void {
  if (!isWatching) return
  for (const id of [...ids].sort()) noteLock(tx, { rank, id })
}

function noteLock(tx: Transaction, lock: Lock): void {
  const before = taken.get(tx)
  const name = nameOf(lock)
  if (before?.all.has(name)) return
  if (before && isBefore(lock, before.last)) {
    throw new LockOrderError(
      `${name} is locked after ${nameOf(before.last)}. The order is in database/locks.ts.`,
    )
  }
  taken.set(tx, { all: (before?.all ?? new Set()).add(name), last: lock })
}

const nameOf = ({ rank, id }: Lock) => `${rank} ${id}`

function isBefore(one: Lock, other: Lock): boolean {
  const distance = LOCK_ORDER.indexOf(one.rank) - LOCK_ORDER.indexOf(other.rank)
  return distance < 0 || (distance === 0 && one.id < other.id)
}
