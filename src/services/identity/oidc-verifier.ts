// Checks bearer tokens of an OpenID Connect provider against the keys that the provider publishes. Must never
// accept a signature by anything else, and never call a token invalid because the provider gave no answer.
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

/** None that signs with a shared secret, and not `none`: a published key must never serve as a secret
 * (RFC 8725, section 3.1). */
const ASYMMETRIC_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
const CLOCK_TOLERANCE_SECONDS = 5
/** For the discovery document and the keys together. */
const FETCH_TIMEOUT_MS = 5_000
/** Keys that the provider has withdrawn are accepted no longer than this. */
const KEYS_MAX_AGE_MS = 10 * 60_000
/** After a successful fetch: tokens with made-up key ids cause no other in this time. */
const UNKNOWN_KEY_COOLDOWN_MS = 30_000

/** What a valid token says of its holder. */
export interface VerifiedToken {
  /** The provider's name of the account: the same for ever, unique at this provider only. */
  subject: string
  /** As the provider writes it; null when the token has none. */
  email: string | null
  /** Whether the provider vouches that the address is the account's. */
  emailVerified: boolean
  expiresAt: Date
}

export interface OidcVerifier {
  /** @throws InvalidTokenError when the token is anything but a valid one for this audience
   * @throws OidcProviderUnreachableError when that cannot be told now */
  verify(token: string): Promise<VerifiedToken>
}

/** The first fault found; these values never change. CLAIMS: one is missing or of the wrong type. */
export type InvalidTokenReason =
  | 'MALFORMED'
  | 'SIGNATURE'
  | 'EXPIRED'
  | 'NOT_YET_VALID'
  | 'ISSUER'
  | 'AUDIENCE'
  | 'CLAIMS'

/** The token proves nothing. The message holds no claim's value. */
export class InvalidTokenError extends Error {
  readonly reason: InvalidTokenReason
  constructor(reason: InvalidTokenReason, message: string) {
    super(message)
    this.reason = reason
  }
}

/** The provider's keys could not be had: no answer, or none that can be trusted. Says nothing of the token. */
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

/** Asks the provider nothing before the first token.
 * @param options.issuer an http(s) URL, to the letter as the provider writes it in its tokens
 * @param options.audience what a token must name in `aud`
 * @param options.now by it tokens expire; jose ages its cached keys by the machine's own clock */
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

/** jose keeps the keys, lets concurrent requests share a fetch, and forgets one that failed. */
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
      throw new OidcProviderUnreachableError(`No keys could be had from the provider ${issuer}.`, {
        cause: error,
      })
    }
  }
}

/** OpenID Connect Discovery 1.0, section 4.1. */
function discoveryUrl(issuer: string): URL {
  return new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
}

/** Discovers anew at every fetch of the keys, so that one cache, one cool-down and one time-out hold for both,
 * and keys that moved to another address are found. */
function discoverThenFetchKeys(issuer: string, fetchAnswer: typeof fetch): FetchImplementation {
  const protocol = issuer.startsWith('https:') ? /^https$/ : /^https?$/
  const document = z.object({
    // OpenID Connect Discovery 1.0, section 4.3.
    issuer: z.literal(issuer),
    // Keys fetched in the clear could be anybody's.
    jwks_uri: z.url({ protocol }),
  })
  return async (url, request) => {
    const response = await fetchAnswer(url, request)
    if (response.status !== 200) throw new Error(`${url} answered with HTTP status ${response.status}.`)
    const { jwks_uri: keysUrl } = document.parse(await response.json())
    return fetchAnswer(keysUrl, request)
  }
}

/** The provider answered, and none of its keys, or no single one, is the token's. */
function isAboutToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
}

/** jose's error is no cause of ours: it carries the claims, which must not get into a log. */
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
    throw new InvalidTokenError('CLAIMS', '"sub" must be text and "exp" a time.')
  }
  return {
    subject: sub,
    email: typeof email === 'string' && email !== '' ? email : null,
    // Some providers write it as text.
    emailVerified: verified === true || verified === 'true',
    expiresAt,
  }
}
