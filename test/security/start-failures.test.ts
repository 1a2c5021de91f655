// Whoever starts the program reads one sentence about what keeps it from starting, and what to do. The tests start real
// processes, like `npm start`.
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createPostgresDatabase, onPostgres } from '../kit/database.ts'
import { freePort } from '../kit/free-port.ts'
import { isRunning, newFolder, type Program, START_DEADLINE_MS, startProgram } from '../kit/program.ts'

const DEADLINE = { timeout: START_DEADLINE_MS, interval: 50 }

/** @returns what the program says after it did not start */
async function failureOf(environment: Record<string, string>): Promise<string> {
  const program = startProgram(environment)
  expect(await program.exitCode).toBe(1)
  return program.errors()
}

/** One line that ends a sentence. */
const ONE_SENTENCE_AFTER = (start: string) => new RegExp(`^${start}[^\\n]*\\.\\n$`)

describe('a data folder', { timeout: START_DEADLINE_MS }, () => {
  let whole: string
  beforeAll(async () => {
    whole = await mkdtemp(join(tmpdir(), 'switchboard-start-'))
    await (await PGlite.create(whole)).close()
    return () => rm(whole, { recursive: true })
  })

  it.each<[string, (folder: string) => Promise<void>]>([
    ['without the file that Postgres begins with', (folder) => rm(join(folder, 'global/pg_control'))],
    ['of another version of Postgres', (folder) => writeFile(join(folder, 'PG_VERSION'), '99\n')],
    ['with other content', (folder) => writeFile(join(folder, 'global/pg_control'), 'no database')],
  ])('%s is refused, and the refusal says so', async (_name, damage) => {
    const folder = await newFolder()
    const database = join(folder, 'database')
    await cp(whole, database, { recursive: true })
    await damage(database)
    expect(await failureOf({ DATA_DIR: folder })).toMatch(
      ONE_SENTENCE_AFTER(`The data in ${folder} is damaged, or another version`),
    )
  })

  it('that does not respond is reported, with or without a database of its own', async () => {
    const folder = await newFolder()
    // Whoever opens it waits, as on a network file system that is away.
    execFileSync('mkfifo', [join(folder, 'probe')])
    const environments: Record<string, string>[] = [
      { DATA_DIR: folder },
      { DATA_DIR: folder, DATABASE_URL: 'postgres://127.0.0.1:9/x' },
    ]
    for (const failure of await Promise.all(environments.map(failureOf))) {
      expect(failure).toMatch(ONE_SENTENCE_AFTER(`The data folder ${folder} does not respond. `))
    }
  })

  it('that is a file is refused by the system, and the refusal names it', async () => {
    const file = join(await newFolder(), 'file')
    await writeFile(file, '')
    const failure = await failureOf({ DATA_DIR: file })
    expect(failure).toMatch(ONE_SENTENCE_AFTER('The system refused: '))
    expect(failure).toContain(file)
  })
})

describe.runIf(onPostgres())('a database on a Postgres server', { timeout: START_DEADLINE_MS }, () => {
  it('that has tables of another program is refused, and keeps them', async () => {
    const { url, ask } = await emptyDatabase()
    await ask('CREATE TABLE posts (id int)')
    expect(await failureOf({ DATABASE_URL: url })).toMatch(
      ONE_SENTENCE_AFTER('The database is not empty, and its tables are not those of Switchboard. '),
    )
    expect(await tablesOf(ask)).toEqual(['posts'])
  })

  it('that another program migrates with Prisma is refused, and keeps its tables', async () => {
    const { url, ask } = await emptyDatabase()
    await ask(`CREATE TABLE "_prisma_migrations" (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL,
      finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz,
      started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`)
    await ask(`INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, applied_steps_count)
      VALUES ('1', 'x', now(), '20200101000000_init', 1)`)
    expect(await failureOf({ DATABASE_URL: url })).toMatch(
      ONE_SENTENCE_AFTER('The database is not empty, and its tables are not those of Switchboard. '),
    )
    expect(await tablesOf(ask)).toEqual(['_prisma_migrations'])
  })

  it.each([
    ['tables', []],
    ['more than tables', ['GRANT CREATE ON SCHEMA public TO']],
  ])(
    'in which the user may not create %s is refused, and the refusal names the right',
    async (_what, grants) => {
      const { url, ask } = await emptyDatabase()
      const user = await newUser(ask)
      for (const grant of grants) await ask(`${grant} ${user}`)
      const theirs = new URL(url)
      theirs.username = user
      const failure = await failureOf({ DATABASE_URL: theirs.href })
      expect(failure).toMatch(
        ONE_SENTENCE_AFTER('The user of the database lacks a right: permission denied '),
      )
      expect(failure).toContain('Make it the owner of the database')
      // It is a user of the whole server, which stays when the database is dropped.
      await ask(`DROP OWNED BY ${user}`)
      await ask(`DROP ROLE ${user}`)
    },
  )

  it('that cannot be reached is refused, and the refusal names the variable', async () => {
    const url = `postgres://postgres@127.0.0.1:${await freePort()}/postgres`
    expect(await failureOf({ DATABASE_URL: url })).toMatch(
      ONE_SENTENCE_AFTER('The database cannot be used: .*Check DATABASE_URL'),
    )
  })
})

it('Redis and a mail server that cannot be reached are reported, once each, and the program runs', {
  timeout: START_DEADLINE_MS,
}, async () => {
  const [redis, smtp] = [await freePort(), await freePort()]
  const program = startProgram({
    DATA_DIR: 'memory',
    REDIS_URL: `redis://:secret@127.0.0.1:${redis}`,
    SMTP_URL: `smtp://mail:secret@127.0.0.1:${smtp}`,
  })
  await isRunning(program)
  await vi.waitFor(() => expect(warningsOf(program)).toHaveLength(2), DEADLINE)
  expect(warningsOf(program).sort()).toEqual([
    expect.stringMatching(`^Redis at 127.0.0.1:${redis} cannot be used: .*ECONNREFUSED.* Check REDIS_URL.$`),
    expect.stringMatching(
      `^The SMTP server 127.0.0.1:${smtp} cannot be used: .*ECONNREFUSED.* Check SMTP_URL.$`,
    ),
  ])
  expect(program.errors()).not.toContain('secret')
})

/** @returns the messages of the log, which has nothing but warnings without a stack */
function warningsOf(program: Program): string[] {
  const lines = program.errors().match(/^\{.*\}$/gm) ?? []
  return lines.map((line) => {
    const { level, message, stack } = JSON.parse(line)
    expect({ level, stack }).toEqual({ level: 'warning' })
    return message
  })
}

/** @returns a database without any table, which is dropped after the test */
async function emptyDatabase() {
  const { url, drop } = await createPostgresDatabase()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(async () => {
    await client.end()
    await drop()
  })
  const ask = async (sql: string) => (await client.query(sql)).rows
  await ask('DROP SCHEMA public, pgboss CASCADE')
  await ask('CREATE SCHEMA public')
  await ask('GRANT USAGE ON SCHEMA public TO PUBLIC')
  return { url, ask }
}

async function tablesOf(ask: (sql: string) => Promise<{ tablename: string }[]>): Promise<string[]> {
  const rows = await ask("SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'pgboss')")
  return rows.map(({ tablename }) => tablename)
}

/** @returns the name of a user without rights */
async function newUser(ask: (sql: string) => Promise<unknown>): Promise<string> {
  const name = `switchboard_test_${randomUUID().replaceAll('-', '')}`
  await ask(`CREATE ROLE ${name} LOGIN`)
  return name
}
