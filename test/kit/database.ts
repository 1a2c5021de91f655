// A fresh database for each test file: PGlite from a dump made once for each run, or, with
// TEST_DATABASE_URL, a copy of a template on that Postgres server (see global-setup.ts).

import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { inject } from 'vitest'
import { type OpenDatabase, openPglite, openPostgres } from '../../src/database/open.ts'

/** Whether this run is on a Postgres server, where transactions really run at the same time. */
export const onPostgres = (): boolean => inject('databaseKind') === 'POSTGRES'

/** The address of a new database on the test server, for tests that start processes of their own.
 * `drop` removes it. */
export async function createPostgresDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = inject('postgresUrl')
  const name = `switchboard_test_${randomUUID().replaceAll('-', '')}`
  await run(server, `CREATE DATABASE ${name} TEMPLATE ${inject('postgresTemplate')}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => run(server, `DROP DATABASE ${name} WITH (FORCE)`) }
}

/** Opens a fresh, migrated, empty database. Closing it removes it. */
export async function openTestDatabase(): Promise<OpenDatabase> {
  if (!onPostgres()) {
    const dump = await readFile(inject('pgliteDump'))
    return openPglite({ folder: null, dump: new Blob([new Uint8Array(dump)]) })
  }
  const { url, drop } = await createPostgresDatabase()
  const database = openPostgres(url)
  return {
    ...database,
    close: async () => {
      await database.close()
      await drop()
    },
  }
}

async function run(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
