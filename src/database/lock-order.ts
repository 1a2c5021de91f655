// The order in which a transaction must take its locks, and a watch that checks it in tests. The locks themselves, and
// what each of them protects, are in locks.ts.
import type { Transaction } from './open.ts'

/** From the first to the last. The header of locks.ts explains each of them. */
const LOCK_ORDER = [
  'installation',
  'idempotency key',
  'caller',
  'workspace',
  'dialogue',
  'visitor',
  'unique value',
  'person',
  'conversation',
  'dialogue session',
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

/** A bug in the program: a transaction takes its locks in an order that can end in a deadlock. */
export class LockOrderError extends Error {
  override name = 'LockOrderError'
}

interface Lock {
  rank: LockRank
  /** Identifies the row within its rank. Locks of one rank are taken in the order of their ids. */
  id: string
}

interface Taken {
  all: Set<string>
  last: Lock
}

const taken = new WeakMap<Transaction, Taken>()
let isWatching = false

/** Watches every transaction of this process from now on. For tests only: it costs memory, and it finds bugs in the
 * program, not in the data. */
export function watchLocks(): void {
  isWatching = true
}

/** Notes that a transaction takes locks of one rank. A lock that it already has can be taken again at any time.
 * @param ids in any order; empty when there was no row to lock
 * @throws LockOrderError when one of them comes before the transaction's last lock, while locks are watched */
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
