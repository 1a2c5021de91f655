import { createRemoteJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../kit/clock.ts'
import {
  connect,
  createOAuthClient,
  EMAIL,
  REDIRECT_URI,
  refusalOf,
  SCOPE,
  useScene,
} from './google-scene.ts'

const scene = useScene()
const FREE_BUSY = `${SCOPE}.freebusy`
const EVENTS = `${SCOPE}.events`
const QUESTION = {
  requestBody: {
    timeMin: '2030-03-04T00:00:00Z',
    timeMax: '2030-03-05T00:00:00Z',
    items: [{ id: 'primary' }],
  },
}

async function authorize(
  options: { scope?: string[]; deny?: boolean; untick?: string[]; prompt?: string } = {},
) {
  const client = createOAuthClient(scene.google)
  const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync()
  const authorizationUrl = client.generateAuthUrl({
    access_type: 'offline',
    prompt: options.prompt ?? 'consent',
    state: 'xyz',
    scope: options.scope ?? ['openid', 'email', 'profile', SCOPE],
    code_challenge: String(codeChallenge),
    code_challenge_method: 'S256' as never,
  })
  const { deny = false, untick = [] } = options
  const back = new URL(scene.google.consent({ authorizationUrl, account: EMAIL, deny, untick }))
  return { client, codeVerifier, authorizationUrl, back, code: back.searchParams.get('code') ?? '' }
}

describe('signing in with Google', () => {
  it('yields tokens for the granted scopes and a signed id token', async () => {
    const { client, back, code, codeVerifier } = await authorize()
    expect(back.href.startsWith(`${REDIRECT_URI}?state=xyz`)).toBe(true)
    const { tokens } = await client.getToken({ code, codeVerifier })
    expect(tokens).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) })
    expect(tokens.scope?.split(' ')).toEqual([
      'openid',
      'https://www.googleapis.com/auth/userinfo.email',
      'https://www.googleapis.com/auth/userinfo.profile',
      SCOPE,
    ])
    const keys = createRemoteJWKSet(new URL(`${scene.google.origin}/oauth2/v3/certs`))
    const { payload } = await jwtVerify(String(tokens.id_token), keys, {
      issuer: 'https://accounts.google.com',
      audience: 'product',
      currentDate: scene.clock.now(),
    })
    expect(payload).toMatchObject({ sub: '117', email: EMAIL, email_verified: true, name: 'Ada Lovelace' })
    const headers = { authorization: `Bearer ${tokens.access_token}` }
    const user = await fetch(`${scene.google.origin}/oauth2/v3/userinfo`, { headers })
    expect(await user.json()).toMatchObject({ sub: '117', email: EMAIL, given_name: 'Ada' })
    expect(await client.getTokenInfo(String(tokens.access_token))).toMatchObject({
      aud: 'product',
      email: EMAIL,
    })
  })

  it('accepts a code once, within ten minutes, with its verifier and its redirect URI', async () => {
    const first = await authorize()
    const wrong = { code: first.code, codeVerifier: 'x'.repeat(43) }
    expect(await refusalOf(first.client.getToken(wrong))).toBe('400 invalid_grant')
    expect(await refusalOf(first.client.getToken({ code: first.code }))).toBe('400 invalid_grant')
    const elsewhere = { ...first, redirect_uri: 'https://product.example/elsewhere' }
    expect(await refusalOf(first.client.getToken(elsewhere))).toBe('400 redirect_uri_mismatch')
    await first.client.getToken(first)
    expect(await refusalOf(first.client.getToken(first))).toBe('400 invalid_grant')
    const late = await authorize()
    scene.clock.advance(10 * MINUTE)
    expect(await refusalOf(late.client.getToken(late))).toBe('400 invalid_grant')
  })

  it('redirects the browser only to a registered URI', async () => {
    const { authorizationUrl } = await authorize()
    const bad = new URL(authorizationUrl)
    bad.searchParams.set('redirect_uri', 'https://evil.example/')
    const page = await fetch(bad, { redirect: 'manual' })
    expect(page.status).toBe(400)
    expect(await page.text()).toContain('redirect_uri_mismatch')
  })

  it('can be denied or granted in part', async () => {
    const denied = await authorize({ deny: true })
    expect(denied.back.search).toBe('?state=xyz&error=access_denied')
    const { client, code, codeVerifier } = await authorize({
      scope: [EVENTS, FREE_BUSY],
      untick: [FREE_BUSY],
    })
    expect((await client.getToken({ code, codeVerifier })).tokens.scope).toBe(EVENTS)
  })

  it('shows a page with a form in a browser', async () => {
    const { authorizationUrl } = await authorize({ scope: ['openid', EVENTS, FREE_BUSY] })
    const page = await (await fetch(authorizationUrl)).text()
    expect(page).toContain('View and edit events on all your calendars')
    const [, request = ''] = /name="request" value="([^"]+)"/.exec(page) ?? []
    const form = new URLSearchParams({ account: EMAIL, scope: EVENTS, decision: 'allow' })
    form.set('request', request.replaceAll('&#38;', '&'))
    const address = `${scene.google.origin}/o/oauth2/v2/auth/consent`
    const answer = await fetch(address, { method: 'POST', body: form, redirect: 'manual' })
    const back = new URL(answer.headers.get('location') ?? '')
    expect(back.searchParams.get('scope')).toBe(`openid ${EVENTS}`)
  })

  it('issues a refresh token with the first consent, or when consent is prompted again', async () => {
    scene.agent.revokeAccess()
    const first = await authorize({ prompt: 'select_account' })
    expect((await first.client.getToken(first)).tokens.refresh_token).toEqual(expect.any(String))
    const second = await authorize({ prompt: 'select_account' })
    expect((await second.client.getToken(second)).tokens.refresh_token).toBeUndefined()
    scene.google.oauth.withholdRefreshToken = true
    const third = await authorize()
    expect((await third.client.getToken(third)).tokens.refresh_token).toBeUndefined()
  })
})

