// Reads the SQLSTATE from an error of Prisma. Prisma's own codes and error shapes differ between Postgres and PGlite.
// https://www.postgresql.org/docs/current/errcodes-appendix.html

export const UNIQUE_VIOLATION = '23505'
export const EXCLUSION_VIOLATION = '23P01'
export const SERIALIZATION_FAILURE = '40001'
export const DEADLOCK_DETECTED = '40P01'

/** The SQLSTATE of a failed statement, or null if the error did not come from the database. */
export function sqlStateOf(error: unknown): string | null {
  for (let depth = 0, current = error; depth < 5 && isObject(current); depth++) {
    const code = current.originalCode ?? (current.kind === 'postgres' ? current.code : undefined)
    if (typeof code === 'string') return code
    current = current.driverAdapterError ?? current.meta ?? current.cause
  }
  return null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
