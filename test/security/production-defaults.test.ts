// The defaults of an installation whose environment does not set anything, in production and elsewhere.
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { startOnPortForTest } from '../kit/server.ts'

const PRODUCTION = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://switchboard.acme.test',
  SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
  AUTH_ISSUER: 'https://id.acme.test',
  AUTH_AUDIENCE: 'switchboard',
  TRUSTED_PROXIES: 'none',
}

describe('in production', () => {
  it('GraphiQL is off unless it is switched on', async () => {
    expect(readConfig({ environment: {} }).graphiql).toBe(true)
    expect(readConfig({ environment: { ...PRODUCTION, GRAPHIQL: 'on' } }).graphiql).toBe(true)
    const { graphiql, introspection, signIn } = readConfig({ environment: PRODUCTION })
    expect(graphiql).toBe(false)
    const { server } = await startOnPortForTest({ graphiql, introspection, signIn })
    const page = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } })
    expect(page.ok).toBe(false)
    expect(await page.text()).not.toMatch(/html|graphiql/i)
    expect((await fetch(`${server.url}/assets/graphiql.js`)).status).toBe(404)
  })
})

describe('the port', () => {
  it.each(['65536', '70000', '-1', '80.5', 'many'])('must not be %s', (PORT) => {
    expect(() => readConfig({ environment: { PORT } })).toThrow(ConfigError)
    expect(() => readConfig({ environment: { PORT } })).toThrow(/^PORT: /)
  })

  it('may be any valid port, or 0 for one that the system chooses', () => {
    expect([
      readConfig({ environment: {} }).port,
      readConfig({ environment: { PORT: '0' } }).port,
      readConfig({ environment: { PORT: '65535' } }).port,
    ]).toEqual([4000, 0, 65_535])
  })
})
