// Puts a test's application on a real port, as main.ts does.
import { onTestFinished } from 'vitest'
import { NO_PERSISTED_DOCUMENTS } from '../../src/server/documents/persisted-documents.ts'
import { listen, type RunningServer, startServer } from '../../src/server/http-server.ts'
import { NO_PROXIES, startApp, TEST_LIMITS, type TestApp, type TestAppOptions } from './app.ts'

export interface TestServer extends TestApp {
  server: RunningServer
}

export async function startOnPort(options: TestAppOptions = {}): Promise<TestServer> {
  const { graphiql = true, introspection = true } = options
  const listener = await listen({ host: '127.0.0.1', port: 0 })
  const testApp = await startApp({ publicUrl: listener.url, ...options })
  const server = startServer({
    app: testApp.app,
    listener,
    config: {
      limits: { ...TEST_LIMITS, ...options.limits },
      graphiql,
      introspection,
      network: { ...NO_PROXIES, ...options.network },
      drainMs: 0,
    },
    documents: options.documents ?? NO_PERSISTED_DOCUMENTS,
    onFault: ({ error }) => void testApp.faults.push(error),
    ...(options.stopMs === undefined ? {} : { stopMs: options.stopMs }),
  })
  return { ...testApp, server, stop: () => server.stop() }
}

/** Starts the server for one test; it is stopped when the test is over. */
export async function startOnPortForTest(options?: TestAppOptions): Promise<TestServer> {
  const server = await startOnPort(options)
  onTestFinished(() => server.stop())
  return server
}

/** The same, with a `fetch` that goes through the port. */
export async function startOverHttp(options: TestAppOptions = {}): Promise<TestServer> {
  const server = await startOnPort(options)
  return { ...server, fetch: (path, init) => fetch(`${server.server.url}${path}`, init) }
}

/** Starts a further node for one test, with the database and the clock of the first. */
export async function startSecondNode(
  { database, clock }: TestApp,
  options: TestAppOptions,
): Promise<TestServer> {
  const second = await startOnPort({ ...options, clock, database: { ...database, close: async () => {} } })
  onTestFinished(() => second.stop())
  return second
}
