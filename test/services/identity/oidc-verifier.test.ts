import fc from 'fast-check'
import {
  decodeJwt,
  decodeProtectedHeader,
  exportSPKI,
  importJWK,
  type JWK_RSA_Public,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  createOidcVerifier,
  InvalidTokenError,
  type OidcVerifier,
} from '../../../src/services/identity/oidc-verifier.ts'
import { createTestClock, type TestClock } from '../../kit/clock.ts'
import { type OidcAlgorithm, type OidcProvider, startOidcProvider } from '../../kit/oidc-provider.ts'

const AUDIENCE = 'https://api.example'
const ADA = { subject: 'ada', email: 'Ada@Example.org', emailVerified: true } as const

const leftovers: (() => Promise<void>)[] = []
let provider: OidcProvider
let token: string
let claims: JWTPayload
/** Stopped at the moment when the token was issued. */
let issued: TestClock

beforeAll(async () => {
  provider = await startOidcProvider({ audience: AUDIENCE })
  token = await provider.signIn(ADA)
  claims = decodeJwt(token)
  issued = createTestClock(new Date(claims.iat! * 1000).toISOString())
})
afterAll(() => provider.stop())
afterEach(async () => {
  for (const cleanUp of leftovers.splice(0)) await cleanUp()
})

async function start(options: { issuer?: string } = {}): Promise<OidcProvider> {
  const started = await startOidcProvider({ audience: AUDIENCE, ...options })
  leftovers.push(started.stop)
  return started
}

function verifierOf({ issuer }: OidcProvider, clock: TestClock = issued) {
  return createOidcVerifier({ issuer, audience: AUDIENCE, now: clock.now })
}

async function reasonOf(verifier: OidcVerifier, badToken: string): Promise<string> {
  const error = await verifier.verify(badToken).then(
    () => 'accepted',
    (thrown: unknown) => thrown,
  )
  return error instanceof InvalidTokenError ? error.reason : String(error)
}

describe('a token that the provider issued', () => {
  it('yields the subject, the e-mail address and the time of expiry', async () => {
    expect(await verifierOf(provider).verify(token)).toEqual({
      subject: 'ada',
      email: 'Ada@Example.org',
      emailVerified: true,
      expiresAt: new Date(claims.exp! * 1000),
    })
  })

  it.each([
    { written: false, verified: false },
    { written: 'true', verified: true },
  ] as const)('with email_verified $written counts as verified: $verified', async ({ written, verified }) => {
    const issuedToken = await provider.signIn({ ...ADA, subject: 'bob', emailVerified: written })
    expect(await verifierOf(provider).verify(issuedToken)).toMatchObject({ emailVerified: verified })
  })

  it.each(['PS256', 'ES256', 'EdDSA'] as OidcAlgorithm[])(
    'is accepted when signed with %s',
    async (algorithm) => {
      const other = await start()
      await other.rotateKey(algorithm)
      const otherToken = await other.signIn(ADA)
      expect(decodeProtectedHeader(otherToken).alg).toBe(algorithm)
      expect(await verifierOf(other).verify(otherToken)).toMatchObject({ subject: 'ada' })
    },
  )

  it('is accepted until five seconds after its expiry, because clocks differ', async () => {
    const clock = createTestClock(new Date((claims.exp! + 4) * 1000).toISOString())
    const verifier = verifierOf(provider, clock)
    expect(await verifier.verify(token)).toMatchObject({ subject: 'ada' })
    clock.advance(1_000)
    expect(await reasonOf(verifier, token)).toBe('EXPIRED')
  })

  it('is refused by an API with another audience', async () => {
    const verifier = createOidcVerifier({ ...provider, audience: 'https://other.example', now: issued.now })
    expect(await reasonOf(verifier, token)).toBe('AUDIENCE')
  })

  it('is refused when its content or its signature was altered', async () => {
    const [header, payload = '', signature = ''] = token.split('.')
    const otherPayload = Buffer.from(JSON.stringify({ ...claims, sub: 'eve' })).toString('base64url')
    const otherSignature = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)
    const verifier = verifierOf(provider)
    expect(await reasonOf(verifier, [header, otherPayload, signature].join('.'))).toBe('SIGNATURE')
    expect(await reasonOf(verifier, [header, payload, otherSignature].join('.'))).toBe('SIGNATURE')
    expect(await reasonOf(verifier, [header, payload, ''].join('.'))).toBe('SIGNATURE')
  })
})