describe('a token', () => {
  it('lasts an hour, and can be refreshed until the person revokes access', async () => {
    const { client, ...rest } = await authorize()
    const { tokens } = await client.getToken(rest)
    client.setCredentials({ refresh_token: String(tokens.refresh_token) })
    const { credentials } = await client.refreshAccessToken()
    expect(credentials.access_token).not.toBe(tokens.access_token)
    scene.clock.advance(HOUR)
    expect(await refusalOf(client.getTokenInfo(String(tokens.access_token)))).toBe('400 invalid_token')
    scene.agent.revokeAccess()
    const refused = await client.refreshAccessToken().catch((error) => error.response)
    expect([refused.status, refused.data]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    ])
  })

  it('can be revoked in the query or in the body', async () => {
    for (const where of ['query', 'body']) {
      const { client, ...rest } = await authorize()
      const { tokens } = await client.getToken(rest)
      const token = String(tokens.access_token)
      if (where === 'query') await client.revokeToken(token)
      else {
        const body = new URLSearchParams({ token })
        expect((await fetch(`${scene.google.origin}/revoke`, { method: 'POST', body })).status).toBe(200)
      }
      client.setCredentials({ refresh_token: String(tokens.refresh_token) })
      expect(await refusalOf(client.refreshAccessToken())).toBe('400 invalid_grant')
    }
  })

  it('is refused to a client with a wrong secret', async () => {
    const { client, ...rest } = await authorize()
    scene.google.oauth.invalidClient = true
    expect(await refusalOf(client.getToken(rest))).toBe('401 invalid_client')
  })

  it('gives access only to the methods of its scopes', async () => {
    const events = connect(scene.google, [EVENTS])
    expect(await refusalOf(events.events.list({ calendarId: 'primary' }))).toBe('accepted')
    expect(await refusalOf(events.freebusy.query(QUESTION))).toBe('403 insufficientPermissions')
    const freeBusy = connect(scene.google, [FREE_BUSY])
    expect(await refusalOf(freeBusy.freebusy.query(QUESTION))).toBe('accepted')
    expect(await refusalOf(freeBusy.events.list({ calendarId: 'primary' }))).toBe(
      '403 insufficientPermissions',
    )
  })

  it('that is missing or expired is answered with 401', async () => {
    const events = `${scene.google.origin}/calendar/v3/calendars/primary/events`
    expect((await fetch(events)).status).toBe(401)
    scene.clock.advance(HOUR)
    const { accessToken } = scene.google.tokensFor(EMAIL, [SCOPE])
    scene.agent.expireAccessTokens()
    const answer = await fetch(events, { headers: { authorization: `Bearer ${accessToken}` } })
    expect(await answer.json()).toMatchObject({ error: { code: 401, errors: [{ reason: 'authError' }] } })
  })
})
