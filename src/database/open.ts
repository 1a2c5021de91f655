// Opens the database: Postgres by its URL, or PGlite, which is Postgres inside this process, in a folder or in memory.
// Both are used through the same client; nothing outside of this folder may depend on which one it is.
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { PrismaPg } from '@prisma/adapter-pg'
import { fromPglite, type ConstructorOptions as JobQueueOptions } from 'pg-boss'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { DEFAULT_DATABASE_CONNECTIONS } from '../config/config.ts'
import { lockFolder } from './folder-lock.ts'
import { PrismaClient } from './generated/client/client.ts'
import { PipeliningClient, PostgresClient } from './postgres-client.ts'
import { createPostgresSocket } from './postgres-socket.ts'
import { requireResponding } from './responding-folder.ts'
import { reasonOfFailure } from './sql-state.ts'
import { UnusableDatabaseError } from './unusable-database-error.ts'

export type Database = PrismaClient
/** The client inside `database.$transaction(async (tx) => …)`. Only `tx` may be used there: on PGlite a query on the
 * outer client would never return (docs/gotchas.md). */
export type Transaction = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0]

export interface OpenDatabase {
  client: Database
  /** Used by the migrations (see migrate.ts) and nothing else. */
  adapter: PrismaPg | PrismaPGlite
  /** How the job queue reaches the same database. */
  jobQueueConnection: JobQueueOptions
  kind: 'POSTGRES' | 'PGLITE'
  /** To be called once migrations have made new types, so that lists of them can be parameters (docs/gotchas.md). */
  readNewTypes(): Promise<void>
  close(): Promise<void>
}

/** `maxWait` limits the wait for a connection. It is long, because on PGlite all transactions share one connection. */
const TRANSACTION_OPTIONS = { maxWait: 30_000, timeout: 30_000 }
/** How many of a node's connections are the job queue's. */
const JOB_QUEUE_CONNECTIONS = 4
/** Bounded, because each connection keeps all of them in memory. */
const MAX_PREPARED_STATEMENTS = 500

/** Sessions use UTC, because Prisma's adapters read and write instants as UTC. JIT compilation is off: for a statement
 * over many agents it takes longer than the statement itself (docs/benchmarks.md). */
const SESSION = '-c TimeZone=UTC -c jit=off'
/** What a node that hangs, or has lost its connection, holds is free again after this time. */
const BOUNDED_SESSION = `${SESSION} -c statement_timeout=30s -c idle_in_transaction_session_timeout=35s`
/** How long the database may take to show that it is there. */
const READY_WITHIN_MS = 2000
/** How long to wait for a connection: for a free one in the pool, or for the server to accept a new one. */
const CONNECT_MS = 30_000

interface PostgresOptions {
  /** At most so many connections are open; more than the job queue takes. */
  connections?: number
  /** See `createPostgresSocket`. */
  silentMs?: number
}

/** Opens Postgres. No statement and no connection waits for ever.
 * @param url postgres://user:password@host:port/database */
export function openPostgres(
  url: string,
  { connections = DEFAULT_DATABASE_CONNECTIONS, silentMs }: PostgresOptions = {},
): OpenDatabase {
  const connection = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    Client: PostgresClient,
    stream: () => createPostgresSocket({ silentMs }),
  }
  const adapter = new PrismaPg(
    {
      ...connection,
      Client: PipeliningClient,
      max: connections - JOB_QUEUE_CONNECTIONS,
      options: BOUNDED_SESSION,
    },
    { statementNameGenerator: createStatementNames() },
  )
  const client = new PrismaClient({ adapter, transactionOptions: TRANSACTION_OPTIONS })
  return {
    client,
    // A migration may take longer than any other statement.
    adapter: new PrismaPg({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, options: SESSION }),
    jobQueueConnection: { ...connection, max: JOB_QUEUE_CONNECTIONS },
    kind: 'POSTGRES',
    readNewTypes: async () => {},
    close: () => client.$disconnect(),
  }
}

/** Opens Postgres once it answers.
 * @throws UnusableDatabaseError if it does not, or refuses */
export async function reachPostgres(url: string, options?: PostgresOptions): Promise<OpenDatabase> {
  const database = openPostgres(url, options)
  try {
    await database.client.$queryRaw`SELECT 1`
    return database
  } catch (error) {
    await database.close()
    throw new UnusableDatabaseError(
      `The database cannot be used: ${reasonOfFailure(error)}. Check DATABASE_URL.`,
      { cause: error },
    )
  }
}

/** A database that does not answer soon is not ready, although its answer may come. */
export function answers(database: Database): Promise<boolean> {
  const asked = database.$queryRaw`SELECT 1`.then(
    () => true,
    () => false,
  )
  return Promise.race([asked, pause(READY_WITHIN_MS, false, { ref: false })])
}

async function lockRespondingFolder(folder: string) {
  await requireResponding(folder)
  return lockFolder(folder)
}

/** Opens PGlite.
 * @param options.folder where the data is kept; null: in memory
 * @param options.dump the initial data, packed by `PGlite.dumpDataDir`
 * @throws DataFolderInUseError if another process has the folder open
 * @throws UnusableDatabaseError if the folder does not respond or cannot be locked, or its data cannot be read */
export async function openPglite(options: { folder: string | null; dump?: Blob }): Promise<OpenDatabase> {
  const lock = options.folder === null ? null : await lockRespondingFolder(options.folder)
  const pglite = await startPglite(options).catch(async (error: unknown) => {
    await lock?.release()
    throw error
  })
  await pglite.exec("SET TIME ZONE 'UTC'")
  const adapter = new PrismaPGlite(pglite)
  const client = new PrismaClient({ adapter, transactionOptions: TRANSACTION_OPTIONS })
  return {
    client,
    adapter,
    jobQueueConnection: { db: fromPglite(pglite), backend: 'pglite' },
    kind: 'PGLITE',
    readNewTypes: () => pglite.refreshArrayTypes(),
    close: async () => {
      await client.$disconnect()
      await pglite.close()
      await lock?.release()
    },
  }
}

/** @throws UnusableDatabaseError if the data cannot be read */
async function startPglite({ folder, dump }: { folder: string | null; dump?: Blob }): Promise<PGlite> {
  try {
    return await PGlite.create({
      ...(folder === null ? {} : { dataDir: `${folder}/database` }),
      ...(dump ? { loadDataDir: dump } : {}),
      extensions: { btree_gist, pg_trgm },
    })
  } catch (error) {
    // PGlite does not say what it could not read. An error of the system, such as a full disk, speaks for itself.
    if (folder === null || (error instanceof Error && 'syscall' in error)) throw error
    throw new UnusableDatabaseError(
      `The data in ${resolve(folder)} is damaged, or another version of Postgres has written it. Restore a backup of the folder, or move it away to start with an empty database.`,
      { cause: error },
    )
  }
}

/** Names prepared statements, so that Postgres parses and plans each query once per connection. Filters and lists
 * produce ever new texts: those beyond the bound get no name, and Postgres prepares them each time. */
function createStatementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    const known = names.get(sql)
    if (known !== undefined || names.size === MAX_PREPARED_STATEMENTS) return known ?? ''
    const name = `q${names.size}`
    names.set(sql, name)
    return name
  }
}
