// Prepares, once for each run and project, the empty migrated database that every test file begins with, and removes the
// databases of the run in the end.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import pg from 'pg'
import { fromPglite } from 'pg-boss'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import type { TestProject } from 'vitest/node'
import { PrismaClient } from '../../src/database/generated/client/client.ts'
import { openJobQueue } from '../../src/database/job-queue.ts'
import { migrate } from '../../src/database/migrate.ts'
import { type OpenDatabase, openPostgres } from '../../src/database/open.ts'
import { JOB_NAMES } from '../../src/services/jobs.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    databaseKind: 'PGLITE' | 'POSTGRES'
    pgliteDump: string
    postgresUrl: string
    postgresTemplate: string
    /** What the names of the run's databases begin with. */
    postgresDatabases: string
  }
}

const PREFIX = 'switchboard_test_'

export default async function setUp(project: TestProject) {
  const url = process.env.TEST_DATABASE_URL ?? ''
  const onPostgres = url !== '' && project.name !== 'pglite'
  project.provide('databaseKind', onPostgres ? 'POSTGRES' : 'PGLITE')
  project.provide('postgresUrl', url)
  return onPostgres ? prepareTemplate(project, url) : prepareDump(project)
}

async function prepareDump(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-test-'))
  const pglite = await PGlite.create({ extensions: { btree_gist, pg_trgm } })
  const adapter = new PrismaPGlite(pglite)
  const client = new PrismaClient({ adapter })
  await prepare({
    client,
    adapter,
    jobQueueConnection: { db: fromPglite(pglite), backend: 'pglite' },
    kind: 'PGLITE',
    readNewTypes: async () => {},
    close: () => client.$disconnect(),
  })
  const dump = await pglite.dumpDataDir('none')
  const file = join(folder, 'database.tar')
  await writeFile(file, Buffer.from(await dump.arrayBuffer()))
  await pglite.close()
  project.provide('pgliteDump', file)
  project.provide('postgresTemplate', '')
  project.provide('postgresDatabases', '')
  return () => rm(folder, { recursive: true })
}

async function prepareTemplate(project: TestProject, url: string) {
  const server = new pg.Client({ connectionString: url })
  await server.connect()
  await dropLeftOvers(server)
  const databases = `${PREFIX}${process.pid}_${Date.now()}_${project.name}`
  await server.query('SELECT pg_advisory_lock(hashtext($1))', [databases])
  const template = `${databases}_template`
  await server.query(`CREATE DATABASE ${template}`)
  const address = new URL(url)
  address.pathname = `/${template}`
  await prepare(openPostgres(address.href))
  project.provide('pgliteDump', '')
  project.provide('postgresTemplate', template)
  project.provide('postgresDatabases', databases)
  return async () => {
    await dropDatabases(server, databases)
    await server.end()
  }
}

/** Runs that were killed have left theirs. A run that goes on, here or on another machine, holds the lock on its name. */
async function dropLeftOvers(server: pg.Client): Promise<void> {
  const { rows } = await server.query<{ databases: string }>(
    `SELECT DISTINCT substring(datname FROM '^${PREFIX}[0-9]+_[0-9]+_[a-z]+') AS databases FROM pg_database
     WHERE datname ~ '^${PREFIX}[0-9]+_[0-9]+_[a-z]+_'`,
  )
  for (const { databases } of rows) {
    const { rows: locks } = await server.query('SELECT pg_try_advisory_lock(hashtext($1)) AS taken', [
      databases,
    ])
    if (!locks[0].taken) continue
    await dropDatabases(server, databases)
    await server.query('SELECT pg_advisory_unlock(hashtext($1))', [databases])
  }
}

async function dropDatabases(server: pg.Client, databases: string): Promise<void> {
  const { rows } = await server.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
    [`${databases}_`],
  )
  for (const { datname } of rows) await server.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`)
}

async function prepare(database: OpenDatabase): Promise<void> {
  await migrate(database)
  const jobs = await openJobQueue(database, {
    names: JOB_NAMES,
    schedules: {},
    onError: console.error,
    stopSignal: new AbortController().signal,
  })
  await jobs.stop()
  await database.close()
}
