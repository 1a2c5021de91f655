// Emulates Microsoft for calendar clients: the identity platform (v2.0) and the calendar of Graph (v1.0) at one origin,
// with the quirks that are documented or reported by other clients. It uses no code of the program, so that its real
// Graph client can be tested against it.
//
//   const microsoft = await startMicrosoft({ clock, clientId, clientSecret, redirectUris })
//   const agent = microsoft.addAccount({ email: 'ada@work.example', name: 'Ada', timeZone: 'W. Europe Standard Time' })
//                            kind: 'work' (the default) or 'personal'; mailbox: false for an account without one
//
//   microsoft.origin         base of all addresses: /{tenant}/oauth2/v2.0/authorize and /token, where {tenant} is common,
//                            organizations, consumers or a tenant's id; /{tenant}/discovery/v2.0/keys,
//                            /{tenant}/v2.0/.well-known/openid-configuration; Graph is at /v1.0. Identity tokens are
//                            issued by {origin}/{tid}/v2.0
//   microsoft.consent({ authorizationUrl, account, deny, untick })   a person's decision → the address of the redirect
//   microsoft.tokensFor(email, scopes)   tokens without the browser flow
//   microsoft.oauth          invalidClient: the client's secret has expired
//   agent.…                  actions of the person, guests and administrators: MicrosoftAccount in user-actions.ts
//   microsoft.behaviour      behaviour that varies at Microsoft: tokens, links, feeds, limits: Behaviour in model.ts
//   microsoft.push           webhooks: deliveries, drop, duplicate, hold, release (also REVERSED), retry, settled
//   microsoft.subscriptions(email)   the subscriptions that have not expired
//   microsoft.faults.add(route, fault, { times, when })   plans faults by route: see ../faults.ts
//   microsoft.log            every request: all, of(route), count(route), mostInFlight(email), within(minutes, …)
//   microsoft.mails          the mails from Exchange to guests
//   microsoft.resetBehaviour()   cancels all faults and restores the defaults; accounts, events and grants stay
//
// Time is read from the caller's clock: access tokens last an hour, codes ten minutes, unused refresh tokens 90 days.
import { type EmulatorClock, type EmulatorServer, startEmulatorServer } from '../http-server.ts'
import type { LoggedRequest } from '../request-log.ts'
import { addAccount, type NewAccount } from './accounts.ts'
import {
  AuthorizeError,
  type Decision,
  decide,
  escapeHtml,
  html,
  isAuthorizePath,
  type OAuthClient,
  showConsentPage,
  takeConsentForm,
} from './authorize.ts'
import { createDeltaFeeds } from './delta.ts'
import { answerDiscovery } from './discovery.ts'
import { createGrants } from './grants.ts'
import { bearerOf, createGraph } from './graph-routes.ts'
import { type Account, type Behaviour, DEFAULT_BEHAVIOUR, type Mail, type World } from './model.ts'
import { createPush, type Push } from './notifications.ts'
import { createSigningKeys } from './signing-keys.ts'
import { createSubscriptions, type Subscription } from './subscriptions.ts'
import { answerToken, type OAuthBehaviour } from './token-routes.ts'
import { createMicrosoftAccount, type MicrosoftAccount } from './user-actions.ts'

export interface Microsoft extends EmulatorServer {
  addAccount(account: NewAccount): MicrosoftAccount
  /** @throws Error when there is none */
  account(email: string): MicrosoftAccount
  /** Makes a person's decision at the authorization endpoint.
   * @param decision.authorizationUrl to which the client has redirected the browser
   * @returns where the browser is redirected, with the code or the error
   * @throws AuthorizeError for faults that the real page shows without redirecting the browser */
  consent(decision: Decision & { authorizationUrl: string }): string
  /** Issues tokens without the browser flow. */
  tokensFor(email: string, scopes: string[]): { accessToken: string; refreshToken: string }
  oauth: OAuthBehaviour
  behaviour: Behaviour
  push: Push
  subscriptions(email?: string): Subscription[]
  /** Oldest first. */
  mails: Mail[]
  resetBehaviour(): void
}

