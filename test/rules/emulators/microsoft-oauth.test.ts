import { createHash, randomBytes } from 'node:crypto'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../kit/clock.ts'
import { CLIENT, clientWith, EMAIL, REDIRECT_URI, refusalOf, SCOPES, useScene } from './microsoft-scene.ts'

const scene = useScene()
const VERIFIER = randomBytes(32).toString('base64url')

function authorizationUrl(changes: Record<string, string> = {}, tenant = 'common'): string {
  const query = new URLSearchParams({
    client_id: CLIENT.clientId,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: SCOPES.join(' '),
    state: 'state-1',
    nonce: 'nonce-1',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  })
  return `${scene.microsoft.origin}/${tenant}/oauth2/v2.0/authorize?${query}`
}

function consent(changes: Record<string, string> = {}): string {
  const back = scene.microsoft.consent({ authorizationUrl: authorizationUrl(changes), account: EMAIL })
  return new URL(back).searchParams.get('code') ?? ''
}

async function tokens(form: Record<string, string>) {
  const body = new URLSearchParams({
    client_id: CLIENT.clientId,
    client_secret: CLIENT.clientSecret,
    ...form,
  })
  const response = await fetch(`${scene.microsoft.origin}/common/oauth2/v2.0/token`, { method: 'POST', body })
  return { status: response.status, ...(await response.json()) }
}

const redeem = (code: string, changes: Record<string, string> = {}) =>
  tokens({
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: VERIFIER,
    ...changes,
  })
const refresh = (token: string) => tokens({ grant_type: 'refresh_token', refresh_token: token })

describe('the identity platform', () => {
  it('exchanges a code for tokens and an id token signed with its keys', async () => {
    const answer = await redeem(consent())
    expect(answer).toMatchObject({ status: 200, token_type: 'Bearer', expires_in: 3600 })
    expect(answer.scope.split(' ')).toEqual(SCOPES.filter((scope) => scope !== 'offline_access'))
    const { tenantId, userId } = scene.agent
    const keys = createRemoteJWKSet(new URL(`${scene.microsoft.origin}/common/discovery/v2.0/keys`))
    const { payload } = await jwtVerify(answer.id_token, keys, {
      issuer: `${scene.microsoft.origin}/${tenantId}/v2.0`,
      audience: CLIENT.clientId,
      currentDate: scene.clock.now(),
    })
    expect(payload).toMatchObject({ oid: userId, tid: tenantId, nonce: 'nonce-1', email: EMAIL })
    const graph = clientWith(scene.microsoft, answer.access_token)
    expect(await graph.api('/me').get()).toMatchObject({
      id: userId,
      displayName: 'Ada Lovelace',
      mail: EMAIL,
    })
  })

  it('accepts a code once, within ten minutes, with its verifier and its redirect URI', async () => {
    const code = consent()
    expect(await redeem(code)).toMatchObject({ status: 200 })
    expect(await redeem(code)).toMatchObject({ status: 400, error: 'invalid_grant', error_codes: [54005] })
    expect(await redeem(consent(), { redirect_uri: `${REDIRECT_URI}/other` })).toMatchObject({
      error_codes: [500112],
    })
    expect(await redeem(consent(), { code_verifier: 'wrong' })).toMatchObject({ error_codes: [501481] })
    const late = consent()
    scene.clock.advance(11 * MINUTE)
    expect(await redeem(late)).toMatchObject({ error: 'invalid_grant', error_codes: [70008] })
  })

  it('distinguishes a wrong from an expired client secret', async () => {
    expect(await redeem(consent(), { client_secret: 'wrong' })).toMatchObject({
      status: 401,
      error: 'invalid_client',
      error_codes: [7000215],
    })
    scene.microsoft.oauth.invalidClient = true
    expect(await redeem(consent())).toMatchObject({ error: 'invalid_client', error_codes: [7000222] })
  })

  it('redirects the browser with the user’s decision', async () => {
    const decided = (deny: 'access_denied' | 'consent_required') => {
      const back = scene.microsoft.consent({ authorizationUrl: authorizationUrl(), account: EMAIL, deny })
      return Object.fromEntries(new URL(back).searchParams)
    }
    expect(decided('access_denied')).toMatchObject({ error: 'access_denied', state: 'state-1' })
    expect(decided('consent_required')).toMatchObject({ error: 'consent_required', state: 'state-1' })
  })

  it('does not redirect the browser for an unknown client or account', () => {
    const ask =
      (url: string, account = EMAIL) =>
      () =>
        scene.microsoft.consent({ authorizationUrl: url, account })
    expect(ask(authorizationUrl({ redirect_uri: 'https://evil.example' }))).toThrow('AADSTS50011')
    expect(ask(authorizationUrl({ client_id: 'other' }))).toThrow('AADSTS700016')
    expect(ask(authorizationUrl(), 'nobody@work.example')).toThrow('AADSTS50020')
    expect(ask(authorizationUrl({}, 'consumers'))).toThrow('AADSTS50020')
  })

  it('shows a page whose form makes the same decision', async () => {
    const url = authorizationUrl()
    const page = await (await fetch(url)).text()
    expect(page).toContain('Have full access to your calendars')
    const request = new URL(url).search.slice(1)
    const form = { request, account: EMAIL, decision: 'accept' }
    const answer = await fetch(new URL(url).origin + new URL(url).pathname, {
      method: 'POST',
      redirect: 'manual' as const,
      body: new URLSearchParams(form),
    })
    const back = new URL(answer.headers.get('location') ?? '')
    expect(back.searchParams.get('state')).toBe('state-1')
    expect(await redeem(back.searchParams.get('code') ?? '')).toMatchObject({ status: 200 })
  })

  it('leaves out scopes that were not granted', async () => {
    const back = scene.microsoft.consent({
      authorizationUrl: authorizationUrl(),
      account: EMAIL,
      untick: ['Calendars.ReadWrite', 'offline_access'],
    })
    const answer = await redeem(new URL(back).searchParams.get('code') ?? '')
    expect(answer.scope).not.toContain('Calendars.ReadWrite')
    expect(answer).not.toHaveProperty('refresh_token')
    const graph = clientWith(scene.microsoft, answer.access_token)
    expect(await refusalOf(graph.api('/me/calendar').get())).toBe('403 ErrorAccessDenied')
  })
})

