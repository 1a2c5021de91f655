// Emulates Google for calendar clients on 127.0.0.1: OAuth 2 and the Calendar API v3. It is written from Google's
// documentation and from the reports of other clients, and uses no code of the program.
//
//   const google = await startGoogle({ clock, clientId, clientSecret, redirectUris })
//   const agent = google.addAccount({ email: 'ada@work.example', name: 'Ada', timeZone: 'Europe/Berlin' })
//
//   google.origin            base of all addresses: /o/oauth2/v2/auth (authorize), /token, /revoke, /tokeninfo,
//                            /oauth2/v3/userinfo, /oauth2/v3/certs, /.well-known/openid-configuration, /calendar/v3/…
//   google.consent({ authorizationUrl, account, deny, untick })   a person's decision → the address of the redirect
//   google.tokensFor(email, scopes)   tokens without the browser flow
//   google.oauth             withholdRefreshToken, invalidClient
//   agent.…                  the person's actions in the calendar's pages: see GoogleAccount in accounts.ts
//   google.behaviour         conferences, page sizes, limits: see Behaviour in state.ts
//   google.push              webhooks: drop, duplicate, hold, release (also REVERSED), retry, settled
//   google.faults.add(route, fault, { times, when })   plans faults by route: see ../faults.ts
//   google.log               every request: all, of(route), count(route), mostInFlight(email), within(minutes, …)
//   google.mails             the mails from Google to guests
//   google.resetBehaviour()  cancels all faults and restores the defaults; accounts, events and grants stay
//
// Time is read from the caller's clock: tokens last an hour, codes ten minutes, channels a week.

import type { FaultPlan } from '../faults.ts'
import { type Answer, type EmulatorClock, startEmulatorServer } from '../http-server.ts'
import type { LoggedRequest, RequestLog } from '../request-log.ts'
import { createGoogleAccount, type GoogleAccount } from './accounts.ts'
import { type Decision, decide, type OAuthBehaviour, type OAuthClient } from './authorize.ts'
import { canonicalScope, createGrants } from './grants.ts'
import { createRouter } from './routes.ts'
import { type Behaviour, createAccount, type Mail, type World } from './state.ts'
import { createSigningKey } from './tokens.ts'
import { createPush, type Push } from './watch.ts'

export interface Google {
  /** Without a trailing slash. */
  origin: string
  addAccount(options: {
    email: string
    /** Generated when omitted. */
    subject?: string
    /** UTC when omitted. */
    timeZone?: string
    name?: string
  }): GoogleAccount
  /** @throws Error when there is none */
  account(email: string): GoogleAccount
  /** Makes a person's decision at the authorization endpoint.
   * @returns where the browser is redirected, with `code`, `state` and `scope`, or with `error` */
  consent(decision: Decision & { authorizationUrl: string }): string
  /** Issues tokens without the browser flow. */
  tokensFor(email: string, scopes: string[]): { accessToken: string; refreshToken: string }
  oauth: OAuthBehaviour
  behaviour: Behaviour
  push: Push
  faults: FaultPlan
  log: RequestLog
  mails: Mail[]
  resetBehaviour(): void
  close(): Promise<void>
}

/** @param options.redirectUris the registered redirect URIs; any URI is accepted when omitted
 * @param options.issuer of identity tokens; Google's own when omitted
 * @param options.port a free port when omitted */
export async function startGoogle(
  options: OAuthClient & { clock: EmulatorClock; issuer?: string; port?: number },
): Promise<Google> {
  const { clock, issuer = 'https://accounts.google.com' } = options
  const [grants, push, key] = [createGrants(clock), createPush(clock), await createSigningKey()]
  const oauth = { withholdRefreshToken: false, invalidClient: false }
  const world = createWorld(clock, push)
  const consent = { world, client: options, grants, oauth }
  const bearerOf = (headers: Record<string, string>) =>
    /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  let route: (request: LoggedRequest) => Answer | Promise<Answer> = () => ({ status: 503 })
  const server = await startEmulatorServer({
    clock,
    ...(options.port === undefined ? {} : { port: options.port }),
    account: ({ headers }) => grants.findAccess(bearerOf(headers))?.grant.account.email,
    handle: (request) => route(request),
  })
  world.origin = server.origin
  route = createRouter({ ...consent, key, issuer, push, log: server.log })

  const agents = new Map<string, GoogleAccount>()
  return {
    origin: server.origin,
    addAccount: (account) => {
      const agent = createGoogleAccount(world, grants, createAccount(world, account))
      agents.set(agent.email, agent)
      return agent
    },
    account: (email) => {
      const agent = agents.get(email)
      if (!agent) throw new Error(`There is no account ${email}.`)
      return agent
    },
    consent: ({ authorizationUrl, ...decision }) =>
      decide(consent, new URL(authorizationUrl).searchParams, decision),
    tokensFor: (email, scopes) => {
      const account = world.accounts.get(email)
      if (!account) throw new Error(`There is no account ${email}.`)
      const grant = { account, scopes: scopes.map(canonicalScope), offline: true }
      const refreshToken = grants.issueRefreshToken(grant)
      return { accessToken: grants.issueAccessToken(grant, refreshToken), refreshToken }
    },
    oauth,
    push,
    behaviour: world.behaviour,
    mails: world.mails,
    faults: server.faults,
    log: server.log,
    resetBehaviour: () => {
      server.faults.clear()
      push.resetBehaviour()
      Object.assign(oauth, { withholdRefreshToken: false, invalidClient: false })
      Object.assign(world.behaviour, defaultBehaviour())
      for (const account of world.accounts.values()) account.invitationsLeft = Number.POSITIVE_INFINITY
    },
    close: async () => {
      push.resetBehaviour()
      await server.close()
      await push.settled()
    },
  }
}

function createWorld(clock: EmulatorClock, push: Push): World {
  let version = 0
  return {
    clock,
    origin: '',
    accounts: new Map(),
    mails: [],
    behaviour: defaultBehaviour(),
    nextVersion: () => {
      version += 1
      return version
    },
    version: () => version,
    notify: (calendar, state = 'exists') => push.notify(calendar, state),
  }
}

function defaultBehaviour(): Behaviour {
  return {
    conferences: { pendingReads: 0, outcome: 'success' },
    lists: { pageSize: 2500, emptyPages: false },
    requestsPerMinute: Number.POSITIVE_INFINITY,
  }
}