describe('a token with the right signature and wrong claims', () => {
  it.each([
    { wrong: { iss: 'https://elsewhere.example' }, reason: 'ISSUER' },
    { wrong: { aud: ['https://other.example', `${AUDIENCE}/`] }, reason: 'AUDIENCE' },
    { wrong: { nbf: 4_000_000_000 }, reason: 'NOT_YET_VALID' },
    { wrong: { exp: 1 }, reason: 'EXPIRED' },
    { wrong: { exp: undefined }, reason: 'CLAIMS' },
    { wrong: { exp: '4000000000' }, reason: 'CLAIMS' },
    { wrong: { exp: 1e300 }, reason: 'CLAIMS' },
    { wrong: { sub: undefined }, reason: 'CLAIMS' },
    { wrong: { sub: '' }, reason: 'CLAIMS' },
    { wrong: { sub: 7 }, reason: 'CLAIMS' },
    { wrong: { sub: 'ada\0' }, reason: 'CLAIMS' },
    { wrong: { sub: 'ada\ud800' }, reason: 'CLAIMS' },
    { wrong: { email: 'ada\0@example.org' }, reason: 'CLAIMS' },
    { wrong: { iss: undefined }, reason: 'CLAIMS' },
    { wrong: { aud: undefined }, reason: 'CLAIMS' },
  ])('$wrong is refused as $reason', async ({ wrong, reason }) => {
    const signed = await provider.sign({ ...claims, ...wrong } as JWTPayload)
    expect(await reasonOf(verifierOf(provider), signed)).toBe(reason)
  })

  it.each([undefined, null, '', 7, ['ada@example.org']])('has no e-mail address in %o', async (email) => {
    const signed = await provider.sign({ ...claims, email })
    expect(await verifierOf(provider).verify(signed)).toMatchObject({ email: null })
  })

  it.each([undefined, null, 1, 'TRUE', 'false', ['true']])(
    'does not verify the address with %o',
    async (verified) => {
      const signed = await provider.sign({ ...claims, email_verified: verified })
      expect(await verifierOf(provider).verify(signed)).toMatchObject({ emailVerified: false })
    },
  )
})

describe('the type of a token', () => {
  it.each(['JWT', 'jwt', 'at+jwt', 'application/at+jwt', 'application/JWT'])('may be %s', async (typ) => {
    const signed = await provider.sign(claims, { typ })
    expect(await verifierOf(provider).verify(signed)).toMatchObject({ subject: 'ada' })
  })

  it.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'x+at+jwt', ''])('must not be %o', async (typ) => {
    expect(await reasonOf(verifierOf(provider), await provider.sign(claims, { typ }))).toBe('TYPE')
  })
})

