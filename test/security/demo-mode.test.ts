// The demo issues tokens without any check, so it must not be reachable from other machines.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigError } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { migrate } from '../../src/database/migrate.ts'
import { openPostgres } from '../../src/database/open.ts'
import { UnusableDatabaseError } from '../../src/database/unusable-database-error.ts'
import { NO_PERSISTED_DOCUMENTS } from '../../src/server/documents/persisted-documents.ts'
import { createGraphqlServer } from '../../src/server/graphql.ts'
import { recordSignInMode } from '../../src/services/identity/sign-in-mode.ts'
import { createTestWorkspace } from '../kit/actors.ts'
import { NO_PROXIES, startApp, startAppForTest, TEST_LIMITS } from '../kit/app.ts'
import { createPostgresDatabase, onPostgres, openTestDatabase } from '../kit/database.ts'
import { startProgram } from '../kit/program.ts'
import { useScene } from '../kit/scene.ts'
import { startOnPort, startOnPortForTest, type TestServer } from '../kit/server.ts'

describe('the demo', () => {
  it('is refused in production', () => {
    const environment = { NODE_ENV: 'production', SECRETS_KEY: Buffer.alloc(32, 1).toString('base64') }
    expect(() => readConfig({ environment })).toThrow(ConfigError)
    expect(() => readConfig({ environment })).toThrow(/AUTH_ISSUER/)
  })

  it('is refused on an address that other machines can reach', () => {
    expect(() => readConfig({ environment: { HOST: '0.0.0.0' } })).toThrow(/HOST: must be a loopback address/)
    expect(
      readConfig({
        environment: {
          HOST: '0.0.0.0',
          PUBLIC_URL: 'https://switchboard.acme.test',
          SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
          AUTH_ISSUER: 'https://id.acme.test',
          AUTH_AUDIENCE: 'a',
        },
      }).host,
    ).toBe('0.0.0.0')
  })

  it('does not exist when users sign in with an OpenID provider', async () => {
    const { app } = await startAppForTest()
    const server = createGraphqlServer(
      { ...app, signIn: OIDC },
      {
        limits: TEST_LIMITS,
        graphiql: true,
        introspection: true,
        network: NO_PROXIES,
        documents: NO_PERSISTED_DOCUMENTS,
        onFault: () => {},
        isReady: app.isReady,
      },
    )
    for (const path of ['/demo', '/']) {
      expect((await server.fetch(`https://switchboard.acme.test${path}`)).status).toBe(404)
    }
    expect((await server.fetch('https://switchboard.acme.test/graphql?query={__typename}')).status).toBe(200)
  })
})

