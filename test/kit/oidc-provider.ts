// A certified OpenID Connect provider on 127.0.0.1. People sign in by the real authorization code flow with
// PKCE; the access token is a JWT for the API, with the e-mail address as many providers are set up to add it.
// Of the provider's own pages only the login page is ours: it takes the `login_hint` at its word.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import Provider, {
  type AdapterFactory,
  type AdapterPayload,
  type Configuration,
  type SigningAlgorithm,
} from 'oidc-provider'

const CLIENT_ID = 'console'
const REDIRECT_URI = 'https://console.example/signed-in'
const SCOPE = 'openid email'

export interface OidcAccount {
  subject: string
  email: string
  /** Some providers write the word instead of the truth value. */
  emailVerified: boolean | 'true'
}

export interface OidcProvider {
  issuer: string
  /** Signs the account in.
   * @returns the bearer token */
  signIn(account: OidcAccount): Promise<string>
  /** @param header left out: the provider's own key, and no type
   * @returns a token with just these claims, signed with the provider's key: for what it would never issue */
  sign(claims: JWTPayload, header?: { kid?: string; typ?: string }): Promise<string>
  /** From now on another key signs; tokens of the one before are not valid any more. */
  rotateKey(algorithm?: OidcAlgorithm): Promise<void>
  /** From now on nobody reaches it. It keeps its port, which another program could take meanwhile. */
  vanish(): void
  /** It is back, as it was. */
  comeBack(): void
  /** Nothing happens when it is stopped already. */
  stop(): Promise<void>
}

export type OidcAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA'

/** @param options.audience what the tokens are for: an absolute URL
 * @param options.issuer another provider's, for an impostor */
export async function startOidcProvider(options: {
  audience: string
  issuer?: string
}): Promise<OidcProvider> {
  let isAway = false
  const server = createServer()
  server.on('connection', (socket) => isAway && socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const address = `http://127.0.0.1:${port}`
  const issuer = options.issuer ?? address
  const accounts = new Map<string, OidcAccount>()
  let key = await createSigningKey('RS256')

  const serve = () => {
    const configuration = configure({ key, accounts, audience: options.audience })
    const provider = new Provider(issuer, configuration)
    const answer = provider.callback()
    server.removeAllListeners('request')
    server.on('request', (request, response) => {
      if (request.url?.startsWith('/login')) logIn(provider, request, response)
      else answer(request, response)
    })
  }
  serve()

  return {
    issuer,
    async signIn(account) {
      accounts.set(account.subject, account)
      return runCodeFlow({ address, audience: options.audience, subject: account.subject })
    },
    sign: (claims, header) =>
      new SignJWT(claims).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key),
    async rotateKey(algorithm = 'RS256') {
      key = await createSigningKey(algorithm)
      serve()
    },
    vanish() {
      isAway = true
      server.closeAllConnections()
    },
    comeBack() {
      isAway = false
    },
    async stop() {
      if (!server.listening) return
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

type SigningKey = JWK & { kid: string; alg: OidcAlgorithm }

async function createSigningKey(algorithm: OidcAlgorithm): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const kid = randomBytes(8).toString('hex')
  return { ...(await exportJWK(privateKey)), kid, alg: algorithm, use: 'sig' }
}

function configure(options: {
  key: SigningKey
  accounts: Map<string, OidcAccount>
  audience: string
}): Configuration {
  const { key, accounts, audience } = options
  const algorithm: SigningAlgorithm = key.alg
  return {
    adapter: keepInMemory(),
    jwks: { keys: [key] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    clientDefaults: { id_token_signed_response_alg: algorithm },
    clients: [{ client_id: CLIENT_ID, redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'none' }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      Grant: 3600,
      IdToken: 3600,
      Interaction: 60,
      Session: 60,
    },
    findAccount: (_context, subject) => accountNamed(accounts, subject),
    extraTokenClaims: (_context, token) =>
      'accountId' in token ? accountNamed(accounts, token.accountId)?.claims() : undefined,
    interactions: { url: () => '/login' },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'api',
          accessTokenFormat: 'jwt',
          audience,
          jwt: { sign: { alg: algorithm } },
        }),
        useGrantedResource: () => true,
      },
    },
    // Consent is given beforehand, as by an administrator for a company's own application.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: CLIENT_ID, accountId: oidc.session?.accountId })
      grant.addOIDCScope(SCOPE)
      grant.addResourceScope(audience, 'api')
      await grant.save()
      return grant
    },
  }
}

function accountNamed(accounts: Map<string, OidcAccount>, subject: string) {
  const account = accounts.get(subject)
  if (account === undefined) return undefined
  const { email, emailVerified } = account
  const claims = () => ({ sub: subject, email, email_verified: emailVerified })
  return { accountId: subject, claims }
}

async function logIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { params } = await provider.interactionDetails(request, response)
    await provider.interactionFinished(request, response, { login: { accountId: String(params.login_hint) } })
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}

/** What a browser and the application behind the redirect do between them. */
async function runCodeFlow(options: { address: string; audience: string; subject: string }): Promise<string> {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: `${SCOPE} api`,
    resource: options.audience,
    login_hint: options.subject,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const end = await followRedirects(new URL(`/auth?${query}`, options.address))
  const code = end.searchParams.get('code')
  if (code === null) throw new Error(`No code: ${end}`)
  const body = new URLSearchParams({
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
  })
  const response = await fetch(new URL('/token', options.address), { method: 'POST', body })
  const answer = (await response.json()) as { access_token?: string }
  if (answer.access_token === undefined) throw new Error(`No token: ${JSON.stringify(answer)}`)
  return answer.access_token
}

/** @returns the address at the application that the provider sends the browser back to */
async function followRedirects(start: URL): Promise<URL> {
  const cookies = new Map<string, string>()
  let url = start
  while (!url.href.startsWith(REDIRECT_URI)) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    const next = response.headers.get('location')
    if (next === null) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    url = new URL(next, url)
  }
  return url
}

/** The provider's own store for trying things out prints a warning at every start. */
function keepInMemory(): AdapterFactory {
  const records = new Map<string, AdapterPayload>()
  return (model) => ({
    upsert: async (id, payload) => void records.set(`${model}:${id}`, payload),
    find: async (id) => records.get(`${model}:${id}`),
    findByUid: async (uid) => [...records.values()].find((payload) => payload.uid === uid),
    findByUserCode: async () => undefined,
    consume: async (id) => void Object.assign(records.get(`${model}:${id}`) ?? {}, { consumed: 1 }),
    destroy: async (id) => void records.delete(`${model}:${id}`),
    revokeByGrantId: async () => undefined,
  })
}
