// Google, as far as a client of its calendars sees it: OAuth 2 and the Calendar API v3, spoken on 127.0.0.1 by rules
// taken from Google's documentation and from what clients have met. Nothing of this program is used.
//
//   const google = await startGoogle({ clock, clientId, clientSecret, redirectUris })
//   const agent = google.addAccount({ email: 'ada@work.example', name: 'Ada', timeZone: 'Europe/Berlin' })
//
//   google.origin            base of all addresses: /o/oauth2/v2/auth (authorize), /token, /revoke, /tokeninfo,
//                            /oauth2/v3/userinfo, /oauth2/v3/certs, /.well-known/openid-configuration, /calendar/v3/…
//   google.consent({ authorizationUrl, account, deny, untick })   what a person does there → where the browser is sent
//   google.tokensFor(email, scopes)   tokens without the way through the browser
//   google.oauth             withholdRefreshToken, invalidClient
//   agent.…                  what the person does in the calendar's pages: see GoogleAccount in accounts.ts
//   google.behaviour         conferences, page sizes, limits: see Behaviour in state.ts
//   google.push              notifications: drop, duplicate, hold, release (also REVERSED), retry, settled
//   google.faults.add(route, fault, { times, when })   what goes wrong, by route: see ../faults.ts
//   google.log               every request: all, of(route), count(route), mostInFlight(email), within(minutes, …)
//   google.mails             what Google mailed to guests
//   google.calm()            nothing goes wrong any more; accounts, events and grants stay
//
// The clock is the caller's: tokens last an hour, codes ten minutes, channels a week of it.

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
  /** Without a slash at the end. */
  origin: string
  addAccount(options: {
    email: string
    /** Made up without. */
    subject?: string
    /** UTC without. */
    timeZone?: string
    name?: string
  }): GoogleAccount
  /** @throws Error when there is none */
  account(email: string): GoogleAccount
  /** Decides at the authorize address as a person does.
   * @returns where the browser is sent, with `code`, `state` and `scope`, or with `error` */
  consent(decision: Decision & { authorizationUrl: string }): string
  /** A grant without the way through the browser. */
  tokensFor(email: string, scopes: string[]): { accessToken: string; refreshToken: string }
  oauth: OAuthBehaviour
  behaviour: Behaviour
  push: Push
  faults: FaultPlan
  log: RequestLog
  mails: Mail[]
  calm(): void
  close(): Promise<void>
}

/** @param options.redirectUris those that the client may send people back to; any without
 * @param options.issuer of identity tokens; Google's own without
 * @param options.port a free one without */
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
    calm: () => {
      server.faults.clear()
      push.calm()
      Object.assign(oauth, { withholdRefreshToken: false, invalidClient: false })
      Object.assign(world.behaviour, defaultBehaviour())
      for (const account of world.accounts.values()) account.invitationsLeft = Number.POSITIVE_INFINITY
    },
    close: async () => {
      push.calm()
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
    patchOfDeleted: 'STAYS_CANCELLED',
    requestsPerMinute: Number.POSITIVE_INFINITY,
  }
}
