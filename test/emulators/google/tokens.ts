// The OAuth endpoints that a client calls without the browser: token, revoke, tokeninfo, userinfo, keys, discovery.
import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { Answer } from '../http-server.ts'
import type { LoggedRequest } from '../request-log.ts'
import type { Consent } from './authorize.ts'
import { oauthRefusal } from './errors.ts'
import { type Grant, LIFETIME } from './grants.ts'
import { SCOPE_PREFIX } from './scopes.ts'

interface SigningKey {
  sign(claims: Record<string, unknown>): Promise<string>
  publicKey: JWK
}

/** The dependencies of these endpoints. */
export interface TokenEndpoints extends Consent {
  key: SigningKey
  /** Google's issuer by default, independent of the emulator's address. */
  issuer: string
}

let pair: ReturnType<typeof generateKeyPair> | undefined

/** All emulators of a process share one key, because generating one is slow. */
export async function createSigningKey(): Promise<SigningKey> {
  pair ??= generateKeyPair('RS256')
  const { privateKey, publicKey } = await pair
  const header = { alg: 'RS256', kid: 'emulator', typ: 'JWT' }
  return {
    sign: (claims) => new SignJWT(claims).setProtectedHeader(header).sign(privateKey),
    publicKey: { ...(await exportJWK(publicKey)), kid: header.kid, alg: 'RS256', use: 'sig' },
  }
}

