// Verifies bearer tokens of an OpenID Connect provider with the keys that the provider publishes. Must never accept a
// signature by any other key, and never call a token invalid because the provider did not answer.
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { z } from 'zod'

/** No algorithm with a shared secret, and not `none`: a published key must never be used as a secret (RFC 8725,
 * section 3.1). */
const ASYMMETRIC_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
const CLOCK_TOLERANCE_SECONDS = 5
/** For the discovery document and the keys together. */
const FETCH_TIMEOUT_MS = 5_000
/** How long a key is still accepted, at most, after the provider has withdrawn it. */
const KEYS_MAX_AGE_MS = 10 * 60_000
/** How long unknown key ids cause no further fetch after a successful one, so that made-up ids cause no flood. */
const UNKNOWN_KEY_COOLDOWN_MS = 30_000

/** The claims of a valid token. */
export interface VerifiedToken {
  /** The provider's permanent id of the account, unique at this provider only. */
  subject: string
  /** As the provider writes it; null when the token has none. */
  email: string | null
  /** Whether the provider vouches that the address is the account's. */
  emailVerified: boolean
  expiresAt: Date
}

export interface OidcVerifier {
  /** @throws InvalidTokenError when the token is not valid for this audience
   * @throws OidcProviderUnreachableError when the provider's keys are not available */
  verify(token: string): Promise<VerifiedToken>
}

/** The first fault found. CLAIMS: a claim is missing or has the wrong type. */
export type InvalidTokenReason =
  | 'MALFORMED'
  | 'SIGNATURE'
  | 'EXPIRED'
  | 'NOT_YET_VALID'
  | 'ISSUER'
  | 'AUDIENCE'
  | 'CLAIMS'

/** The token is not valid. The message contains no value of a claim. */
export class InvalidTokenError extends Error {
  readonly reason: InvalidTokenReason
  constructor(reason: InvalidTokenReason, message: string) {
    super(message)
    this.reason = reason
  }
}

/** The provider's keys are not available: it did not answer, or its answer cannot be trusted. The token may be valid. */
export class OidcProviderUnreachableError extends Error {}

const REASON_OF_CODE: Record<string, InvalidTokenReason> = {
  [errors.JWSInvalid.code]: 'MALFORMED',
  [errors.JWTInvalid.code]: 'MALFORMED',
  [errors.JOSENotSupported.code]: 'MALFORMED',
  [errors.JOSEAlgNotAllowed.code]: 'SIGNATURE',
  [errors.JWSSignatureVerificationFailed.code]: 'SIGNATURE',
  [errors.JWKSNoMatchingKey.code]: 'SIGNATURE',
  [errors.JWKSMultipleMatchingKeys.code]: 'SIGNATURE',
  [errors.JWTExpired.code]: 'EXPIRED',
  [errors.JWTClaimValidationFailed.code]: 'CLAIMS',
}

const REASON_OF_CLAIM: Record<string, InvalidTokenReason> = {
  iss: 'ISSUER',
  aud: 'AUDIENCE',
  nbf: 'NOT_YET_VALID',
}

/** Sends nothing to the provider before the first token.
 * @param options.issuer an http(s) URL, exactly as the provider writes it in its tokens
 * @param options.audience the value that a token must have in `aud`
 * @param options.now the clock by which tokens expire; jose ages its cached keys by the machine's clock */
export function createOidcVerifier(options: {
  issuer: string
  audience: string
  now(): Date
  fetch?: typeof fetch
}): OidcVerifier {
  const { issuer, audience, now } = options
  const keyOf = publishedKeys(issuer, options.fetch ?? fetch)
  return {
    async verify(token) {
      const { payload } = await jwtVerify(token, keyOf, {
        issuer,
        audience,
        algorithms: ASYMMETRIC_ALGORITHMS,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: now(),
      }).catch((error: unknown) => {
        throw toInvalidTokenError(error)
      })
      return toVerifiedToken(payload)
    },
  }
}

/** jose caches the keys, shares a fetch among concurrent requests, and does not cache a failed one. */
function publishedKeys(issuer: string, fetchAnswer: typeof fetch): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(discoveryUrl(issuer), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cacheMaxAge: KEYS_MAX_AGE_MS,
    cooldownDuration: UNKNOWN_KEY_COOLDOWN_MS,
    [customFetch]: discoverThenFetchKeys(issuer, fetchAnswer),
  })
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (isAboutToken(error)) throw error
      throw new OidcProviderUnreachableError(`The keys of the provider ${issuer} cannot be read.`, {
        cause: error,
      })
    }
  }
}

/** OpenID Connect Discovery 1.0, section 4.1. */
function discoveryUrl(issuer: string): URL {
  return new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
}

/** Reads the discovery document with every fetch of the keys, so that one cache, one cooldown and one timeout cover both,
 * and keys that moved to another URL are found. */
function discoverThenFetchKeys(issuer: string, fetchAnswer: typeof fetch): FetchImplementation {
  const protocol = issuer.startsWith('https:') ? /^https$/ : /^https?$/
  const document = z.object({
    // OpenID Connect Discovery 1.0, section 4.3.
    issuer: z.literal(issuer),
    // Keys that were fetched without TLS could come from anyone on the way.
    jwks_uri: z.url({ protocol }),
  })
  return async (url, request) => {
    const response = await fetchAnswer(url, request)
    if (response.status !== 200) throw new Error(`${url} responded with HTTP status ${response.status}.`)
    const { jwks_uri: keysUrl } = document.parse(await response.json())
    return fetchAnswer(keysUrl, request)
  }
}

/** The provider answered, and no key of it, or more than one, matches the token. */
function isAboutToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
}

/** Without jose's error as the cause: it carries the claims, which must not be logged. */
function toInvalidTokenError(error: unknown): unknown {
  if (!(error instanceof errors.JOSEError)) return error
  const reason =
    error instanceof errors.JWTClaimValidationFailed && error.reason === 'check_failed'
      ? REASON_OF_CLAIM[error.claim]
      : REASON_OF_CODE[error.code]
  return reason === undefined ? error : new InvalidTokenError(reason, error.message)
}

function toVerifiedToken({ sub, exp, email, email_verified: verified }: JWTPayload): VerifiedToken {
  const expiresAt = new Date(Number(exp) * 1000)
  if (typeof sub !== 'string' || sub === '' || Number.isNaN(expiresAt.getTime())) {
    throw new InvalidTokenError('CLAIMS', '"sub" must be a text and "exp" a time.')
  }
  return {
    subject: sub,
    email: typeof email === 'string' && email !== '' ? email : null,
    // Some providers send it as a string.
    emailVerified: verified === true || verified === 'true',
    expiresAt,
  }
}
