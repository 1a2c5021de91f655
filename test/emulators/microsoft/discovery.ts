// The discovery document of the identity platform and its public signing keys.
import type { Answer } from '../http-server.ts'
import type { World } from './model.ts'
import type { SigningKeys } from './signing-keys.ts'

export function answerDiscovery({ world, keys }: { world: World; keys: SigningKeys }, path: string): Answer {
  const [, tenant, rest] = /^\/([^/]+)\/(.+)$/.exec(path) ?? []
  if (rest === 'discovery/v2.0/keys') return { status: 200, body: keys.jwks() }
  if (rest !== 'v2.0/.well-known/openid-configuration') return { status: 404 }
  const base = `${world.origin}/${tenant}`
  const issuer = ['common', 'organizations', 'consumers'].includes(tenant ?? '') ? '{tenantid}' : tenant
  const body = {
    issuer: `${world.origin}/${issuer}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
  }
  return { status: 200, body }
}
