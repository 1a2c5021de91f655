// Migrated, empty databases: PGlite from a dump made once for each run, or, with TEST_DATABASE_URL, copies of a template
// on that Postgres server (see global-setup.ts). A worker keeps the ones it has and empties them for the next test file,
// because a new one takes longer than all the tests of many a file.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, type OpenDatabase, openPglite, openPostgres } from '../../src/database/open.ts'
import { QUICK_TIMERS } from './jobs.ts'
import { asOnOneConnection } from './one-connection.ts'

/** Whether this run is on a Postgres server, where transactions really run at the same time. */
export const onPostgres = (): boolean => inject('databaseKind') === 'POSTGRES'

/** The address of a new database on the test server, for tests that start processes of their own.
 * `drop` removes it. */
export async function createPostgresDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = inject('postgresUrl')
  const name = `${inject('postgresDatabases')}_${randomUUID().replaceAll('-', '')}`
  await run(server, `CREATE DATABASE ${name} TEMPLATE ${inject('postgresTemplate')}`)
  // What a crash of the server would lose is in no test's question; locks and transactions are the same.
  await run(server, `ALTER DATABASE ${name} SET synchronous_commit = off`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => run(server, `DROP DATABASE ${name} WITH (FORCE)`) }
}

interface KeptDatabase {
  open(): Promise<OpenDatabase>
  close(database: OpenDatabase): Promise<void>
  /** With their schemas, quoted: those without a row when the database was new. */
  tables: string[]
}

/** What this worker has and no test uses. More than one when a test opened several at a time. */
const free: KeptDatabase[] = []

/** Opens a migrated, empty database. Closing it leaves it to the next test; global-setup.ts removes it in the end. */
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

async function keepPostgres(): Promise<KeptDatabase> {
  const { url } = await createPostgresDatabase()
  return { open: async () => openPostgres(url), close: (database) => database.close(), tables: [] }
}

async function keepPglite(): Promise<KeptDatabase> {
  const dump = await readFile(inject('pgliteDump'))
  const database = await openPglite({ folder: null, dump: new Blob([new Uint8Array(dump)]) })
  return { open: async () => database, close: async () => {}, tables: [] }
}

/** @returns the tables of the application and of the job queue that have no row */
async function emptyTables(client: Database): Promise<string[]> {
  const all = await client.$queryRaw<{ name: string }[]>`
    SELECT format('%I.%I', n.nspname, c.relname) AS "name" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'pgboss') AND c.relkind IN ('r', 'p') AND NOT c.relispartition`
  const looks = all.map(({ name }) => `SELECT '${name}' AS "name" WHERE NOT EXISTS (SELECT FROM ${name})`)
  const without = await client.$queryRawUnsafe<{ name: string }[]>(looks.join(' UNION ALL '))
  return without.map(({ name }) => name)
}

/** In one statement, because foreign keys are looked at when it ends. TRUNCATE would make new files for every table and
 * wait until they are on the disk, which takes some 30 times as long. */
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
