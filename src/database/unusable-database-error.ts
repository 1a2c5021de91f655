/** The database cannot be used as it is. The message tells the operator in a sentence what to do. */
export class UnusableDatabaseError extends Error {
  override name = 'UnusableDatabaseError'
}

/** @param denied what Postgres says, for example "permission denied for schema public" */
export function lackOfRights(denied: string): UnusableDatabaseError {
  return new UnusableDatabaseError(
    `The user of the database lacks a right: ${denied}. Make it the owner of the database, or let it create tables, the extensions btree_gist and pg_trgm and the schema pgboss.`,
  )
}
