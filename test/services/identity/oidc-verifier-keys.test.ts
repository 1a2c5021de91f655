import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOidcVerifier } from '../../../src/services/identity/oidc-verifier.ts'
import { OidcProviderUnreachableError } from '../../../src/services/identity/published-keys.ts'
import { DAY, MINUTE } from '../../kit/clock.ts'
import { eventually } from '../../kit/eventually.ts'
import { type OidcProvider, startOidcProvider } from '../../kit/oidc-provider.ts'

const AUDIENCE = 'https://api.example'
const ADA = { subject: 'ada', email: 'ada@example.org', emailVerified: true } as const
const ADA_IS_SIGNED_IN = { subject: 'ada' }

const leftovers: (() => unknown)[] = []
// It stands still until a test moves it: on a busy machine it takes a while to make a key.
beforeEach(() => moveMachineClock(0))
afterEach(async () => {
  for (const cleanUp of leftovers.splice(0)) await cleanUp()
})

async function start(): Promise<OidcProvider> {
  const provider = await startOidcProvider({ audience: AUDIENCE })
  leftovers.push(provider.stop)
  return provider
}

/** @returns a verifier, and the paths that it has requested */
function verifierOf(issuer: string, fetchAnswer = fetch) {
  const paths: string[] = []
  const verifier = createOidcVerifier({
    issuer,
    audience: AUDIENCE,
    now: () => new Date(),
    fetch: (input, init) => {
      paths.push(new URL(String(input)).pathname)
      return fetchAnswer(input, init)
    },
  })
  return { verifier, paths }
}

/** Moves the machine's clock, by which jose ages its cached keys. */
function moveMachineClock(milliseconds: number): void {
  const later = Date.now() + milliseconds
  vi.useFakeTimers({ toFake: ['Date'] })
  leftovers.push(vi.useRealTimers)
  vi.setSystemTime(later)
}

/** @returns a token of the provider that is valid for two days */
async function lastingToken(provider: OidcProvider): Promise<string> {
  const claims = decodeJwt(await provider.signIn(ADA))
  return provider.sign({ ...claims, exp: Math.floor((Date.now() + 2 * DAY) / 1000) })
}

function shortenTimeouts() {
  const { timeout } = AbortSignal
  const shortened = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout.call(AbortSignal, 50))
  leftovers.push(() => shortened.mockRestore())
  return shortened
}

describe('the keys of the provider', () => {
  it('are fetched for the first token, once for concurrent tokens', async () => {
    const provider = await start()
    const { verifier, paths } = verifierOf(provider.issuer)
    const token = await provider.signIn(ADA)
    expect(paths).toEqual([])
    await Promise.all(Array.from({ length: 10 }, () => verifier.verify(token)))
    await verifier.verify(token)
    expect(paths).toEqual(['/.well-known/openid-configuration', '/jwks'])
  })

  it('are fetched again for an unknown key id, but at most once in half a minute', async () => {
    const provider = await start()
    const { verifier, paths } = verifierOf(provider.issuer)
    await verifier.verify(await provider.signIn(ADA))
    await provider.rotateKey()
    const token = await provider.signIn(ADA)
    await expect(verifier.verify(token)).rejects.toMatchObject({ reason: 'SIGNATURE' })
    expect(paths).toHaveLength(2)
    moveMachineClock(MINUTE / 2)
    expect(await verifier.verify(token)).toMatchObject(ADA_IS_SIGNED_IN)
    expect(paths).toHaveLength(4)
  })

  it('are accepted for at most ten minutes after the provider has withdrawn them', async () => {
    const provider = await start()
    const { verifier } = verifierOf(provider.issuer)
    const token = await provider.signIn(ADA)
    await verifier.verify(token)
    await provider.rotateKey()
    moveMachineClock(10 * MINUTE)
    await expect(verifier.verify(token)).rejects.toMatchObject({ reason: 'SIGNATURE' })
  })

  it('are not tried one after another for a token without a key id', async () => {
    const issuer = 'https://issuer.example'
    const key = { kty: 'RSA', n: 'AQAB', e: 'AQAB' }
    const answer = { issuer, jwks_uri: `${issuer}/jwks`, keys: [key, key] }
    const { verifier } = verifierOf(issuer, async () => Response.json(answer))
    const header = Buffer.from(JSON.stringify({ alg: 'RS256' })).toString('base64url')
    await expect(verifier.verify(`${header}.e30.e30`)).rejects.toMatchObject({ reason: 'SIGNATURE' })
  })

  it('are discovered at the right path when the issuer ends with a slash', async () => {
    const answer = async () => new Response('', { status: 404 })
    const { verifier, paths } = verifierOf('https://issuer.example/tenant/', answer)
    const token = await (await start()).signIn(ADA)
    await expect(verifier.verify(token)).rejects.toThrow(OidcProviderUnreachableError)
    expect(paths).toEqual(['/tenant/.well-known/openid-configuration'])
  })
})

