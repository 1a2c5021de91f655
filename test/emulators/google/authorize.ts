// The authorization endpoint: its consent page, and the user's decision.
import type { Answer } from '../http-server.ts'
import { Refusal } from './errors.ts'
import { canBeUnticked, canonicalScope, type Grants } from './grants.ts'
import type { World } from './state.ts'

export interface OAuthClient {
  clientId: string
  clientSecret: string
  /** Any URI is accepted when omitted. */
  redirectUris?: string[]
}

export interface OAuthBehaviour {
  /** Token answers omit the refresh token, as when the user has consented before. */
  withholdRefreshToken: boolean
  /** The token endpoint refuses the client, as after its secret was changed. */
  invalidClient: boolean
}

export interface Decision {
  /** The e-mail of the account. */
  account: string
  deny?: boolean
  /** Scopes whose boxes the user unticks. */
  untick?: string[]
}

export interface Consent {
  world: World
  client: OAuthClient
  grants: Grants
  oauth: OAuthBehaviour
}

const SENTENCES: Record<string, string> = {
  calendar: 'See, edit, share, and permanently delete all the calendars you can access using Google Calendar',
  'calendar.events': 'View and edit events on all your calendars',
  'calendar.events.owned': 'See, create, change, and delete events on Google calendars you own',
  'calendar.readonly': 'See and download any calendar you can access using your Google Calendar',
  'calendar.freebusy': 'View your availability in your calendars',
  'calendar.calendarlist.readonly': 'See the list of Google calendars you’re subscribed to',
  'calendar.settings.readonly': 'View your Calendar settings',
}

/** The page of the authorization endpoint. */
export function showConsentPage(consent: Consent, query: URLSearchParams): Answer {
  const scopes = readRequest(consent, query)
  const hint = query.get('login_hint')
  const accounts = [...consent.world.accounts.values()].map(({ email, name }) => {
    const checked = email === hint || consent.world.accounts.size === 1 ? ' checked' : ''
    return `<p><label><input type="radio" name="account" value="${escapeHtml(email)}" required${checked}> ${escapeHtml(name)} (${escapeHtml(email)})</label></p>`
  })
  const boxes = scopes
    .filter(canBeUnticked)
    .map(
      (scope) =>
        `<p><label><input type="checkbox" name="scope" value="${escapeHtml(scope)}" checked> ${sentenceFor(scope)}</label></p>`,
    )
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in – Google Accounts</title><link rel="icon" href="data:,">
<h1>Choose an account</h1>
<form method="post" action="/o/oauth2/v2/auth/consent">
<input type="hidden" name="request" value="${escapeHtml(query.toString())}">
${accounts.join('\n')}
<h2>The application wants access to your Google Account</h2>
${boxes.join('\n')}
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny" formnovalidate>Deny</button>
</form></html>`
  return html(200, body)
}

/** Handles the form of the consent page. */
export function takeConsentForm(consent: Consent, form: URLSearchParams): Answer {
  const query = new URLSearchParams(form.get('request') ?? '')
  const ticked = form.getAll('scope')
  const untick = scopesOf(query).filter((scope) => canBeUnticked(scope) && !ticked.includes(scope))
  const deny = form.get('decision') !== 'allow'
  const location = decide(consent, query, { account: form.get('account') ?? '', deny, untick })
  return { status: 303, headers: { location } }
}

/** @returns the redirect URI with the code or the error */
export function decide(consent: Consent, query: URLSearchParams, decision: Decision): string {
  const scopes = readRequest(consent, query)
  const back = new URL(query.get('redirect_uri') ?? '')
  const state = query.get('state')
  if (state !== null) back.searchParams.set('state', state)
  if (decision.deny) {
    back.searchParams.set('error', 'access_denied')
    return back.href
  }
  const account = consent.world.accounts.get(decision.account)
  if (!account) throw new Refusal(html(400, 'Choose an account.'), 'There is no such account.')
  const before = consent.grants.scopesOf(account)
  const ticked = scopes.filter((scope) => !decision.untick?.includes(scope))
  const included = query.get('include_granted_scopes') === 'true' ? before : []
  const granted = [...new Set([...included, ...ticked].map(canonicalScope))]
  const offline = query.get('access_type') === 'offline'
  const prompted = (query.get('prompt') ?? '').split(' ').includes('consent')
  const challenge = query.get('code_challenge')
  const code = consent.grants.issueCode({
    grant: { account, scopes: granted, offline },
    redirectUri: query.get('redirect_uri') ?? '',
    nonce: query.get('nonce') ?? undefined,
    challenge:
      challenge === null
        ? undefined
        : { method: query.get('code_challenge_method') ?? 'plain', value: challenge },
    withRefreshToken: offline && (prompted || before.length === 0) && !consent.oauth.withholdRefreshToken,
  })
  back.searchParams.set('code', code)
  back.searchParams.set('scope', granted.join(' '))
  back.searchParams.set('authuser', '0')
  back.searchParams.set('prompt', prompted ? 'consent' : 'none')
  return back.href
}

/** Checks the client's request. An invalid request never redirects the browser, least of all to an unregistered URI.
 * @returns the scopes */
function readRequest({ client }: Consent, query: URLSearchParams): string[] {
  const redirectUri = query.get('redirect_uri') ?? ''
  const isKnown = client.redirectUris?.includes(redirectUri) ?? URL.canParse(redirectUri)
  const scopes = scopesOf(query)
  const refuse = (status: number, error: string): never => {
    throw new Refusal(
      html(
        status,
        `<title>Error ${status}</title><h1>Access blocked: Authorization Error</h1><p>Error ${status}: ${error}</p>`,
      ),
      error,
    )
  }
  if (query.get('client_id') !== client.clientId) refuse(401, 'invalid_client')
  if (!isKnown) refuse(400, 'redirect_uri_mismatch')
  if (query.get('response_type') !== 'code') refuse(400, 'unsupported_response_type')
  if (scopes.length === 0) refuse(400, 'invalid_scope')
  const method = query.get('code_challenge_method')
  if (method !== null && !['plain', 'S256'].includes(method)) refuse(400, 'invalid_request')
  return scopes
}

const scopesOf = (query: URLSearchParams) => (query.get('scope') ?? '').split(' ').filter(Boolean)

function sentenceFor(scope: string): string {
  return escapeHtml(SENTENCES[scope.split('/auth/')[1] ?? ''] ?? scope)
}

function html(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
