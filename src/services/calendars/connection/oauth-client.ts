// An OAuth 2 client with PKCE (RFC 6749, 7636, 7009): asks a provider for access to an account, renews and revokes it.
import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { z } from 'zod'
import type { Renewal } from '../../ports/calendar-provider.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { retryAfterMs } from '../provider/retry-after.ts'

const DEADLINE_MS = 10_000
const MAX_ANSWER_BYTES = 64 * 1024

/** Our registration with a provider, and the provider's endpoints. */
export interface OAuthRegistration {
  clientId: string
  clientSecret: string
  authorizationUrl: string
  tokenUrl: string
  /** null: the provider has no endpoint for it. */
  revocationUrl: string | null
  scopes: string[]
  /** A prefix that the provider adds to the names of scopes in its responses only. */
  scopePrefix: string
  /** Further parameters of the authorization request. */
  parameters: Record<string, string>
}

export interface OAuthGrant extends Renewal {
  scopes: string[]
  /** null: the provider does not name the account. */
  account: { subject: string; email: string } | null
}

export interface OAuthClient {
  /** The page to send the agent to. */
  authorizationUrl(request: AuthorizationRequest): string
  /** @throws CalendarFault */
  exchange(answer: { code: string; verifier: string; redirectUri: string }): Promise<OAuthGrant>
  /** @throws CalendarFault: REAUTHENTICATE only when the access itself has ended */
  refresh(refreshToken: string): Promise<OAuthGrant>
  /** @throws CalendarFault */
  revoke(refreshToken: string): Promise<void>
}

interface AuthorizationRequest {
  state: string
  verifier: string
  redirectUri: string
  loginHint: string | null
}

export function createOAuthClient(registration: OAuthRegistration): OAuthClient {
  const { clientId, clientSecret, tokenUrl, revocationUrl } = registration
  const ask = async (parameters: Record<string, string>) => {
    const client = { client_id: clientId, client_secret: clientSecret }
    return toGrant(await post(tokenUrl, { ...client, ...parameters }), registration)
  }
  return {
    authorizationUrl: (request) => authorizationUrl(registration, request),
    exchange: ({ code, verifier, redirectUri }) =>
      ask({ grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri }),
    refresh: (refreshToken) => ask({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    revoke: async (token) => {
      if (revocationUrl !== null) await post(revocationUrl, { token })
    },
  }
}

function authorizationUrl(
  { authorizationUrl: address, clientId, scopes, parameters }: OAuthRegistration,
  request: AuthorizationRequest,
): string {
  const { state, verifier, redirectUri, loginHint } = request
  const url = new URL(address)
  const all = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
    ...(loginHint === null ? {} : { login_hint: loginHint }),
  }
  for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value)
  return url.href
}

async function post(url: string, parameters: Record<string, string>): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams(parameters),
    headers: { accept: 'application/json' },
    // Secrets are sent to the configured address only.
    redirect: 'error',
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch(() => {
    throw new CalendarFault('RETRY', 'The provider does not respond.')
  })
  const body = await readJson(response)
  if (!response.ok) throw toFault(response, body)
  return body
}

/** @returns null when the body is not JSON */
async function readJson(response: Response): Promise<unknown> {
  try {
    const text = await response.text()
    return text.length > MAX_ANSWER_BYTES ? null : JSON.parse(text)
  } catch {
    return null
  }
}

const refusal = z.object({ error: z.string() })

/** Decides by the code in `error`, never by the message beside it. */
function toFault(response: Response, body: unknown): CalendarFault {
  const error = refusal.safeParse(body).data?.error
  if (error === 'invalid_grant' || error === 'interaction_required') {
    return new CalendarFault('REAUTHENTICATE', 'Access to the calendar has ended.')
  }
  if (error === 'invalid_client' || error === 'unauthorized_client') {
    return new CalendarFault('MISCONFIGURED', `The provider refuses this installation: ${error}.`)
  }
  const wait = retryAfterMs(response.headers.get('retry-after'), response.headers.get('date'))
  return new CalendarFault('RETRY', `The provider responded with HTTP status ${response.status}.`, wait)
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.coerce.number().positive().default(3600),
  scope: z.string().optional(),
  id_token: z.string().optional(),
})

function toGrant(body: unknown, { clientId, scopes, scopePrefix }: OAuthRegistration): OAuthGrant {
  const answer = tokenAnswer.safeParse(body)
  if (!answer.success) throw new CalendarFault('RETRY', 'The response of the provider is invalid.')
  const { access_token, refresh_token, expires_in, scope, id_token } = answer.data
  return {
    accessToken: access_token,
    refreshToken: refresh_token ?? null,
    expiresInSeconds: expires_in,
    scopes: scope === undefined ? scopes : parseScopes(scope, scopePrefix),
    account: id_token === undefined ? null : readAccount(id_token, clientId),
  }
}

/** @param granted separated by spaces */
function parseScopes(granted: string, prefix: string): string[] {
  const scopes = granted.split(' ').filter((scope) => scope !== '')
  return scopes.map((scope) => (scope.startsWith(prefix) ? scope.slice(prefix.length) : scope))
}

const claims = z.object({
  sub: z.string().min(1),
  aud: z.string(),
  email: z.email().optional(),
  preferred_username: z.email().optional(),
})

/** The token comes straight from the provider, so its signature need not be checked (OpenID Connect Core, 3.1.3.7). */
function readAccount(idToken: string, clientId: string): OAuthGrant['account'] {
  try {
    const { sub, aud, email, preferred_username } = claims.parse(decodeJwt(idToken))
    const address = email ?? preferred_username
    if (aud !== clientId || address === undefined) return null
    return { subject: sub, email: address.toLowerCase() }
  } catch {
    return null
  }
}