/** POST /token */
export async function issueTokens(endpoints: TokenEndpoints, request: LoggedRequest): Promise<Answer> {
  const form = new URLSearchParams(request.body)
  checkClient(endpoints, { form, authorization: request.headers.authorization })
  switch (form.get('grant_type')) {
    case 'authorization_code':
      return exchangeCode(endpoints, form, request)
    case 'refresh_token':
      return refresh(endpoints, form, request)
    default:
      throw oauthRefusal(400, 'unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type')}`)
  }
}

function checkClient(
  { client, oauth }: TokenEndpoints,
  { form, authorization = '' }: { form: URLSearchParams; authorization: string | undefined },
): void {
  const [, basic = ''] = /^Basic (.+)$/i.exec(authorization) ?? []
  const [id, secret] = basic
    ? Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent)
    : [form.get('client_id'), form.get('client_secret')]
  if (id !== client.clientId) throw oauthRefusal(401, 'invalid_client', 'The OAuth client was not found.')
  if (secret !== client.clientSecret || oauth.invalidClient)
    throw oauthRefusal(401, 'invalid_client', 'Unauthorized')
}

async function exchangeCode(
  endpoints: TokenEndpoints,
  form: URLSearchParams,
  request: LoggedRequest,
): Promise<Answer> {
  const { grants, world } = endpoints
  const code = grants.codes.get(form.get('code') ?? '')
  if (!code) throw oauthRefusal(400, 'invalid_grant', 'Malformed auth code.')
  request.account = code.grant.account.email
  if (code.used || code.expiresAt <= world.clock.now().getTime())
    throw oauthRefusal(400, 'invalid_grant', 'Bad Request')
  if (form.get('redirect_uri') !== code.redirectUri)
    throw oauthRefusal(400, 'redirect_uri_mismatch', 'Bad Request')
  if (code.challenge) {
    const verifier = form.get('code_verifier')
    if (!verifier) throw oauthRefusal(400, 'invalid_grant', 'Missing code verifier.')
    const { method, value } = code.challenge
    const sent = method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
    if (sent !== value) throw oauthRefusal(400, 'invalid_grant', 'Invalid code verifier.')
  }
  code.used = true
  const refreshToken = code.withRefreshToken ? grants.issueRefreshToken(code.grant) : undefined
  return tokenAnswer(endpoints, code.grant, { refreshToken, shown: true, nonce: code.nonce })
}

async function refresh(
  endpoints: TokenEndpoints,
  form: URLSearchParams,
  request: LoggedRequest,
): Promise<Answer> {
  const refreshToken = form.get('refresh_token') ?? ''
  const grant = endpoints.grants.refresh.get(refreshToken)
  if (!grant) throw oauthRefusal(400, 'invalid_grant', 'Token has been expired or revoked.')
  request.account = grant.account.email
  return tokenAnswer(endpoints, grant, { refreshToken, shown: false })
}

async function tokenAnswer(
  endpoints: TokenEndpoints,
  grant: Grant,
  options: { refreshToken: string | undefined; shown: boolean; nonce?: string | undefined },
): Promise<Answer> {
  const accessToken = endpoints.grants.issueAccessToken(grant, options.refreshToken)
  const hasIdentity = grant.scopes.includes('openid')
  return {
    status: 200,
    headers: { 'cache-control': 'no-cache, no-store, max-age=0, must-revalidate' },
    body: {
      access_token: accessToken,
      expires_in: LIFETIME - 1,
      ...(options.shown && options.refreshToken ? { refresh_token: options.refreshToken } : {}),
      scope: grant.scopes.join(' '),
      token_type: 'Bearer',
      ...(hasIdentity ? { id_token: await signIdToken(endpoints, grant, options.nonce) } : {}),
    },
  }
}

function signIdToken(
  { key, client, world, issuer }: TokenEndpoints,
  grant: Grant,
  nonce: string | undefined,
): Promise<string> {
  const now = Math.floor(world.clock.now().getTime() / 1000)
  return key.sign({
    iss: issuer,
    azp: client.clientId,
    aud: client.clientId,
    ...profileOf(grant),
    ...(nonce === undefined ? {} : { nonce }),
    iat: now,
    exp: now + LIFETIME,
  })
}

/** The claims that the granted scopes allow. */
function profileOf({ account, scopes }: Grant) {
  const { subject, email, name } = account
  const [given_name, ...rest] = name.split(' ')
  return {
    sub: subject,
    ...(scopes.includes(`${SCOPE_PREFIX}userinfo.email`) ? { email, email_verified: true } : {}),
    ...(scopes.includes(`${SCOPE_PREFIX}userinfo.profile`)
      ? {
          name,
          given_name,
          family_name: rest.join(' '),
          picture: 'https://lh3.googleusercontent.com/a/default',
        }
      : {}),
  }
}

/** POST /revoke, with the token in the query or in the body. */
export function revokeToken({ grants }: TokenEndpoints, request: LoggedRequest): Answer {
  const token = request.query.get('token') ?? new URLSearchParams(request.body).get('token') ?? ''
  if (!grants.revoke(token)) throw oauthRefusal(400, 'invalid_token', 'Token expired or revoked')
  return { status: 200, body: {} }
}

/** GET or POST /tokeninfo */
export function describeToken({ grants, client, world }: TokenEndpoints, request: LoggedRequest): Answer {
  const form = new URLSearchParams(request.body)
  const [, bearer] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? []
  const token = request.query.get('access_token') ?? form.get('access_token') ?? bearer ?? ''
  const found = grants.findAccess(token)
  if (!found) throw oauthRefusal(400, 'invalid_token', 'Invalid Value')
  const { grant, expiresAt } = found
  const left = Math.floor((expiresAt - world.clock.now().getTime()) / 1000)
  const { email } = profileOf(grant)
  return {
    status: 200,
    body: {
      azp: client.clientId,
      aud: client.clientId,
      sub: grant.account.subject,
      scope: grant.scopes.join(' '),
      exp: String(Math.floor(expiresAt / 1000)),
      expires_in: String(left),
      ...(email === undefined ? {} : { email, email_verified: 'true' }),
      access_type: grant.offline ? 'offline' : 'online',
    },
  }
}

/** GET /oauth2/v3/userinfo */
export function describeUser({ grants }: TokenEndpoints, request: LoggedRequest): Answer {
  const [, bearer = ''] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? []
  const found = grants.findAccess(bearer)
  if (!found?.grant.scopes.some((scope) => scope === 'openid' || scope.includes('/userinfo.')))
    throw oauthRefusal(401, 'invalid_request', 'Invalid Credentials')
  return { status: 200, body: profileOf(found.grant) }
}

/** GET /.well-known/openid-configuration */
export function discover({ issuer, world: { origin } }: TokenEndpoints): Answer {
  return {
    status: 200,
    body: {
      issuer,
      authorization_endpoint: `${origin}/o/oauth2/v2/auth`,
      token_endpoint: `${origin}/token`,
      userinfo_endpoint: `${origin}/v1/userinfo`,
      revocation_endpoint: `${origin}/revoke`,
      jwks_uri: `${origin}/oauth2/v3/certs`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['plain', 'S256'],
    },
  }
}
