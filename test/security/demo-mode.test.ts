// The demo issues tokens without any check, so it must not be reachable from other machines.
import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { NO_PERSISTED_DOCUMENTS } from '../../src/server/documents/persisted-documents.ts'
import { createGraphqlServer } from '../../src/server/graphql.ts'
import { startAppForTest, TEST_LIMITS } from '../kit/app.ts'
import { useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'

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
        environment: { HOST: '0.0.0.0', AUTH_ISSUER: 'https://id.acme.test', AUTH_AUDIENCE: 'a' },
      }).host,
    ).toBe('0.0.0.0')
  })

  it('does not exist when users sign in with an OpenID provider', async () => {
    const { app } = await startAppForTest()
    const server = createGraphqlServer(
      { ...app, signIn: { mode: 'OIDC', issuer: 'https://id.acme.test', audience: 'a' } },
      {
        limits: TEST_LIMITS,
        graphiql: true,
        introspection: true,
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

describe('a foreign host name that resolves to this machine (DNS rebinding)', () => {
  const { app } = useScene({}, { start: startOnPort, once: true })

  /** fetch does not allow a Host header. */
  const statusFor = (path: string, host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      request(`${app.server.url}${path}`, { headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })

  it('is refused, so that pages of that host cannot read the tokens', async () => {
    for (const host of [
      'evil.example',
      'evil.example:4000',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
    ]) {
      for (const path of ['/demo', '/graphql?query={__typename}', '/']) {
        expect(await statusFor(path, host)).toBe(403)
      }
    }
  })

  it('is distinguished from the names of this machine', async () => {
    for (const host of ['127.0.0.1', '127.0.0.1:4000', 'localhost', 'LOCALHOST:1', '[::1]', '[::1]:4000']) {
      expect(await statusFor('/demo', host)).toBe(200)
    }
  })

  it('gets status 400 when it is malformed', async () => {
    expect(await statusFor('/demo', '[')).toBe(400)
  })
})
