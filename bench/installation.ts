// Runs the application on a port, with its own Postgres database that is dropped at the end. Unless the benchmark
// passes a clock, the clock stands still; no jobs run, so that only the measured work happens.

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { type App, type AppOptions, createApp } from '../src/app.ts'
import { DEFAULT_RETENTION } from '../src/config/retention.ts'
import { openPostgres } from '../src/database/open.ts'
import { NO_PERSISTED_DOCUMENTS } from '../src/server/documents/persisted-documents.ts'
import { listen, startServer } from '../src/server/http-server.ts'
import { createLocalWakeUps } from '../src/services/events/local-wake-ups.ts'
import { GENEROUS_BUDGETS, GENEROUS_HOLDS } from '../test/kit/generous-budgets.ts'

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
/** The defaults of src/config, except that one caller may open many sockets, and the lower maximum of the cost. */
const LIMITS = {
  maxBodyBytes: 128 * 1024,
  maxDepth: 12,
  maxTokens: 1500,
  maxAliases: 30,
  maxCost: 5000,
  maxSocketsPerCaller: 10_000,
  maxOperationsPerSocket: 50,
}

export interface Installation {
  app: App
  /** The URL of the HTTP server, without a trailing slash. */
  url: string
  databaseUrl: string
  /** A connection to the database that bypasses the application. */
  sql: pg.Client
  now: Date
}

/** The options that a benchmark may override. */
type Options = Partial<Pick<AppOptions, 'clock' | 'calendars' | 'onError'>>

/** @param now the time of the clock, in epoch milliseconds */
export async function withInstallation(
  now: number,
  work: (installation: Installation) => Promise<void>,
  options: Options = {},
): Promise<void> {
  const name = `switchboard_bench_${randomUUID().replaceAll('-', '')}`
  await onServer(`CREATE DATABASE ${name}`)
  try {
    const databaseUrl = Object.assign(new URL(SERVER), { pathname: `/${name}` }).href
    await run({ databaseUrl, now: new Date(now), options }, work)
  } finally {
    await onServer(`DROP DATABASE ${name} WITH (FORCE)`)
  }
}

async function run(
  { databaseUrl, now, options }: { databaseUrl: string; now: Date; options: Options },
  work: (installation: Installation) => Promise<void>,
): Promise<void> {
  const listener = await listen({ host: '127.0.0.1', port: 0 })
  const app = await createApp({
    database: openPostgres(databaseUrl),
    clock: { now: () => now, at: () => () => {} },
    mailer: { send: async () => undefined },
    wakeUps: createLocalWakeUps(),
    secretsKey: Buffer.alloc(32, 7),
    signIn: { mode: 'DEMO' },
    settings: {
      publicUrl: listener.url,
      mailFrom: 'meetings@switchboard.test',
      pausesMails: true,
      budgets: GENEROUS_BUDGETS,
      holds: GENEROUS_HOLDS,
      maxUnconfirmedMeetings: 1_000_000,
      retention: DEFAULT_RETENTION,
    },
    onError: console.error,
    ...options,
  })
  const server = startServer({
    app,
    listener,
    config: {
      limits: LIMITS,
      graphiql: false,
      introspection: true,
      drainMs: 0,
      network: { trustedProxies: [], backendSecret: null },
    },
    documents: NO_PERSISTED_DOCUMENTS,
    onFault: console.error,
  })
  const sql = new pg.Client({ connectionString: databaseUrl, options: '-c TimeZone=UTC' })
  try {
    await sql.connect()
    await work({ app, url: server.url, databaseUrl, sql, now })
  } finally {
    await sql.end()
    await server.stop()
  }
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** The version of the database, and its durability settings. */
export async function describePostgres({ sql }: Installation): Promise<string> {
  const { rows } = await sql.query<{ version: string; fsync: string; commit: string }>(
    `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS commit`,
  )
  return `PostgreSQL ${rows[0]?.version}, fsync ${rows[0]?.fsync}, synchronous_commit ${rows[0]?.commit}`
}
