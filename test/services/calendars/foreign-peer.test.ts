// The same client in front of emulators that others have made: `emulate`, for signing in at Google and Microsoft, and for
// as much of Google's calendar as it has. What we got wrong on both sides of our own emulators would show here.
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEmulator } from 'emulate'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  createOAuthClient,
  type OAuthClient,
  type OAuthRegistration,
} from '../../../src/services/calendars/connection/oauth-client.ts'
import { createGoogleCalendar } from '../../../src/services/calendars/google/google-calendar.ts'
import { GOOGLE_PERMISSIONS } from '../../../src/services/calendars/google/permissions.ts'
import { MICROSOFT_PERMISSIONS } from '../../../src/services/calendars/microsoft/permissions.ts'
import { freePort } from '../../kit/free-port.ts'
import { faultOf, meetingEvent } from '../../kit/google-calendar.ts'

const EMAIL = 'ada@work.example'
const REDIRECT_URI = 'https://switchboard.example/connected'
const CLIENT = { clientId: 'switchboard', clientSecret: 'a secret of the client' }

const SERVICES = {
  google: { authorize: '/o/oauth2/v2/auth', token: '/oauth2/token', revoke: '/oauth2/revoke' },
  microsoft: {
    authorize: '/oauth2/v2.0/authorize',
    token: '/oauth2/v2.0/token',
    revoke: '/oauth2/v2.0/revoke',
  },
}
type Service = keyof typeof SERVICES

/** @returns where it is; it is gone when the test is over */
async function startPeer(service: Service): Promise<string> {
  const port = await freePort()
  const client = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, name: 'Switchboard' }
  const peer = await createEmulator({
    service,
    port,
    baseUrl: `http://127.0.0.1:${port}`,
    seed: {
      [service]: {
        users: [{ email: EMAIL, name: 'Ada Lovelace' }],
        oauth_clients: [{ ...client, redirect_uris: [REDIRECT_URI] }],
        ...(service === 'google'
          ? { calendars: [{ id: 'primary', user_email: EMAIL, summary: EMAIL, primary: true }] }
          : {}),
      },
    },
  })
  onTestFinished(() => peer.close())
  return peer.url
}

function register(service: Service, peer: string, changes: Partial<OAuthRegistration> = {}): OAuthClient {
  const paths = SERVICES[service]
  return createOAuthClient({
    ...CLIENT,
    authorizationUrl: `${peer}${paths.authorize}`,
    tokenUrl: `${peer}${paths.token}`,
    revocationUrl: `${peer}${paths.revoke}`,
    scopes: (service === 'google' ? GOOGLE_PERMISSIONS : MICROSOFT_PERMISSIONS).scopes.least,
    scopePrefix: '',
    parameters: {},
    ...changes,
  })
}

/** Goes the agent's way through the pages: chooses the account.
 * @returns what is to be exchanged, as the client has it then */
async function signIn(oauth: OAuthClient) {
  const verifier = randomBytes(32).toString('base64url')
  const state = 'a state & more'
  const request = { state, verifier, redirectUri: REDIRECT_URI, loginHint: EMAIL }
  const address = oauth.authorizationUrl(request)
  const page = await fetch(address).then((response) => response.text())
  const forms = [...page.matchAll(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)]
  const [, action = '', form = ''] = forms.find(([text]) => text.includes(EMAIL)) ?? []
  const fields = [...form.matchAll(/name="([^"]*)" value="([^"]*)"/g)]
  const body = new URLSearchParams(fields.map(([, name = '', value = '']) => [name, readMarkup(value)]))
  const sent = await fetch(new URL(action, address), { method: 'POST', body, redirect: 'manual' })
  const back = new URL(sent.headers.get('location') ?? '')
  expect(back.href.split('?')[0]).toBe(REDIRECT_URI)
  expect(back.searchParams.get('state')).toBe(state)
  return { code: back.searchParams.get('code') ?? '', verifier, redirectUri: REDIRECT_URI }
}

const readMarkup = (text: string) =>
  text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

