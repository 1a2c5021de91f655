// The token endpoint: exchanges codes and refresh tokens for access tokens, and authenticates the client.
import { createHash } from 'node:crypto'
import type { Answer } from '../http-server.ts'
import type { LoggedRequest } from '../request-log.ts'
import { type OAuthClient, shortName } from './authorize.ts'
import type { Grant, Grants } from './grants.ts'
import type { Account, World } from './model.ts'
import { answerTokenRefusal, TokenRefusal } from './refusals.ts'
import type { SigningKeys } from './signing-keys.ts'

export interface OAuthBehaviour {
  /** The client's secret has expired. */
  invalidClient: boolean
}

interface TokenParts {
  world: World
  client: OAuthClient
  oauth: OAuthBehaviour
  grants: Grants
  keys: SigningKeys
}

/** The scopes of OpenID; all others belong to Graph. */
const IDENTITY_SCOPES = ['openid', 'profile', 'email', 'offline_access']

export function answerToken(parts: TokenParts, request: LoggedRequest): Answer {
  try {
    const form = new URLSearchParams(request.body)
    checkClient(parts, { form, authorization: request.headers.authorization })
    const answer = grantFor(parts, form)
    return { status: 200, headers: { 'cache-control': 'no-store', pragma: 'no-cache' }, body: answer }
  } catch (error) {
    if (error instanceof TokenRefusal) return answerTokenRefusal(error, parts.world.clock)
    throw error
  }
}

function checkClient(
  { client, oauth }: TokenParts,
  { form, authorization }: { form: URLSearchParams; authorization: string | undefined },
): void {
  const basic = authorization?.startsWith('Basic ')
    ? Buffer.from(authorization.slice(6), 'base64').toString().split(':').map(decodeURIComponent)
    : undefined
  const [id, given] = basic ?? [form.get('client_id'), form.get('client_secret')]
  if (id !== client.clientId) {
    throw new TokenRefusal(
      'unauthorized_client',
      700016,
      `Application with identifier '${id}' was not found.`,
    )
  }
  if (oauth.invalidClient) {
    throw new TokenRefusal('invalid_client', 7000222, 'The provided client secret keys are expired.', 401)
  }
  if (given === null || given === undefined) {
    throw new TokenRefusal(
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      401,
    )
  }
  if (given !== client.clientSecret) {
    throw new TokenRefusal('invalid_client', 7000215, 'Invalid client secret provided.', 401)
  }
}

function grantFor(parts: TokenParts, form: URLSearchParams): object {
  const type = form.get('grant_type')
  if (type === 'authorization_code') return redeemCode(parts, form)
  if (type === 'refresh_token') {
    const grant = parts.grants.takeRefreshToken(form.get('refresh_token') ?? '')
    const narrowed = form.get('scope')?.split(' ').filter(Boolean)
    const missing = narrowed?.find((scope) => !grant.scopes.map(shortName).includes(shortName(scope)))
    if (missing !== undefined && !IDENTITY_SCOPES.includes(missing)) {
      throw new TokenRefusal('invalid_grant', 65001, `The user has not consented to the scope '${missing}'.`)
    }
    return tokensFor(parts, { grant, shown: narrowed ?? grant.scopes, nonce: null })
  }
  throw new TokenRefusal(
    'unsupported_grant_type',
    70003,
    `The app requested an unsupported grant type '${type}'.`,
  )
}

function redeemCode(parts: TokenParts, form: URLSearchParams): object {
  const code = parts.grants.takeCode(form.get('code') ?? '')
  if (form.get('redirect_uri') !== code.redirectUri) {
    throw new TokenRefusal(
      'invalid_grant',
      500112,
      'The reply address does not match the reply address provided when requesting Authorization code.',
    )
  }
  if (code.challenge !== null) {
    const verifier = form.get('code_verifier')
    if (verifier === null) {
      throw new TokenRefusal('invalid_request', 50148, 'The code_verifier is missing.')
    }
    if (createHash('sha256').update(verifier).digest('base64url') !== code.challenge) {
      throw new TokenRefusal(
        'invalid_grant',
        501481,
        'The Code_Verifier does not match the code_challenge supplied.',
      )
    }
  }
  return tokensFor(parts, { grant: code.grant, shown: code.grant.scopes, nonce: code.nonce })
}

/** With offline access each answer has a new refresh token. */
function tokensFor(
  parts: TokenParts,
  { grant, shown, nonce }: { grant: Grant; shown: string[]; nonce: string | null },
): object {
  const { world, grants } = parts
  const has = (scope: string) => grant.scopes.includes(scope)
  return {
    token_type: 'Bearer',
    // Microsoft never lists offline_access among the granted scopes.
    scope: shown.filter((scope) => scope !== 'offline_access').join(' '),
    expires_in: world.behaviour.accessTokenSeconds,
    ext_expires_in: world.behaviour.accessTokenSeconds,
    access_token: grants.issueAccessToken(grant),
    ...(has('offline_access') && { refresh_token: grants.issueRefreshToken(grant) }),
    ...(has('openid') && { id_token: createIdToken(parts, { grant, nonce }) }),
  }
}

function createIdToken(
  { world, client, keys }: TokenParts,
  { grant, nonce }: { grant: Grant; nonce: string | null },
): string {
  const { account, scopes } = grant
  const now = Math.floor(world.clock.now().getTime() / 1000)
  return keys.sign({
    ver: '2.0',
    iss: issuerOf(world, account),
    sub: subjectOf(account, client),
    aud: client.clientId,
    exp: now + 86_400,
    iat: now,
    nbf: now,
    tid: account.tenantId,
    ...(nonce !== null && { nonce }),
    ...(scopes.includes('profile') && {
      oid: account.userId,
      name: account.name,
      preferred_username: account.email,
    }),
    ...(scopes.includes('email') && { email: account.email }),
  })
}

const issuerOf = ({ origin }: World, { tenantId }: Pick<Account, 'tenantId'>) => `${origin}/${tenantId}/v2.0`

/** The subject is pairwise: each client gets another one for the same user. */
function subjectOf({ userId }: Account, { clientId }: OAuthClient): string {
  return createHash('sha256').update(`${clientId} ${userId}`).digest('base64url')
}
