// Reads the SQLSTATE from an error of Prisma. Prisma's own codes and error shapes differ between Postgres and PGlite.
// https://www.postgresql.org/docs/current/errcodes-appendix.html

import { isConnectionError } from './postgres-socket.ts'

export const UNIQUE_VIOLATION = '23505'
export const FOREIGN_KEY_VIOLATION = '23503'
/** In place of the one before, for the deletion of a row that others refer to, from Postgres 18 on. */
export const RESTRICT_VIOLATION = '23001'
export const EXCLUSION_VIOLATION = '23P01'
export const SERIALIZATION_FAILURE = '40001'
export const DEADLOCK_DETECTED = '40P01'

/** A lost connection, a server that starts, stops or was killed, and one without a free connection. */
const AWAY_STATE = /^(?:08...|57P0[123]|53300)$/
/** How Prisma's adapter calls errors that have no SQLSTATE. */
const AWAY_KINDS: unknown[] = [
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]
/** What `pg` says without any code, and Prisma when a transaction has waited too long for its server. */
const AWAY_MESSAGE =
  /^Connection terminated|^timeout (?:expired|exceeded when trying to connect)|is not queryable$|Unable to start a transaction in the given time|on an expired transaction/

/** The SQLSTATE of a failed statement, or null if the error did not come from the database. */
export function sqlStateOf(error: unknown): string | null {
  for (const cause of causesOf(error)) {
    const code = cause.originalCode ?? (cause.kind === 'postgres' ? cause.code : undefined)
    if (typeof code === 'string') return code
  }
  return null
}

/** The database does not answer in time. */
export class DatabaseAwayError extends Error {
  override name = 'DatabaseAwayError'
}

/** Whether the statement failed because the database cannot be reached or does not answer, so that the same may succeed
 * later. */
export function isDatabaseAway(error: unknown): boolean {
  if (AWAY_STATE.test(sqlStateOf(error) ?? '')) return true
  return causesOf(error).some(
    (cause) =>
      cause instanceof DatabaseAwayError ||
      isConnectionError(cause) ||
      AWAY_KINDS.includes(cause.kind) ||
      (typeof cause.message === 'string' && AWAY_MESSAGE.test(cause.message)),
  )
}

/** What went wrong, in the words of Postgres or its driver: Prisma's message begins with the call. */
export function reasonOfFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(reasonOfFailure).join(', ')
  return /Message: `(.+)`$/m.exec(error.message)?.[1] ?? error.message.trim().split('\n').at(-1) ?? ''
}

function causesOf(error: unknown): Record<string, unknown>[] {
  const causes: Record<string, unknown>[] = []
  for (let current = error; causes.length < 5 && isObject(current); ) {
    causes.push(current)
    current = current.driverAdapterError ?? current.meta ?? current.cause
  }
  return causes
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
