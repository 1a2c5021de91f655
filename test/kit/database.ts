// Migrated, empty databases: PGlite from a dump made once for each run, or, with TEST_DATABASE_URL, copies of a template
// on that Postgres server (see global-setup.ts). A worker keeps its databases and empties them for the next test file,
// because creating one takes longer than the tests of most files.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, type OpenDatabase, openPglite, openPostgres } from '../../src/database/open.ts'
import { QUICK_TIMERS } from './jobs.ts'
import { asOnOneConnection } from './one-connection.ts'

/** Whether this run uses a Postgres server, where transactions run concurrently. */
export const onPostgres = (): boolean => inject('databaseKind') === 'POSTGRES'

/** Creates a database on the test server, for tests that start processes of their own.
 * @returns its address, and `drop`, which removes it */
export async function createPostgresDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = inject('postgresUrl')
  const name = `${inject('postgresDatabases')}_${randomUUID().replaceAll('-', '')}`
  await run(server, `CREATE DATABASE ${name} TEMPLATE ${inject('postgresTemplate')}`)
  // No test crashes the server, and without waiting for the disk locks and transactions behave the same.
  await run(server, `ALTER DATABASE ${name} SET synchronous_commit = off`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => run(server, `DROP DATABASE ${name} WITH (FORCE)`) }
}

interface KeptDatabase {
  open(): Promise<OpenDatabase>
  close(database: OpenDatabase): Promise<void>
  /** The tables that are empty in a new database, with their schemas, quoted. */
  tables: string[]
}

/** The databases of this worker that no test uses. There are several if a test opened several at the same time. */
const free: KeptDatabase[] = []

/** Opens a migrated, empty database. Closing it returns it to the pool; global-setup.ts removes it at the end. */
export async function openTestDatabase(): Promise<OpenDatabase> {
  const kept = free.pop()
  const current = kept ?? (await (onPostgres() ? keepPostgres() : keepPglite()))
  const database = await current.open()
  if (kept) await empty(database.client, kept.tables)
  else current.tables = await emptyTables(database.client)
  return {
    ...database,
    client: asOnOneConnection(database.client),
    jobQueueConnection: { ...database.jobQueueConnection, clock: QUICK_TIMERS },
    close: async () => {
      await current.close(database)
      free.push(current)
    },
  }
}

/** Several workers share one Postgres, whose connections must suffice for all of them. */
const CONNECTIONS = 12

async function keepPostgres(): Promise<KeptDatabase> {
  const { url } = await createPostgresDatabase()
  return {
    open: async () => openPostgres(url, { connections: CONNECTIONS }),
    close: (database) => database.close(),
    tables: [],
  }
}

async function keepPglite(): Promise<KeptDatabase> {
  const dump = await readFile(inject('pgliteDump'))
  const database = await openPglite({ folder: null, dump: new Blob([new Uint8Array(dump)]) })
  return { open: async () => database, close: async () => {}, tables: [] }
}

/** @returns the tables of the application and of the job queue that have no rows */
async function emptyTables(client: Database): Promise<string[]> {
  const all = await client.$queryRaw<{ name: string }[]>`
    SELECT format('%I.%I', n.nspname, c.relname) AS "name" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'pgboss') AND c.relkind IN ('r', 'p') AND NOT c.relispartition`
  const queries = all.map(({ name }) => `SELECT '${name}' AS "name" WHERE NOT EXISTS (SELECT FROM ${name})`)
  const empty = await client.$queryRawUnsafe<{ name: string }[]>(queries.join(' UNION ALL '))
  return empty.map(({ name }) => name)
}

/** Deletes all rows in one statement, because foreign keys are checked at its end. TRUNCATE would create new files for
 * every table and flush them to the disk, which takes about 30 times as long. */
async function empty(client: Database, tables: string[]): Promise<void> {
  const deletions = tables.map((table, number) => `t${number} AS (DELETE FROM ${table})`)
  await client.$executeRawUnsafe(`WITH ${deletions.join(', ')} SELECT`)
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
