// The database cannot be reached, or does not answer, while the program runs: whoever asks is told to come back, nobody
// waits for ever, and everything goes on by itself when it is back.
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { openPostgres } from '../../src/database/open.ts'
import { createTestWorkspace } from '../kit/actors.ts'
import { createPostgresDatabase } from '../kit/database.ts'
import { eventually } from '../kit/eventually.ts'
import { isRunning, START_DEADLINE_MS, startProgram } from '../kit/program.ts'
import { startProxy, type Proxy as TcpProxy } from '../kit/proxy.ts'
import { openRawSocket } from '../kit/raw-socket.ts'
import { startOnPort, type TestServer } from '../kit/server.ts'

const DEADLINE = { timeout: 60_000, interval: 50 }
/** A database that is merely slow must answer within it. */
const SILENT_MS = 4000

interface Installation {
  app: TestServer
  proxy: TcpProxy
  token: string
}

let database: Awaited<ReturnType<typeof createPostgresDatabase>>
beforeAll(async () => {
  database = await createPostgresDatabase()
})
afterAll(() => database.drop())

/** @returns the address of the database by way of a proxy */
async function startDatabaseProxy() {
  const address = new URL(database.url)
  const proxy = await startProxy(`http://${address.host}`)
  address.host = new URL(proxy.url).host
  return { proxy, url: address.href }
}

async function startInstallation(): Promise<Installation> {
  const { proxy, url } = await startDatabaseProxy()
  const app = await startOnPort({ database: openPostgres(url, { silentMs: SILENT_MS }), jobs: true })
  onTestFinished(() => app.stop())
  const { admin } = await createTestWorkspace(app)
  return { app, proxy, token: admin.token }
}

const ask = (url: string, token?: string) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: '{ viewer { ... on Agent { name } } }' }),
  })

const isReady = async (url: string) => (await fetch(`${url}/health/ready`)).status

const subscription = (id: string) => ({
  type: 'subscribe',
  id,
  payload: { query: 'subscription { agentEvents { __typename } }' },
})

/** @returns a socket whose client is signed in */
async function signedInSocket({ app, token }: Installation) {
  const socket = await openRawSocket(app.server.url)
  socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })
  expect(await socket.next()).toMatchObject({ type: 'connection_ack' })
  return socket
}

it.each<['cannot be reached' | 'does not answer', (proxy: TcpProxy) => void]>([
  ['cannot be reached', (proxy) => proxy.close()],
  ['does not answer', (proxy) => proxy.stall()],
])('a database that %s is a 503 to clients, who are to retry', async (_what, fail) => {
  const installation = await startInstallation()
  const { app, proxy, token } = installation
  const { url } = app.server
  const socket = await signedInSocket(installation)
  fail(proxy)

  const answer = await ask(url, token)
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] })
  expect(await isReady(url)).toBe(503)
  socket.send(subscription('1'))
  expect(await socket.closed()).toMatch(/^1013 /)

  proxy.open()
  await vi.waitFor(async () => expect(await isReady(url)).toBe(200), DEADLINE)
  await vi.waitFor(async () => expect((await ask(url, token)).status).toBe(200), DEADLINE)
  const again = await signedInSocket(installation)
  again.send(subscription('1'))
  // That the agent is signed in may be told before.
  await eventually(() =>
    expect(again.frames.map(({ payload }) => payload)).toContainEqual({
      data: { agentEvents: expect.objectContaining({ __typename: 'CaughtUp' }) },
    }),
  )
})

it('a socket that signs in while the database is away is closed, so that its client retries', async () => {
  const { app, proxy, token } = await startInstallation()
  const socket = await openRawSocket(app.server.url)
  proxy.close()
  socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })
  expect(await socket.closed()).toMatch(/^1013 /)
})

it('a transaction whose database falls silent ends, and leaves no connection behind', async () => {
  const { proxy, url } = await startDatabaseProxy()
  const { client, close } = openPostgres(url, { silentMs: SILENT_MS })
  onTestFinished(close)
  const transactions = Array.from({ length: 20 }, () =>
    client.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`
      proxy.stall()
      await tx.$queryRaw`SELECT 1`
    }),
  )
  for (const { status } of await Promise.allSettled(transactions)) expect(status).toBe('rejected')
  proxy.open()
  const queries = Array.from({ length: 20 }, () => client.$queryRaw`SELECT 1 AS "one"`)
  for (const rows of await Promise.all(queries)) expect(rows).toEqual([{ one: 1 }])
})

it(
  'the log tells when the database went, and when it came back, however much failed meanwhile; a stop ends without it',
  async () => {
    const { proxy, url } = await startDatabaseProxy()
    const program = startProgram({ DATABASE_URL: url })
    await isRunning(program)
    const address = /listening on (http:\S+)\.$/m.exec(program.output())?.[1] ?? ''
    const log = () =>
      (program.errors().match(/^\{.*\}$/gm) ?? []).map((line): { message: string } => JSON.parse(line))
    proxy.close()
    await vi.waitFor(() => expect(log()).toHaveLength(1), DEADLINE)
    const statuses: number[] = []
    for (let count = 0; count < 20; count++) statuses.push((await ask(address)).status)
    proxy.open()
    await vi.waitFor(() => expect(log().at(-1)?.message).toContain('can be used again'), DEADLINE)
    expect(log().map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The database cannot be used: .+\. Requests are answered with 503/),
      expect.stringMatching(/^The database can be used again\. \d+ requests and pieces of work have failed/),
    ])
    expect(program.errors()).not.toContain('[object')

    // A stop ends, although the database that falls silent is waited for in vain.
    let exitCode: number | null = null
    void program.exitCode.then((code) => {
      exitCode = code
    })
    proxy.stall()
    // Until then a sweep is under way.
    await vi.waitFor(async () => expect(await isReady(address)).toBe(503), DEADLINE)
    program.process.kill('SIGTERM')
    await eventually(() => expect(exitCode).toBe(1))
    expect(program.errors()).toContain('The stop took too long.')
  },
  3 * START_DEADLINE_MS,
)
