import type pg from 'pg'
import { expect } from 'vitest'
import { eventually } from './eventually.ts'

/** How many deadlocks the database of the connection had to resolve so far. The transactions that it gave up for them
 * were run again, so that no caller noticed. To be called when the application is stopped: connections that are closed
 * have reported all of theirs. */
export async function countDeadlocks(sql: pg.Client): Promise<number> {
  await eventually(async () => {
    const { rows } = await sql.query(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND backend_type = 'client backend'`,
    )
    expect(rows).toEqual([])
  })
  const { rows } = await sql.query(
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  )
  return rows[0].deadlocks
}