/** @param options.redirectUris the registered redirect URIs; any URI is accepted when omitted
 * @param options.port a free port when omitted */
export async function startMicrosoft(
  options: OAuthClient & { clock: EmulatorClock; behaviour?: Partial<Behaviour>; port?: number },
): Promise<Microsoft> {
  const { clock, clientId } = options
  const behaviour = { ...DEFAULT_BEHAVIOUR, ...options.behaviour }
  const push = createPush({ clock, behaviour })
  const world: World = {
    clock,
    behaviour,
    clientId,
    origin: '',
    accounts: new Map(),
    mails: [],
    notify: (account, change) => subscriptions.notify(account, change),
  }
  const subscriptions = createSubscriptions(world, push)
  const [grants, feeds, keys] = [createGrants(world), createDeltaFeeds(), createSigningKeys()]
  const oauth = { invalidClient: false }
  const consent = { world, client: options, grants }
  const tokens = { ...consent, oauth, keys }
  const graph = createGraph({ world, grants, subscriptions, feeds, log: () => server.log })

  const handle = (request: LoggedRequest) => {
    const { method, path, query } = request
    if (path.startsWith('/v1.0')) return graph(request)
    if (isAuthorizePath(path)) {
      return onPage(() =>
        method === 'POST'
          ? takeConsentForm(consent, path, new URLSearchParams(request.body))
          : showConsentPage(consent, path, query),
      )
    }
    if (method === 'POST' && /^\/[^/]+\/oauth2\/v2\.0\/token$/.test(path)) return answerToken(tokens, request)
    return answerDiscovery({ world, keys }, path)
  }

  const server = await startEmulatorServer({
    clock,
    handle,
    port: options.port,
    account: ({ headers }) => {
      const grant = grants.findAccess(bearerOf(headers) ?? '')
      return grant === undefined || grant === 'EXPIRED' ? undefined : grant.account.email
    },
  })
  world.origin = server.origin

  const accountOf = (email: string) => {
    const account = world.accounts.get(email.toLowerCase())
    if (account === undefined) throw new Error(`There is no account ${email}.`)
    return account
  }
  const handleOf = (account: Account) =>
    createMicrosoftAccount({ world, grants, subscriptions, feeds }, account)
  return {
    ...server,
    addAccount: (account) => handleOf(addAccount(world, account)),
    account: (email) => handleOf(accountOf(email)),
    consent: ({ authorizationUrl, ...decision }) => {
      const { pathname, searchParams } = new URL(authorizationUrl)
      if (!isAuthorizePath(pathname))
        throw new AuthorizeError(`${authorizationUrl} is not the authorize address.`)
      return decide(consent, { path: pathname, query: searchParams }, decision)
    },
    tokensFor: (email, scopes) => {
      const grant = { account: accountOf(email), scopes }
      return { accessToken: grants.issueAccessToken(grant), refreshToken: grants.issueRefreshToken(grant) }
    },
    oauth,
    behaviour,
    push,
    mails: world.mails,
    subscriptions: (email) => subscriptions.all(email === undefined ? undefined : accountOf(email)),
    resetBehaviour: () => {
      server.faults.clear()
      push.resetBehaviour()
      oauth.invalidClient = false
      Object.assign(behaviour, DEFAULT_BEHAVIOUR, options.behaviour)
      for (const account of world.accounts.values()) account.refusal = undefined
    },
    close: async () => {
      push.stop()
      await server.close()
      await push.settled()
    },
  }
}

function onPage(answer: () => ReturnType<typeof showConsentPage>) {
  try {
    return answer()
  } catch (error) {
    if (!(error instanceof AuthorizeError)) throw error
    return html(
      400,
      `<!doctype html><title>Sign in to your account</title><p>${escapeHtml(error.message)}</p>`,
    )
  }
}