describe.each(['google', 'microsoft'] as const)('signing in at the %s of somebody else', (service) => {
  it('gives a lasting permission to use the account, for what was asked', async () => {
    const oauth = register(service, await startPeer(service))
    const grant = await oauth.exchange(await signIn(oauth))
    expect(grant).toMatchObject({
      accessToken: expect.stringMatching(/./),
      refreshToken: expect.stringMatching(/./),
      expiresInSeconds: 3600,
      account: { subject: expect.stringMatching(/./), email: EMAIL },
    })
    expect(grant.scopes).toEqual(expect.arrayContaining(['openid', 'email']))
  })

  it('is refused without the verifier that the challenge was made of, and for a code that was used', async () => {
    const oauth = register(service, await startPeer(service))
    const answer = await signIn(oauth)
    const stolen = { ...answer, verifier: randomBytes(32).toString('base64url') }
    expect(await faultOf(oauth.exchange(stolen))).toMatchObject({ kind: 'REAUTHENTICATE' })
    const next = await signIn(oauth)
    await oauth.exchange(next)
    expect(await faultOf(oauth.exchange(next))).toMatchObject({ kind: 'REAUTHENTICATE' })
  })

  it('is a matter of our registration when the secret of the client is wrong', async () => {
    const peer = await startPeer(service)
    const answer = await signIn(register(service, peer))
    const wrong = register(service, peer, { clientSecret: 'another' })
    expect(await faultOf(wrong.exchange(answer))).toMatchObject({ kind: 'MISCONFIGURED' })
  })

  it('is refreshed, until it is given back', async () => {
    const oauth = register(service, await startPeer(service))
    const grant = await oauth.exchange(await signIn(oauth))
    const first = grant.refreshToken ?? ''
    const refreshed = await oauth.refresh(first)
    expect(refreshed.accessToken).not.toBe(grant.accessToken)
    // Google's stays; Microsoft's is replaced with every use.
    const last = refreshed.refreshToken ?? first
    expect(last === first).toBe(service === 'google')
    await oauth.revoke(last)
    expect(await faultOf(oauth.refresh(last))).toMatchObject({ kind: 'REAUTHENTICATE' })
  })
})

describe('a Google calendar of somebody else', () => {
  const window = { start: Date.parse('2026-03-09T00:00:00Z'), end: Date.parse('2026-03-16T00:00:00Z') }

  async function startCalendar() {
    const peer = await startPeer('google')
    const oauth = register('google', peer)
    const { accessToken } = await oauth.exchange(await signIn(oauth))
    const access = {
      connectionId: randomUUID(),
      timeZone: 'UTC',
      token: async () => accessToken,
    }
    return { peer, access, calendar: createGoogleCalendar({ apiUrl: await nameTimeZone(peer) }) }
  }

  it('takes an event, shows it as busy time, and gives it up, also a second time', async () => {
    const { access, calendar } = await startCalendar()
    expect(await calendar.read(access, window)).toEqual({ busy: [], own: [], timeZone: 'UTC' })
    const event = meetingEvent({ wantsConference: false })
    const { eventId } = await calendar.writeEvent(access, event)
    // It keeps neither our id nor our mark, so that the event is one like all others.
    const { start, end } = { start: event.startsAt.getTime(), end: event.endsAt.getTime() }
    expect(await calendar.read(access, window)).toEqual({
      busy: [{ eventId, start, end }],
      own: [],
      timeZone: 'UTC',
    })
    const removal = { eventId, invites: true, comment: '' }
    await calendar.removeEvent(access, removal)
    expect(await calendar.read(access, window)).toMatchObject({ busy: [] })
    await calendar.removeEvent(access, removal)
  })

  it('is read whole, over all its pages', async () => {
    const { access, calendar } = await startCalendar()
    // It gives 250 at most with each.
    const hours = Array.from({ length: 260 }, (_one, index) => window.start + index * 30 * 60_000)
    for (const hour of hours) {
      const times = { startsAt: new Date(hour), endsAt: new Date(hour + 30 * 60_000) }
      await calendar.writeEvent(access, meetingEvent({ ...times, wantsConference: false }))
    }
    const { busy } = await calendar.read(access, window)
    expect(busy.map(({ start }) => start)).toEqual(hours)
  })

  it('is no empty calendar because its list lacks what every list of Google has', async () => {
    const { peer, access } = await startCalendar()
    const plain = createGoogleCalendar({ apiUrl: peer })
    expect(await faultOf(plain.read(access, window))).toMatchObject({ kind: 'RETRY' })
  })
})

/** Stands in front of it and names the zone of the calendar in lists, as Google does.
 * @returns where; it is gone when the test is over */
async function nameTimeZone(peer: string): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = request.method === 'POST' ? Buffer.concat(await request.toArray()) : null
    const { authorization = '', 'content-type': type = '' } = request.headers
    const headers = { authorization, ...(type === '' ? {} : { 'content-type': type }) }
    const answer = await fetch(`${peer}${request.url}`, { method: request.method ?? 'GET', headers, body })
    const text = await answer.text()
    const isList = request.method === 'GET' && answer.ok
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(isList ? JSON.stringify({ timeZone: 'UTC', ...JSON.parse(text) }) : text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