describe('the application that a token was issued to', () => {
  /** Without what only access tokens have. */
  const idToken = () => ({ ...claims, scope: undefined, client_id: undefined })

  it.each([
    { claim: {}, accepted: true },
    { claim: { azp: AUDIENCE }, accepted: true },
    { claim: { azp: AUDIENCE, aud: [AUDIENCE, 'https://other.example'] }, accepted: true },
    { claim: { azp: 'lunch-menu' }, accepted: false },
    { claim: { azp: ['console'] }, accepted: false },
    { claim: { azp: 'lunch-menu', aud: [AUDIENCE, 'lunch-menu'] }, accepted: false },
    { claim: { aud: [AUDIENCE, 'lunch-menu'] }, accepted: false },
  ])('is this one in an ID token with $claim: $accepted', async ({ claim, accepted }) => {
    const signed = await provider.sign({ ...idToken(), ...claim } as JWTPayload)
    expect(await reasonOf(verifierOf(provider), signed)).toBe(accepted ? 'accepted' : 'CLIENT')
  })

  it.each([{ scope: 'api' }, { scp: 'api' }])(
    'may be any one in an access token (%o), which is for an API',
    async (scope) => {
      const signed = await provider.sign({ ...idToken(), ...scope, azp: 'lunch-menu' })
      expect(await reasonOf(verifierOf(provider), signed)).toBe('accepted')
    },
  )

  it.each([
    { claim: { azp: 'console' }, accepted: true },
    { claim: { client_id: 'console' }, accepted: true },
    { claim: { azp: 'lunch-menu' }, accepted: false },
    { claim: { client_id: 'lunch-menu' }, accepted: false },
    { claim: { azp: 'lunch-menu', client_id: 'console' }, accepted: false },
    { claim: {}, accepted: false },
  ])('must be among those that are named, with $claim: $accepted', async ({ claim, accepted }) => {
    const clients = ['console', 'phone']
    const verifier = createOidcVerifier({ ...provider, audience: AUDIENCE, clients, now: issued.now })
    const signed = await provider.sign({ ...idToken(), scope: 'api', ...claim })
    expect(await reasonOf(verifier, signed)).toBe(accepted ? 'accepted' : 'CLIENT')
  })
})

describe('a forged token is refused', () => {
  it('without a signature (alg none)', async () => {
    expect(await reasonOf(verifierOf(provider), new UnsecuredJWT(claims).encode())).toBe('SIGNATURE')
  })

  it('with the public key as a shared secret (HS256)', async () => {
    const answer = await fetch(`${provider.issuer}/jwks`)
    const { keys } = (await answer.json()) as { keys: [JWK_RSA_Public & { kty: 'RSA' }] }
    const pem = await exportSPKI(await importJWK(keys[0], 'RS256'))
    for (const secret of [pem, JSON.stringify(keys[0]), keys[0].n]) {
      const forged = new SignJWT(claims).setProtectedHeader({ ...decodeProtectedHeader(token), alg: 'HS256' })
      const signed = await forged.sign(Buffer.from(secret))
      expect(await reasonOf(verifierOf(provider), signed)).toBe('SIGNATURE')
    }
  })

  it('from another provider that claims the same issuer, even under the same key id', async () => {
    const impostor = await start({ issuer: provider.issuer })
    const verifier = verifierOf(provider)
    const impostorToken = await impostor.signIn(ADA)
    expect(decodeJwt(impostorToken).iss).toBe(provider.issuer)
    expect(await reasonOf(verifier, impostorToken)).toBe('SIGNATURE')
    const underSameKeyId = await impostor.sign(claims, { kid: decodeProtectedHeader(token).kid ?? '' })
    expect(await reasonOf(verifier, underSameKeyId)).toBe('SIGNATURE')
  })

  it.each(['', '.', '..', '....', 'null', '{}', 'e30.e30.e30', 'x'.repeat(1e6), `${'a'.repeat(1e6)}.b.c`])(
    'when it is not a token at all (case %#)',
    async (garbage) => {
      expect(await reasonOf(verifierOf(provider), garbage)).toBe('MALFORMED')
    },
  )

  it('whatever its header says', async () => {
    const verifier = verifierOf(provider)
    const { alg, kid } = decodeProtectedHeader(token)
    const header = fc.oneof(
      fc.json(),
      fc.object().map((extra) => JSON.stringify({ alg, kid, ...extra })),
      fc
        .constantFrom(
          { b64: false, crit: ['b64'] },
          { crit: ['exp'] },
          { kid: 7 },
          { jwk: {} },
          { zip: 'DEF' },
        )
        .map((extra) => JSON.stringify({ alg, kid, ...extra })),
    )
    const parts = fc.tuple(header, fc.json(), fc.string())
    await fc.assert(
      fc.asyncProperty(parts, async (texts) => {
        const forged = texts.map((text) => Buffer.from(text).toString('base64url')).join('.')
        expect(await reasonOf(verifier, forged)).toMatch(/^(MALFORMED|SIGNATURE)$/)
      }),
    )
  })
})
