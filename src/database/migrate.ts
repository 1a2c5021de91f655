// Migrates a database to the state of prisma/schema.prisma, with Prisma's own schema engine compiled to WebAssembly:
// nothing is downloaded, and the engine keeps Prisma's usual table _prisma_migrations.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { type MigrationList, SchemaEngine, type SchemaFilter } from '@prisma/schema-engine-wasm'
import type { OpenDatabase } from './open.ts'
import { lackOfRights, UnusableDatabaseError } from './unusable-database-error.ts'

const PRISMA_FOLDER = join(import.meta.dirname, '../../prisma')
const MIGRATIONS_FOLDER = join(PRISMA_FOLDER, 'migrations')
const SCHEMA_FILE = join(PRISMA_FOLDER, 'schema.prisma')
const NO_FILTER: SchemaFilter = { externalTables: [], externalEnums: [] }

/** Applies the pending migrations. Several nodes may call it at once: an advisory lock of Postgres lets one through at
 * a time.
 * @returns the names of the migrations it applied
 * @throws UnusableDatabaseError if the user lacks rights, the database has other tables, or a migration failed before
 * @throws Error if a migration fails, or was edited after it had been applied */
export async function migrate(database: OpenDatabase): Promise<string[]> {
  await requireRights(database)
  return withEngine(database, async (engine) => {
    const migrationsList = await readMigrations()
    const { editedMigrationNames, history } = await engine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters: NO_FILTER,
    })
    if (history?.diagnostic === 'historiesDiverge' && history.lastCommonMigrationName === null)
      throw notOurs()
    if (editedMigrationNames.length > 0) {
      throw new Error(`These migrations were edited after they ran: ${editedMigrationNames.join(', ')}`)
    }
    const { appliedMigrationNames } = await engine
      .applyMigrations({ migrationsList, filters: NO_FILTER })
      .catch((error: unknown) => {
        // Only now, under the lock: before, the migration that another node is applying looks like a failed one.
        const failed = codeOf(error) === 'P3009' && /`(\d{14}_\w+)`/.exec(String(error))?.[1]
        if (failed) throw failedBefore(failed)
        throw isNotEmpty(error) ? notOurs() : error
      })
    if (appliedMigrationNames.length > 0) await database.readNewTypes()
    return appliedMigrationNames
  })
}

/** For a program that must not migrate, because nodes of an earlier version may run.
 * @throws UnusableDatabaseError if migrations are pending */
export async function requireMigrated(database: OpenDatabase): Promise<void> {
  const { history } = await withEngine(database, async (engine) =>
    engine.diagnoseMigrationHistory({
      migrationsList: await readMigrations(),
      optInToShadowDatabase: false,
      filters: NO_FILTER,
    }),
  )
  if (history?.diagnostic !== 'databaseIsBehind' && history?.diagnostic !== 'historiesDiverge') return
  if (history.unappliedMigrationNames.length === 0) return
  throw new UnusableDatabaseError(
    'The database is empty, or an earlier version wrote it. Start the program of this version once (npm start), which brings it up to date.',
  )
}

/** Before the first migration, which without them would stop half-way. */
async function requireRights({ client }: OpenDatabase): Promise<void> {
  const [rights] = await client.$queryRaw<{ database: string; suffice: boolean }[]>`
    SELECT current_database()::text AS "database", has_database_privilege(current_database(), 'CREATE')
      OR (SELECT count(*) = 2 FROM pg_extension WHERE extname IN ('btree_gist', 'pg_trgm'))
        AND EXISTS (SELECT FROM pg_namespace WHERE nspname = 'pgboss') AS "suffice"`
  if (!rights?.suffice) throw lackOfRights(`permission denied for database ${rights?.database}`)
}

/** https://www.prisma.io/docs/orm/reference/error-reference#p3005 */
const isNotEmpty = (error: unknown) => codeOf(error) === 'P3005'

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : null)

const notOurs = () =>
  new UnusableDatabaseError(
    'The database is not empty, and its tables are not those of Switchboard. Let DATABASE_URL name a database of its own: a new one, or the one that Switchboard has used before.',
  )

const failedBefore = (name: string) =>
  new UnusableDatabaseError(
    `The migration ${name} failed at an earlier start and may be half done. Restore the backup from before it; a new database without data can be dropped and created again.`,
  )

/** Migrates the database, then compares it with prisma/schema.prisma.
 * @returns the SQL that would migrate the database to the schema; empty if they agree */
export async function differenceToSchema(database: OpenDatabase): Promise<string> {
  await migrate(database)
  return withEngine(database, async (engine) => {
    const files = [{ path: SCHEMA_FILE, content: await readSchema() }]
    const { stdout } = await engine.diff({
      // Compares with the database, not with the list of migrations: the engine would replay those on a shadow database
      // without extensions.
      from: { tag: 'schemaDatasource', files, configDir: PRISMA_FOLDER },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: NO_FILTER,
    })
    const script = stdout ?? ''
    return script.includes('This is an empty migration') ? '' : script
  })
}

async function withEngine<Answer>(
  database: OpenDatabase,
  use: (engine: SchemaEngine) => Promise<Answer>,
): Promise<Answer> {
  const { adapter } = database
  // The engine does not close its connections.
  const connections: { dispose(): Promise<void> }[] = []
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    connect: async () => {
      const connection = await adapter.connect()
      connections.push(connection)
      return connection
    },
    connectToShadowDb: () => adapter.connectToShadowDb(),
  })
  const datamodels: [string, string][] = [[SCHEMA_FILE, await readSchema()]]
  const engine = await SchemaEngine.new({ datamodels }, () => {}, factory)
  try {
    return await use(engine)
  } finally {
    engine.free()
    await Promise.all(connections.map((connection) => connection.dispose()))
  }
}

async function readMigrations(): Promise<MigrationList> {
  const entries = await readdir(MIGRATIONS_FOLDER, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const migrationDirectories = await Promise.all(
    names.sort().map(async (name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: 'ok' as const,
          value: await readFile(join(MIGRATIONS_FOLDER, name, 'migration.sql'), 'utf8'),
        },
      },
    })),
  )
  return {
    baseDir: MIGRATIONS_FOLDER,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    migrationDirectories,
    shadowDbInitScript: '',
  }
}

function readSchema(): Promise<string> {
  return readFile(SCHEMA_FILE, 'utf8')
}
