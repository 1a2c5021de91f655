// What accounts have granted to the client, and the tokens that came of it.
import { randomBytes } from 'node:crypto'
import type { EmulatorClock } from '../http-server.ts'
import { SCOPE_PREFIX } from './scopes.ts'
import type { Account } from './state.ts'

export interface Grant {
  account: Account
  scopes: string[]
  offline: boolean
}

export interface Code {
  grant: Grant
  redirectUri: string
  nonce: string | undefined
  challenge: { method: string; value: string } | undefined
  withRefreshToken: boolean
  expiresAt: number
  used: boolean
}

export interface AccessToken {
  grant: Grant
  refreshToken: string | undefined
  expiresAt: number
}

export interface Grants {
  codes: Map<string, Code>
  access: Map<string, AccessToken>
  /** Live ones, oldest first. */
  refresh: Map<string, Grant>
  issueCode(code: Omit<Code, 'expiresAt' | 'used'>): string
  issueAccessToken(grant: Grant, refreshToken: string | undefined): string
  issueRefreshToken(grant: Grant): string
  /** @returns the token, unless it is unknown, expired or revoked */
  findAccess(token: string): AccessToken | undefined
  /** What the account has granted in all so far. */
  scopesOf(account: Account): string[]
  /** Ends the grant that an access or refresh token belongs to. @returns false when there is none */
  revoke(token: string): boolean
  /** The user takes everything back in the settings of the account. */
  revokeAll(account: Account): void
  /** Access tokens of the account end now, refresh tokens stay. */
  expireAccess(account: Account): void
}

/** In seconds, of an access token. */
export const LIFETIME = 3600
const CODE_LIFETIME = 600
/** Of one account and client: the oldest is dropped without a word. */
const MAX_REFRESH_TOKENS = 100

export function createGrants(clock: EmulatorClock): Grants {
  const [codes, access, refresh] = [
    new Map<string, Code>(),
    new Map<string, AccessToken>(),
    new Map<string, Grant>(),
  ]
  const now = () => clock.now().getTime()
  const ended = (predicate: (grant: Grant, refreshToken: string | undefined) => boolean) => {
    for (const [token, grant] of refresh) if (predicate(grant, token)) refresh.delete(token)
    for (const [token, one] of access) if (predicate(one.grant, one.refreshToken)) access.delete(token)
  }
  const grants: Grants = {
    codes,
    access,
    refresh,
    issueCode: (code) => {
      const value = `4/0A${randomBytes(30).toString('base64url')}`
      codes.set(value, { ...code, used: false, expiresAt: now() + CODE_LIFETIME * 1000 })
      return value
    },
    issueAccessToken: (grant, refreshToken) => {
      const value = `ya29.${randomBytes(48).toString('base64url')}`
      access.set(value, { grant, refreshToken, expiresAt: now() + LIFETIME * 1000 })
      return value
    },
    issueRefreshToken: (grant) => {
      const value = `1//0${randomBytes(40).toString('base64url')}`
      refresh.set(value, grant)
      const ofAccount = [...refresh].filter(([, other]) => other.account === grant.account)
      for (const [oldest] of ofAccount.slice(0, -MAX_REFRESH_TOKENS)) refresh.delete(oldest)
      return value
    },
    findAccess: (token) => {
      const found = access.get(token)
      return found && found.expiresAt > now() ? found : undefined
    },
    scopesOf: (account) => [
      ...new Set([...refresh.values()].filter((grant) => grant.account === account).flatMap((g) => g.scopes)),
    ],
    revoke: (token) => {
      const grant = refresh.get(token) ?? grants.findAccess(token)?.grant
      if (!grant) return false
      // With Google one consent is one grant: all tokens of the account and client go.
      grants.revokeAll(grant.account)
      return true
    },
    revokeAll: (account) => ended((grant) => grant.account === account),
    expireAccess: (account) => {
      for (const one of access.values()) if (one.grant.account === account) one.expiresAt = now()
    },
  }
  return grants
}

/** As Google writes them in answers: short names of the profile's parts become long. */
export function canonicalScope(scope: string): string {
  return scope === 'email' || scope === 'profile' ? `${SCOPE_PREFIX}userinfo.${scope}` : scope
}

/** Only those of an interface have a box of their own; who you are is shared or nothing is. */
export function canBeUnticked(scope: string): boolean {
  return scope.startsWith(SCOPE_PREFIX) && !scope.startsWith(`${SCOPE_PREFIX}userinfo.`)
}
