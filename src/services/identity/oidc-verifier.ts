// Verifies bearer tokens of an OpenID Connect provider with the keys that the provider publishes. Must never accept a
// signature by any other key, and never call a token invalid because the provider did not answer.
import { errors, type JWTPayload, jwtVerify } from 'jose'
import { PublishedKeys } from './published-keys.ts'
import type { KeyStore } from './stored-keys.ts'

/** No algorithm with a shared secret, and not `none`: a published key must never be used as a secret (RFC 8725,
 * section 3.1). */
const ASYMMETRIC_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
/** Of an ID token and of an access token (RFC 9068). A provider signs other things with the same keys, for example the
 * news that somebody has signed out. */
const TOKEN_TYPES = /^(?:application\/)?(?:at\+)?jwt$/i
const CLOCK_TOLERANCE_SECONDS = 5
/** NUL cannot be stored, and lone surrogates are all stored as the same character. */
const NOT_STORABLE = /[\p{Cc}\p{Cs}]/u

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

/** The first fault found. CLAIMS: a claim is missing or has the wrong type. TYPE: it is no token to sign in with. CLIENT: it
 * was issued to another application. */
export type InvalidTokenReason =
  | 'MALFORMED'
  | 'SIGNATURE'
  | 'EXPIRED'
  | 'NOT_YET_VALID'
  | 'ISSUER'
  | 'AUDIENCE'
  | 'TYPE'
  | 'CLIENT'
  | 'CLAIMS'

/** The token is not valid. The message contains no value of a claim. */
export class InvalidTokenError extends Error {
  readonly reason: InvalidTokenReason
  constructor(reason: InvalidTokenReason, message: string) {
    super(message)
    this.reason = reason
  }
}

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
 * @param options.clients the applications that may get tokens for us; left out: see `requireClient`
 * @param options.now the clock by which tokens expire and keys grow old
 * @param options.store keeps the keys beyond a restart */
export function createOidcVerifier(options: {
  issuer: string
  audience: string
  clients?: string[]
  now(): Date
  fetch?: typeof fetch
  store?: KeyStore
}): OidcVerifier {
  const { issuer, audience, clients = [], now, store } = options
  const keys = new PublishedKeys({ issuer, now, fetch: options.fetch ?? fetch, store })
  return {
    async verify(token) {
      const { payload, protectedHeader } = await jwtVerify(token, keys.find, {
        issuer,
        audience,
        algorithms: ASYMMETRIC_ALGORITHMS,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: now(),
      }).catch((error: unknown) => {
        throw toInvalidTokenError(error)
      })
      requireType(protectedHeader.typ)
      requireClient(payload, {
        audience,
        clients,
        isAccessToken: isAccessToken(payload, protectedHeader.typ),
      })
      return toVerifiedToken(payload)
    },
  }
}

function requireType(type: string | undefined): void {
  if (type === undefined || TOKEN_TYPES.test(type)) return
  throw new InvalidTokenError('TYPE', 'The token is neither an ID token nor an access token.')
}

/** Many providers type their access tokens like their ID tokens, but only access tokens have a scope. */
function isAccessToken({ scope, scp }: JWTPayload, type = ''): boolean {
  return /at\+jwt$/i.test(type) || scope !== undefined || scp !== undefined
}

/** Without a list of clients, an ID token is for the application that it was issued to (OpenID Connect Core 1.0, section
 * 3.1.3.7), and an access token for its audience, whichever application got it. */
function requireClient(
  { aud, azp, client_id: clientId }: JWTPayload,
  { audience, clients, isAccessToken }: { audience: string; clients: string[]; isAccessToken: boolean },
): void {
  const client = azp ?? clientId
  const accepted = clients.length > 0 ? clients : [audience]
  const isOurs = typeof client === 'string' && accepted.includes(client)
  const isUndecided = clients.length === 0 && (isAccessToken || (client === undefined && !hasSeveral(aud)))
  if (isOurs || isUndecided) return
  throw new InvalidTokenError('CLIENT', 'The token was issued to another application.')
}

const hasSeveral = (audience: JWTPayload['aud']) => Array.isArray(audience) && audience.length > 1

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
  if (NOT_STORABLE.test(sub) || (typeof email === 'string' && NOT_STORABLE.test(email))) {
    throw new InvalidTokenError('CLAIMS', '"sub" and "email" must not contain control characters.')
  }
  return {
    subject: sub,
    email: typeof email === 'string' && email !== '' ? email : null,
    // Some providers send it as a string.
    emailVerified: verified === true || verified === 'true',
    expiresAt,
  }
}
