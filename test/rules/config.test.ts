import { describe, expect, it } from 'vitest'
import { DEFAULT_BUDGETS } from '../../src/config/budgets.ts'
import { ConfigError } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { DEFAULT_RETENTION } from '../../src/config/retention.ts'
import { CALENDAR_REGISTRATIONS } from '../../src/services/calendars/providers.ts'

const KEY = Buffer.alloc(32, 1).toString('base64')
/** What every installation needs that is more than a demo. */
const REAL = { SECRETS_KEY: KEY, PUBLIC_URL: 'https://switchboard.acme.test' }

const read = (environment: Record<string, string>) =>
  readConfig({ environment, calendars: CALENDAR_REGISTRATIONS })

function faultsOf(environment: Record<string, string>): string[] {
  try {
    read(environment)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.split('\n')
  }
}

describe('the environment', () => {
  it('is refused with all of its faults at once, each of them named once', () => {
    const faults = faultsOf({
      PORT: 'many',
      HOST: '0.0.0.0',
      DATABASE_CONNECTIONS: '4',
      CALENDAR_PERMISSIONS: 'all',
      GOOGLE_API_URL: 'ftp://google.test',
    })
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'PORT',
      'DATABASE_CONNECTIONS',
      'HOST',
      'CALENDAR_PERMISSIONS',
      'GOOGLE_API_URL',
    ])
  })

  it('says what a number must be', () => {
    const set = {
      PORT: '70000',
      DATABASE_CONNECTIONS: '6',
      MAX_BODY_KIB: 'many',
      MAX_QUERY_COST: '0.5',
      DRAIN_SECONDS: '-1',
    }
    expect(faultsOf(set)).toEqual([
      'PORT: must be a whole number from 0 to 65535.',
      'DATABASE_CONNECTIONS: must be a whole number from 8 to 1000.',
      'MAX_BODY_KIB: must be a whole number of at least 1.',
      'MAX_QUERY_COST: must be a whole number of at least 1.',
      'DRAIN_SECONDS: must be a number from 0 to 600.',
    ])
  })

  it('is not checked for contradictions with a variable that is refused itself', () => {
    const faults = faultsOf({ NODE_ENV: 'production', HOST: '0.0.0.0', AUTH_ISSUER: 'acme' })
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'AUTH_ISSUER',
      'SECRETS_KEY',
      'TRUSTED_PROXIES',
    ])
  })

  it('names a key that is no key once', () => {
    expect(faultsOf({ SECRETS_KEY: '???', PREVIOUS_SECRETS_KEYS: `${KEY}, YQ==` })).toEqual([
      expect.stringMatching(/^SECRETS_KEY: /),
      expect.stringMatching(/^PREVIOUS_SECRETS_KEYS: .*32 bytes/),
    ])
    expect(faultsOf({ SECRETS_KEY: 'YQ==' })).toEqual([expect.stringMatching(/^SECRETS_KEY: .*32 bytes/)])
    const unreadable = `${KEY}, ${'not base64! '.repeat(9)}`
    expect(faultsOf({ PREVIOUS_SECRETS_KEYS: unreadable })).toEqual([
      expect.stringMatching(/^PREVIOUS_SECRETS_KEYS: .*in base64/),
    ])
    const { previousSecretsKeys } = read({ PREVIOUS_SECRETS_KEYS: `${KEY}, ${KEY},` })
    expect(previousSecretsKeys.map((key) => key.toString('base64'))).toEqual([KEY, KEY])
  })

  it('has a provider that signs in over TLS, in production', () => {
    const production = {
      NODE_ENV: 'production',
      ...REAL,
      TRUSTED_PROXIES: 'none',
      AUTH_AUDIENCE: 'switchboard',
    }
    expect(faultsOf({ ...production, AUTH_ISSUER: 'http://id.acme.test' })).toEqual([
      expect.stringMatching(/^AUTH_ISSUER: .*https/),
    ])
    expect(faultsOf({ ...production, AUTH_ISSUER: 'https://id.acme.test' })).toEqual([])
    const elsewhere = { ...production, NODE_ENV: 'development' }
    expect(faultsOf({ ...elsewhere, AUTH_ISSUER: 'http://id.acme.test' })).toEqual([])
    expect(faultsOf({ ...elsewhere, AUTH_ISSUER: 'ftp://id.acme.test' })).toHaveLength(1)
  })

  it.each<{ what: string; set: Record<string, string> }>([
    { what: 'a provider', set: { AUTH_ISSUER: 'https://id.acme.test', AUTH_AUDIENCE: 'switchboard' } },
    { what: 'Google', set: { GOOGLE_CLIENT_ID: 'switchboard', GOOGLE_CLIENT_SECRET: 'secret' } },
    { what: 'Microsoft', set: { MICROSOFT_CLIENT_ID: 'switchboard', MICROSOFT_CLIENT_SECRET: 'secret' } },
  ])('has a key and an address of its own, once $what is set up', ({ set }) => {
    expect(faultsOf(set)).toEqual([
      expect.stringMatching(/^SECRETS_KEY: must be set/),
      expect.stringMatching(/^PUBLIC_URL: must be set/),
    ])
    expect(faultsOf({ ...set, ...REAL })).toEqual([])
  })

  it('limits callers to persisted documents only where there are some', () => {
    for (const mode of ['only', 'only-anonymous']) {
      const fault = expect.stringMatching(/^PERSISTED_DOCUMENTS: .*PERSISTED_DOCUMENTS_DIR/)
      expect(faultsOf({ PERSISTED_DOCUMENTS: mode })).toEqual([fault])
      expect(faultsOf({ PERSISTED_DOCUMENTS: mode, PERSISTED_DOCUMENTS_DIR: 'documents' })).toEqual([])
    }
  })

  it('says for how many days things are kept, chats for at least 30', () => {
    const { retention } = read({ KEEP_CONVERSATIONS_DAYS: '30', KEEP_IDLE_VISITS_DAYS: '1' })
    const day = 24 * 3_600_000
    expect(retention).toEqual({ ...DEFAULT_RETENTION, conversationsMs: 30 * day, idleVisitsMs: day })
    expect(faultsOf({ KEEP_CONVERSATIONS_DAYS: '29', KEEP_DECISIONS_DAYS: '0' })).toEqual([
      'KEEP_CONVERSATIONS_DAYS: must be a whole number of days from 30 to 36500.',
      'KEEP_DECISIONS_DAYS: must be a whole number of days from 1 to 36500.',
    ])
  })

  it('switches GraphiQL off where nobody could use it', () => {
    const graphiqlWith = (mode: string) =>
      read({ PERSISTED_DOCUMENTS: mode, PERSISTED_DOCUMENTS_DIR: 'documents' }).graphiql
    expect(['allow', 'only-anonymous', 'only'].map(graphiqlWith)).toEqual([true, true, false])
  })

  it.each(['GOOGLE', 'MICROSOFT'])('has the id and the secret of the client at %s, or neither', (name) => {
    const fault = `${name}_CLIENT_ID and ${name}_CLIENT_SECRET: must be set together.`
    expect(faultsOf({ ...REAL, [`${name}_CLIENT_ID`]: 'switchboard', HOST: '0.0.0.0' })).toEqual([
      expect.stringMatching(/^HOST: /),
      fault,
    ])
    expect(faultsOf({ [`${name}_CLIENT_SECRET`]: 'secret', [`${name}_CLIENT_ID`]: '' })).toEqual([fault])
  })

  it('registers the installation at the providers whose clients it names', () => {
    expect(read({}).calendars).toEqual({ GOOGLE: null, MICROSOFT: null })
    const { calendars } = read({ ...REAL, GOOGLE_CLIENT_ID: 'switchboard', GOOGLE_CLIENT_SECRET: 'secret' })
    expect(calendars).toEqual({ GOOGLE: expect.anything(), MICROSOFT: null })
  })

  it('sets the permissions to ask agents for, and may replace the addresses of a provider', () => {
    const begin = (environment: Record<string, string>) => {
      const client = { MICROSOFT_CLIENT_ID: 'switchboard', MICROSOFT_CLIENT_SECRET: 'secret' }
      const { connector } = read({ ...REAL, ...client, ...environment }).calendars.MICROSOFT ?? {}
      const attempt = { state: 'state', verifier: 'verifier', callbackUrl: 'https://switchboard.test' }
      return new URL(connector?.begin({ ...attempt, accountHint: null }) ?? '')
    }
    const least = begin({})
    expect(least.href).toMatch(/^https:\/\/login\.microsoftonline\.com\/common\/oauth2\/v2\.0\/authorize\?/)
    expect(least.searchParams.get('scope')).not.toContain('User.Read')
    const full = begin({ CALENDAR_PERMISSIONS: 'full', MICROSOFT_LOGIN_URL: 'https://login.test/' })
    expect(full.href).toMatch(/^https:\/\/login\.test\/common\//)
    expect(full.searchParams.get('scope')).toContain('User.Read')
  })

  it('names the proxies to be trusted in production, or none', () => {
    const production = {
      NODE_ENV: 'production',
      ...REAL,
      AUTH_ISSUER: 'https://id.test',
      AUTH_AUDIENCE: 'a',
    }
    const proxiesOf = (TRUSTED_PROXIES: string) =>
      read({ ...production, TRUSTED_PROXIES }).network.trustedProxies
    expect(faultsOf(production)).toEqual([expect.stringMatching(/^TRUSTED_PROXIES: must be set/)])
    expect(read({}).network).toEqual({ trustedProxies: [], backendSecret: null })
    expect(proxiesOf('none')).toEqual([])
    expect(proxiesOf('10.0.0.0/8, 2001:db8::/32,192.0.2.1')).toEqual([
      '10.0.0.0/8',
      '2001:db8::/32',
      '192.0.2.1',
    ])
    for (const wrong of [
      'all',
      '10.0.0.0/33',
      '10.0.0.0/8/8',
      '10.0.0.1 10.0.0.2',
      '::/129',
      'none, 10.0.0.1',
    ]) {
      expect(faultsOf({ TRUSTED_PROXIES: wrong })).toEqual([expect.stringMatching(/^TRUSTED_PROXIES: /)])
    }
    expect(faultsOf({ BACKEND_SECRET: 'short' })).toEqual([expect.stringMatching(/^BACKEND_SECRET: /)])
  })

  it('changes budgets one by one, and refuses what is no budget', () => {
    const { budgets } = read({ BUDGETS: 'bookings.address=7/90s, slots.visitor=off,visits.workspace=1/24h' })
    expect(budgets.bookings).toEqual({ ...DEFAULT_BUDGETS.bookings, address: { limit: 7, windowMs: 90_000 } })
    expect(budgets.slots.visitor).toBeUndefined()
    expect(budgets.visits.workspace).toEqual({ limit: 1, windowMs: 86_400_000 })
    expect(budgets.messages).toEqual(DEFAULT_BUDGETS.messages)
    const wrong = [
      'bookings',
      'meetings.address=1/1m',
      'slots.agent=1/1m',
      'slots.address=1',
      'visits.visitor=1/1m',
    ]
    for (const entry of [...wrong, 'slots.address=0/1m', 'slots.address=1/0s', 'slots.address=1/200h']) {
      expect(faultsOf({ BUDGETS: `messages.visitor=1/1m, ${entry}` })).toEqual([
        expect.stringMatching(/^BUDGETS: /),
      ])
    }
  })
})
