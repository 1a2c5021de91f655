// The authorization endpoint: its consent page, and the user's decision.
import type { Answer } from '../http-server.ts'
import type { Grants } from './grants.ts'
import type { Account, World } from './model.ts'

export interface OAuthClient {
  clientId: string
  clientSecret: string
  /** Any URI is accepted when omitted. */
  redirectUris?: string[]
}

export interface Decision {
  /** The e-mail of the account. */
  account: string
  /** The user cancels, or an administrator's consent is missing. */
  deny?: 'access_denied' | 'consent_required'
  /** Requested scopes that are not granted. */
  untick?: string[]
}

interface Consent {
  world: World
  client: OAuthClient
  grants: Grants
}

/** The texts of the real page. */
const SENTENCES: Record<string, string> = {
  'calendars.readwrite': 'Have full access to your calendars',
  'calendars.read': 'Read your calendars',
  'user.read': 'Sign you in and read your profile',
  offline_access: 'Maintain access to data you have given it access to',
  'mailboxsettings.read': 'Read your mailbox settings',
}

const DENIALS = {
  access_denied: 'AADSTS65004: User declined to consent to access the app.',
  consent_required:
    'AADSTS90094: The app needs permission to access resources in your organization that only an admin can grant.',
}

/** A fault of the user or the client that is shown on the page, without redirecting the browser. */
export class AuthorizeError extends Error {}

export const isAuthorizePath = (path: string) => /^\/[^/]+\/oauth2\/v2\.0\/authorize$/.test(path)

/** @param path with the tenant
 * @throws AuthorizeError */
export function showConsentPage(consent: Consent, path: string, query: URLSearchParams): Answer {
  const scopes = readRequest(consent, query)
  const hint = query.get('login_hint')?.toLowerCase()
  const possible = [...consent.world.accounts.values()].filter((account) => isOfTenant(account, path))
  const accounts = possible.map(({ email, name }) => {
    const checked = email === hint || possible.length === 1 ? ' checked' : ''
    return `<p><label><input type="radio" name="account" value="${escapeHtml(email)}" required${checked}> ${escapeHtml(name)} (${escapeHtml(email)})</label></p>`
  })
  const sentences = scopes.flatMap((scope) => SENTENCES[shortName(scope)] ?? [])
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in to your account</title><link rel="icon" href="data:,">
<h1>Pick an account</h1>
<form method="post" action="${escapeHtml(path)}">
<input type="hidden" name="request" value="${escapeHtml(query.toString())}">
${accounts.join('\n')}
<h2>Permissions requested</h2>
<ul>${sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('')}</ul>
<button name="decision" value="cancel" formnovalidate>Cancel</button>
<button name="decision" value="accept">Accept</button>
</form></html>`
  return html(200, body)
}

/** Handles the form of the consent page. */
export function takeConsentForm(consent: Consent, path: string, form: URLSearchParams): Answer {
  const query = new URLSearchParams(form.get('request') ?? '')
  const deny = form.get('decision') === 'accept' ? undefined : ('access_denied' as const)
  const location = decide(consent, { path, query }, { account: form.get('account') ?? '', deny })
  return { status: 302, headers: { location } }
}

/** @returns the redirect URI with the code or the error
 * @throws AuthorizeError */
export function decide(
  consent: Consent,
  { path, query }: { path: string; query: URLSearchParams },
  { account: email, deny, untick = [] }: Decision,
): string {
  const scopes = readRequest(consent, query)
  const redirectUri = query.get('redirect_uri') ?? ''
  const back = new URL(redirectUri)
  const state = query.get('state')
  if (state !== null) back.searchParams.set('state', state)
  if (deny !== undefined) {
    back.searchParams.set('error', deny)
    back.searchParams.set('error_description', DENIALS[deny])
    return back.href
  }
  const account = consent.world.accounts.get(email.toLowerCase())
  if (account === undefined || !isOfTenant(account, path)) {
    throw new AuthorizeError(`AADSTS50020: User account '${email}' does not exist in this tenant.`)
  }
  account.refusal = undefined
  const unticked = untick.map(shortName)
  const code = consent.grants.issueCode({
    grant: { account, scopes: scopes.filter((scope) => !unticked.includes(shortName(scope))) },
    redirectUri,
    nonce: query.get('nonce'),
    challenge: query.get('code_challenge'),
  })
  back.searchParams.set('code', code)
  back.searchParams.set('session_state', account.userId)
  return back.href
}

/** Checks the client's request. An invalid request never redirects the browser, least of all to an unregistered URI.
 * @returns the scopes */
function readRequest({ client }: Consent, query: URLSearchParams): string[] {
  const redirectUri = query.get('redirect_uri') ?? ''
  const isKnown = client.redirectUris?.includes(redirectUri) ?? URL.canParse(redirectUri)
  const scopes = (query.get('scope') ?? '').split(' ').filter(Boolean)
  if (query.get('client_id') !== client.clientId) {
    throw new AuthorizeError(`AADSTS700016: Application '${query.get('client_id')}' was not found.`)
  }
  if (!isKnown) throw new AuthorizeError(`AADSTS50011: The redirect URI '${redirectUri}' does not match.`)
  if (query.get('response_type') !== 'code') {
    throw new AuthorizeError("AADSTS70011: The 'response_type' must be 'code' here.")
  }
  if ((query.get('response_mode') ?? 'query') !== 'query') {
    throw new AuthorizeError("AADSTS70007: The 'response_mode' must be 'query' here.")
  }
  if (scopes.length === 0) throw new AuthorizeError("AADSTS900144: The request must contain 'scope'.")
  if (query.get('code_challenge') !== null && query.get('code_challenge_method') !== 'S256') {
    throw new AuthorizeError('AADSTS501491: Invalid code challenge method; only S256 is taken here.')
  }
  return scopes
}

function isOfTenant({ kind, tenantId }: Account, path: string): boolean {
  const tenant = path.split('/')[1]
  if (tenant === 'common') return true
  if (tenant === 'organizations') return kind === 'work'
  return tenant === 'consumers' ? kind === 'personal' : tenant === tenantId
}

/** The scope in lower case, without the prefix of Graph. */
export function shortName(scope: string): string {
  return scope.toLowerCase().replace('https://graph.microsoft.com/', '')
}

export function html(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body }
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
