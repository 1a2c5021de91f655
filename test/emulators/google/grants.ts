// The grants of accounts to the client, and the tokens issued for them.
import { randomBytes } from 'node:crypto'
import type { EmulatorClock } from '../http-server.ts'
import { SCOPE_PREFIX } from './scopes.ts'
import type { Account } from './state.ts'

export interface Grant {
  account: Account
  scopes: string[]
  offline: boolean
}

interface Code {
  grant: Grant
  redirectUri: string
  nonce: string | undefined
  challenge: { method: string; value: string } | undefined
  withRefreshToken: boolean
  expiresAt: number
  used: boolean
}

interface AccessToken {
  grant: Grant
  refreshToken: string | undefined
  expiresAt: number
}

export interface Grants {
  codes: Map<string, Code>
  access: Map<string, AccessToken>
  /** The valid ones, oldest first. */
  refresh: Map<string, Grant>
  issueCode(code: Omit<Code, 'expiresAt' | 'used'>): string
  issueAccessToken(grant: Grant, refreshToken: string | undefined): string
  issueRefreshToken(grant: Grant): string
  /** @returns the token, unless it is unknown, expired or revoked */
  findAccess(token: string): AccessToken | undefined
  /** All scopes that the account has granted so far. */
  scopesOf(account: Account): string[]
  /** Revokes the grant that an access or refresh token belongs to. @returns false when there is none */
  revoke(token: string): boolean
  /** The user revokes all access in the settings of the account. */
  revokeAll(account: Account): void
  /** Access tokens of the account end now; refresh tokens stay. */
  expireAccess(account: Account): void
}

/** The lifetime of an access token in seconds. */
export const LIFETIME = 3600
const CODE_LIFETIME = 600
/** For each account and client. Beyond that the oldest one is invalidated silently. */
const MAX_REFRESH_TOKENS = 100

export function createGrants(clock: EmulatorClock): Grants {
  const [codes, access, refresh] = [
    new Map<string, Code>(),
    new Map<string, AccessToken>(),
    new Map<string, Grant>(),
  ]
  const now = () => clock.now().getTime()
  const endTokens = (predicate: (grant: Grant, refreshToken: string | undefined) => boolean) => {
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
      // Google has one grant for each account and client, so revoking one token ends all of them.
      grants.revokeAll(grant.account)
      return true
    },
    revokeAll: (account) => endTokens((grant) => grant.account === account),
    expireAccess: (account) => {
      for (const one of access.values()) if (one.grant.account === account) one.expiresAt = now()
    },
  }
  return grants
}

/** The scope as Google writes it in answers, where `email` and `profile` have long names. */
export function canonicalScope(scope: string): string {
  return scope === 'email' || scope === 'profile' ? `${SCOPE_PREFIX}userinfo.${scope}` : scope
}

/** Only scopes of an API have a box; identity scopes are granted together with the consent. */
export function canBeUnticked(scope: string): boolean {
  return scope.startsWith(SCOPE_PREFIX) && !scope.startsWith(`${SCOPE_PREFIX}userinfo.`)
}
