// Starts the application as main.ts does, on a fresh database, with a clock and a mailbox of the test's own,
// and speaks to it over its GraphQL door without a port in between.
import { onTestFinished } from 'vitest'
import { type App, createApp } from '../../src/app.ts'
import type { Budgets } from '../../src/config/budgets.ts'
import type { Config, HoldLimits, Limits, Network, SignIn } from '../../src/config/config.ts'
import { DEFAULT_RETENTION, type Retention } from '../../src/config/retention.ts'
import type { OpenDatabase } from '../../src/database/open.ts'
import {
  NO_PERSISTED_DOCUMENTS,
  type PersistedDocuments,
} from '../../src/server/documents/persisted-documents.ts'
import { createGraphqlServer } from '../../src/server/graphql.ts'
import type { CalendarRegistrations } from '../../src/services/calendars/providers.ts'
import { createLocalWakeUps } from '../../src/services/events/local-wake-ups.ts'
import type { Mail } from '../../src/services/ports/mailer.ts'
import type { WakeUps } from '../../src/services/ports/wake-ups.ts'
import { createTestClock, type TestClock } from './clock.ts'
import { openTestDatabase } from './database.ts'
import { GENEROUS_BUDGETS, GENEROUS_HOLDS, GENEROUS_MEETINGS } from './generous-budgets.ts'
import { startQuickJobs } from './jobs.ts'

/** A Monday. */
export const START = '2026-03-02T08:00:00Z'

export const TEST_LIMITS: Limits = {
  maxBodyBytes: 512 * 1024,
  maxDepth: 12,
  maxTokens: 1500,
  maxAliases: 30,
  maxCost: 5000,
  maxSocketsPerCaller: 20,
  maxOperationsPerSocket: 50,
}

export const NO_PROXIES: Network = { trustedProxies: [], backendSecret: null }

export interface Answer<Data> {
  data?: Data | null
  errors?: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[]
}

export interface Call {
  variables?: Record<string, unknown>
  /** Bearer token; left out: nobody is signed in. */
  token?: string
  headers?: Record<string, string>
}

export interface TestApp {
  app: App
  /** For what goes past the application. */
  database: OpenDatabase
  clock: TestClock
  /** What was sent, oldest first. */
  mails: Mail[]
  /** Faults of ours that a client saw masked. */
  faults: unknown[]
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Sends an operation and answers what came back, errors included. */
  execute<Data>(query: string, call?: Call): Promise<Answer<Data>>
  stop(): Promise<void>
}

/** What the people of a test need of it. */
export type AppWithClock = Pick<TestApp, 'app' | 'clock'>

export interface TestAppOptions extends Partial<Pick<Config, 'graphiql' | 'introspection'>> {
  /** Whether to work off jobs, quickly (jobs.ts). */
  jobs?: boolean
  limits?: Partial<Limits>
  /** Left out: no proxies and backends. */
  network?: Partial<Network>
  /** Left out: those that no test meets by accident. */
  budgets?: Budgets
  holds?: HoldLimits
  maxUnconfirmedMeetings?: number
  retention?: Retention
  /** Left out: none, and every text is allowed. */
  documents?: PersistedDocuments
  /** Left out: the demo's. */
  signIn?: SignIn
  wakeUps?: WakeUps
  /** Left out: registered nowhere. */
  calendars?: CalendarRegistrations
  /** Left out: one that stands at START. */
  clock?: TestClock
  /** Left out: one that nothing answers at. */
  publicUrl?: string
  /** Left out: an address gets every mail at once. */
  pausesMails?: boolean
  /** Left out: a fresh one. */
  database?: OpenDatabase
  /** How long a stop on a port takes at most; left out: as in production. */
  stopMs?: number
}

export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { graphiql = true, introspection = true } = options
  const { clock = createTestClock(START), calendars, publicUrl = 'http://switchboard.test' } = options
  const mails: Mail[] = []
  const faults: unknown[] = []
  const database = options.database ?? (await openTestDatabase())
  const created = await createApp({
    database,
    clock,
    mailer: { send: async (mail) => void mails.push(mail) },
    wakeUps: options.wakeUps ?? createLocalWakeUps(),
    secretsKey: Buffer.alloc(32, 7),
    ...(calendars ? { calendars } : {}),
    signIn: options.signIn ?? { mode: 'DEMO' },
    settings: {
      publicUrl,
      mailFrom: 'meetings@switchboard.test',
      pausesMails: options.pausesMails ?? false,
      budgets: options.budgets ?? GENEROUS_BUDGETS,
      holds: options.holds ?? GENEROUS_HOLDS,
      maxUnconfirmedMeetings: options.maxUnconfirmedMeetings ?? GENEROUS_MEETINGS,
      retention: options.retention ?? DEFAULT_RETENTION,
    },
    onError: (error) => void faults.push(error),
  })
  const app = options.jobs ? await startQuickJobs(created) : created
  const server = createGraphqlServer(app, {
    limits: { ...TEST_LIMITS, ...options.limits },
    graphiql,
    introspection,
    network: { ...NO_PROXIES, ...options.network },
    documents: options.documents ?? NO_PERSISTED_DOCUMENTS,
    onFault: ({ error }) => void faults.push(error),
    isReady: app.isReady,
  })
  const fetch = async (path: string, init: RequestInit = {}) => server.fetch(`http://localhost${path}`, init)
  return {
    app,
    database,
    clock,
    mails,
    faults,
    fetch,
    execute: async (query, { variables, token, headers } = {}) => {
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      })
      return await response.json()
    },
    stop: () => app.stop(),
  }
}

/** Starts the application for one test; it is stopped when the test is over. */
export async function startAppForTest(options?: TestAppOptions): Promise<TestApp> {
  const testApp = await startApp(options)
  onTestFinished(() => testApp.stop())
  return testApp
}

/** The data of an operation that must go well: throws when there are top-level errors. */
export async function data<Data>(answer: Promise<Answer<Data>>): Promise<Data> {
  const { data: result, errors } = await answer
  if (errors || !result) throw new Error(`The operation failed: ${JSON.stringify(errors)}`)
  return result
}
