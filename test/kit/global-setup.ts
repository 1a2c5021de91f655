// Prepares, once for each run, the empty migrated database that every test file begins with.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
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
  }
}

export default async function setUp(project: TestProject) {
  const url = process.env.TEST_DATABASE_URL ?? ''
  const onPostgres = project.name === 'postgres'
  project.provide('databaseKind', onPostgres ? 'POSTGRES' : 'PGLITE')
  project.provide('postgresUrl', url)
  return onPostgres ? prepareTemplate(project, url) : prepareDump(project)
}

async function prepareDump(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-test-'))
  const pglite = await PGlite.create({ extensions: { btree_gist } })
  const adapter = new PrismaPGlite(pglite)
  const client = new PrismaClient({ adapter })
  await prepare({
    client,
    adapter,
    jobQueueConnection: { db: fromPglite(pglite), backend: 'pglite' },
    kind: 'PGLITE',
    close: () => client.$disconnect(),
  })
  const dump = await pglite.dumpDataDir('none')
  const file = join(folder, 'database.tar')
  await writeFile(file, Buffer.from(await dump.arrayBuffer()))
  await pglite.close()
  project.provide('pgliteDump', file)
  project.provide('postgresTemplate', '')
  return () => rm(folder, { recursive: true })
}

async function prepareTemplate(project: TestProject, url: string) {
  const template = `switchboard_template_${process.pid}`
  const server = new pg.Client({ connectionString: url })
  await server.connect()
  await server.query(`CREATE DATABASE ${template}`)
  const address = new URL(url)
  address.pathname = `/${template}`
  await prepare(openPostgres(address.href))
  project.provide('pgliteDump', '')
  project.provide('postgresTemplate', template)
  return async () => {
    await server.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`)
    await server.end()
  }
}

async function prepare(database: OpenDatabase): Promise<void> {
  await migrate(database)
  const jobs = await openJobQueue(database, { names: JOB_NAMES, schedules: {}, onError: console.error })
  await jobs.stop()
  await database.close()
}