describe('a request that may come from elsewhere', () => {
  const { app } = useScene({}, { start: startOnPort, once: true })
  const paths = ['/demo', '/demo/mails/a.eml', '/graphql?query={__typename}', '/']

  it('is refused for a foreign host name that resolves to this machine (DNS rebinding)', async () => {
    for (const host of [
      'evil.example',
      'evil.example:4000',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
    ]) {
      for (const path of paths) expect(await statusOf(app, { path, headers: { host } })).toBe(403)
    }
  })

  it('is distinguished from one for the names of this machine', async () => {
    for (const host of ['127.0.0.1', '127.0.0.1:4000', 'localhost', 'LOCALHOST:1', '[::1]', '[::1]:4000']) {
      expect(await statusOf(app, { path: '/demo', headers: { host } })).toBe(200)
    }
  })

  it('gets status 400 when it is malformed', async () => {
    expect(await statusOf(app, { path: '/demo', headers: { host: '[' } })).toBe(400)
  })

  it.each(['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'x-forwarded-proto', 'X-Forwarded', 'Via'])(
    'is refused when a proxy has passed it on, with the header %s',
    async (name) => {
      for (const path of paths)
        expect(await statusOf(app, { path, headers: { [name]: '1.1 proxy' } })).toBe(403)
      expect(await statusOf(app, { path: '/graphql', headers: { ...UPGRADE, [name]: '' } })).toBe(403)
    },
  )

  it('is refused without a Host', async () => {
    for (const version of ['1.0', '1.1']) {
      expect(await statusOfBare(app, `GET /demo HTTP/${version}`)).toBe(403)
      const upgrade = Object.entries(UPGRADE).map(([name, value]) => `${name}: ${value}`)
      expect(await statusOfBare(app, `GET /graphql HTTP/${version}`, ...upgrade)).not.toBe(101)
    }
  })

  it('opens a socket otherwise', async () => {
    expect(await statusOf(app, { path: '/graphql', headers: UPGRADE })).toBe(101)
  })
})

describe('an installation with an identity provider', () => {
  it('answers behind a proxy, and requires a Host as HTTP does', async () => {
    const app = await startOnPortForTest({ signIn: OIDC })
    const path = '/graphql?query={__typename}'
    const headers = { host: 'switchboard.acme.test', 'x-forwarded-for': '192.0.2.7', via: '1.1 proxy' }
    expect(await statusOf(app, { path, headers })).toBe(200)
    expect(await statusOf(app, { path: '/graphql', headers: { ...UPGRADE, ...headers } })).toBe(101)
    expect(await statusOfBare(app, `GET ${path} HTTP/1.1`)).toBe(400)
  })

  it('never starts as the demo again', async () => {
    const database = await openTestDatabase()
    const kept = { ...database, close: async () => {} }
    onTestFinished(() => database.close())
    for (const signIn of [{ mode: 'DEMO' }, OIDC, OIDC] as const) {
      await (await startApp({ database: kept, signIn })).stop()
    }
    await expect(startApp({ database: kept, signIn: { mode: 'DEMO' } })).rejects.toThrow(
      UnusableDatabaseError,
    )
    await (await startApp({ database: kept, signIn: OIDC })).stop()
  })

  it('is recognised by an agent who has signed in, after an upgrade', async () => {
    const database = await openTestDatabase()
    onTestFinished(() => database.close())
    const before = await startApp({ database: { ...database, close: async () => {} } })
    const { admin } = await createTestWorkspace(before)
    const { client } = database
    await client.agent.update({ where: { id: admin.agentId }, data: { oidcSubject: 'olivia' } })
    await client.$executeRawUnsafe('ALTER TABLE "Installation" DROP COLUMN "providerSince"')
    const file = new URL('../../prisma/migrations/20261201140000_sign_in_mode/migration.sql', import.meta.url)
    for (const statement of (await readFile(file, 'utf8')).split(';').filter((text) => text.trim() !== '')) {
      await client.$executeRawUnsafe(statement)
    }
    await before.stop()
    await expect(startApp({ database })).rejects.toThrow(UnusableDatabaseError)
  })

  it.runIf(onPostgres())('says so to whoever starts it as the demo, and prints no token', async () => {
    const { url, drop } = await createPostgresDatabase()
    onTestFinished(drop)
    const database = openPostgres(url)
    await migrate(database)
    await recordSignInMode(database.client, { mode: 'OIDC', now: new Date() })
    await database.close()
    const program = startProgram({ DATABASE_URL: url })
    expect(await program.exitCode).toBe(1)
    expect(program.errors()).toMatch(
      /^The database belongs to an installation with an identity provider.*AUTH_ISSUER.*\n$/,
    )
    expect(program.output()).not.toContain('sbd_')
  })
})

const OIDC = { mode: 'OIDC', issuer: 'https://id.acme.test', audience: 'a' } as const
const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': Buffer.alloc(16).toString('base64'),
  'sec-websocket-protocol': 'graphql-transport-ws',
}

/** fetch does not allow a Host header. */
function statusOf(
  { server }: Pick<TestServer, 'server'>,
  { path, headers }: { path: string; headers: Record<string, string> },
): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const asked = request(`${server.url}${path}`, { headers })
  asked.on('error', reject)
  asked.on('response', (response) => {
    response.resume()
    resolve(response.statusCode)
  })
  asked.on('upgrade', (response, socket) => {
    socket.destroy()
    resolve(response.statusCode)
  })
  asked.end()
  return promise
}

/** @param lines the request, as it is sent */
async function statusOfBare({ server }: Pick<TestServer, 'server'>, ...lines: string[]): Promise<number> {
  const socket = connect(server.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write(`${[...lines, '', ''].join('\r\n')}`)
  const [answer] = await once(socket, 'data')
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(String(answer))?.[1])
}