describe('a provider that cannot be reached', () => {
  it('is asked again for the next token', async () => {
    const provider = await start()
    const { verifier } = verifierOf(provider.issuer)
    const token = await provider.signIn(ADA)
    provider.vanish()
    await expect(verifier.verify(token)).rejects.toThrow(OidcProviderUnreachableError)
    provider.comeBack()
    expect(await verifier.verify(token)).toMatchObject(ADA_IS_SIGNED_IN)
  })

  it('has its keys accepted for a day, and tokens with other keys undecided', async () => {
    const provider = await start()
    const { verifier } = verifierOf(provider.issuer)
    const token = await lastingToken(provider)
    await verifier.verify(token)
    await provider.rotateKey()
    const newToken = await lastingToken(provider)
    provider.vanish()
    moveMachineClock(9 * MINUTE)
    await expect(verifier.verify(newToken)).rejects.toThrow(OidcProviderUnreachableError)
    expect(await verifier.verify(token)).toMatchObject(ADA_IS_SIGNED_IN)
    moveMachineClock(DAY - 10 * MINUTE)
    expect(await verifier.verify(token)).toMatchObject(ADA_IS_SIGNED_IN)
    await expect(verifier.verify(newToken)).rejects.toThrow(OidcProviderUnreachableError)
    moveMachineClock(MINUTE)
    await expect(verifier.verify(token)).rejects.toThrow(OidcProviderUnreachableError)
  })

  it('is asked again twice a minute, and delays nobody meanwhile', async () => {
    const provider = await start()
    const answers = { stalls: false }
    const { verifier, paths } = verifierOf(provider.issuer, async (input, init) => {
      if (!answers.stalls) return fetch(input, init)
      return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error())))
    })
    const token = await provider.signIn(ADA)
    await verifier.verify(token)
    shortenTimeouts()
    answers.stalls = true
    moveMachineClock(10 * MINUTE)
    await Promise.all([1, 2, 3].map(() => verifier.verify(token)))
    expect(paths).toHaveLength(3)
    for (const _ of [1, 2, 3]) expect(await verifier.verify(token)).toMatchObject(ADA_IS_SIGNED_IN)
    expect(paths).toHaveLength(3)
    moveMachineClock(MINUTE / 2)
    let settled = false
    vi.mocked(AbortSignal.timeout).mockImplementation(() => new AbortController().signal)
    void verifier.verify(token).then(() => (settled = true))
    await eventually(() => expect(settled).toBe(true))
    expect(paths).toHaveLength(4)
  })

  it('replaces its keys once it is back', async () => {
    const provider = await start()
    const { verifier } = verifierOf(provider.issuer)
    const token = await provider.signIn(ADA)
    await verifier.verify(token)
    provider.vanish()
    moveMachineClock(10 * MINUTE)
    expect(await verifier.verify(token)).toMatchObject(ADA_IS_SIGNED_IN)
    await provider.rotateKey()
    provider.comeBack()
    moveMachineClock(MINUTE)
    await verifier.verify(token).catch(() => {})
    const newToken = await provider.signIn(ADA)
    await eventually(async () => expect(await verifier.verify(newToken)).toMatchObject(ADA_IS_SIGNED_IN))
    await expect(verifier.verify(token)).rejects.toMatchObject({ reason: 'SIGNATURE' })
  })

  it('is not needed to refuse a malformed token', async () => {
    const { verifier, paths } = verifierOf('https://issuer.example')
    await expect(verifier.verify('garbage')).rejects.toMatchObject({ reason: 'MALFORMED' })
    expect(paths).toEqual([])
  })

  it.each(['/.well-known/openid-configuration', '/jwks'])(
    'times out after five seconds at %s',
    async (path) => {
      const stalling = createServer((request, response) => {
        if (request.url !== path) response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` }))
      })
      await once(stalling.listen(0, '127.0.0.1'), 'listening')
      leftovers.push(() => stalling.close().closeAllConnections())
      const issuer = `http://127.0.0.1:${(stalling.address() as AddressInfo).port}`
      const token = await (await start()).signIn(ADA)
      const shortened = shortenTimeouts()
      const { verifier } = verifierOf(issuer)
      await expect(verifier.verify(token)).rejects.toThrow(OidcProviderUnreachableError)
      expect(shortened.mock.calls).toEqual([[5_000]])
    },
  )
})

describe('an answer of the provider that cannot be trusted', () => {
  const issuer = 'https://issuer.example'
  const document = { issuer, jwks_uri: `${issuer}/jwks` }
  const refused = Response.json(document, { status: 503 })
  const page = new Response('<html>')
  const json = (body: unknown) => Response.json(body)

  it.each([
    { name: 'a discovery document refused', discovery: refused },
    { name: 'a redirected discovery document', discovery: Response.redirect('https://elsewhere.example') },
    { name: 'a discovery document that is not JSON', discovery: page },
    {
      name: 'a discovery document of another issuer',
      discovery: json({ ...document, issuer: `${issuer}/` }),
    },
    { name: 'no URL of the keys', discovery: json({ issuer }) },
    { name: 'keys without TLS', discovery: json({ ...document, jwks_uri: 'http://issuer.example/jwks' }) },
    { name: 'keys refused', keys: refused },
    { name: 'keys that are not JSON', keys: page },
    { name: 'keys that are not a key set', keys: json(document) },
  ])('$name does not make the token invalid, and is not cached', async ({ discovery, keys }) => {
    const answers = { discovery, keys }
    const { verifier } = verifierOf(issuer, async (input) =>
      String(input).endsWith('/jwks')
        ? (answers.keys?.clone() ?? json({ keys: [] }))
        : (answers.discovery?.clone() ?? json(document)),
    )
    const token = await (await start()).signIn(ADA)
    await expect(verifier.verify(token)).rejects.toThrow(OidcProviderUnreachableError)
    Object.assign(answers, { discovery: undefined, keys: undefined })
    await expect(verifier.verify(token)).rejects.toMatchObject({ reason: 'SIGNATURE' })
  })
})