describe('a refresh', () => {
  it('issues a new refresh token each time, and may refuse the old one', async () => {
    const first = await redeem(consent())
    const second = await refresh(first.refresh_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(await refresh(first.refresh_token)).toMatchObject({ status: 200 })
    scene.microsoft.behaviour.oldRefreshTokens = 'REFUSED'
    expect(await refresh(first.refresh_token)).toMatchObject({ error: 'invalid_grant' })
    expect(await refresh(second.refresh_token)).toMatchObject({ status: 200 })
  })

  it('is refused after 90 days without use', async () => {
    const { refresh_token } = await redeem(consent())
    scene.clock.advance(91 * DAY)
    expect(await refresh(refresh_token)).toMatchObject({ error: 'invalid_grant', error_codes: [700082] })
  })

  it('is refused after consent is withdrawn, until it is given again, while access tokens stay valid', async () => {
    const { refresh_token, access_token } = await redeem(consent())
    scene.agent.revokeAccess()
    expect(await refresh(refresh_token)).toMatchObject({ error: 'invalid_grant', error_codes: [65001] })
    const graph = clientWith(scene.microsoft, access_token)
    expect(await refusalOf(graph.api('/me').get())).toBe('accepted')
    scene.clock.advance(HOUR)
    expect(await refusalOf(graph.api('/me').get())).toBe('401 InvalidAuthenticationToken')
    const again = await redeem(consent())
    expect(await refresh(again.refresh_token)).toMatchObject({ status: 200 })
  })

  it.each([
    [50173, 'invalid_grant'],
    [50057, 'invalid_grant'],
    [50076, 'interaction_required'],
    [50079, 'interaction_required'],
  ] as const)('fails with %i as %s', async (code, error) => {
    const { refresh_token } = await redeem(consent())
    scene.agent.failRefreshes(code)
    expect(await refresh(refresh_token)).toMatchObject({ status: 400, error, error_codes: [code] })
  })
})

describe('Graph', () => {
  it('refuses requests without a valid token', async () => {
    const { microsoft } = scene
    expect(await refusalOf(clientWith(microsoft, 'nonsense').api('/me').get())).toBe(
      '401 InvalidAuthenticationToken',
    )
    const response = await fetch(`${microsoft.origin}/v1.0/me`, { headers: { 'client-request-id': 'mine' } })
    const { error } = await response.json()
    expect(error.innerError).toMatchObject({ 'request-id': expect.any(String), 'client-request-id': 'mine' })
  })
})
