// The grants of accounts to the client, with their codes, access tokens and rotating refresh tokens.
import { randomBytes } from 'node:crypto'
import type { Account, World } from './model.ts'
import { TokenRefusal } from './refusals.ts'

export interface Grant {
  account: Account
  /** As the client asked for them. */
  scopes: string[]
}

interface Code {
  grant: Grant
  redirectUri: string
  nonce: string | null
  challenge: string | null
  expires: Date
  isUsed: boolean
}

interface RefreshToken {
  grant: Grant
  issuedAt: Date
  isUsed: boolean
}

export interface Grants {
  issueCode(code: Omit<Code, 'expires' | 'isUsed'>): string
  /** @throws TokenRefusal for an unknown, used or expired code */
  takeCode(code: string): Code
  issueAccessToken(grant: Grant): string
  issueRefreshToken(grant: Grant): string
  /** @throws TokenRefusal for an unknown, expired or revoked token */
  takeRefreshToken(token: string): Grant
  /** @returns the grant; 'EXPIRED' for a token that was valid once; undefined for any other text */
  findAccess(token: string): Grant | 'EXPIRED' | undefined
  /** Ends the access tokens of an account immediately. Withdrawn consent alone leaves them valid until they expire. */
  endAccessTokens(account: Account): void
}

const DAY = 24 * 60 * 60_000
const CODE_LIFE = 10 * 60_000
const INACTIVE_DAYS = 90

const FAILURES: Record<NonNullable<Account['refusal']>, { error: string; message: string }> = {
  700082: { error: 'invalid_grant', message: 'The refresh token has expired due to inactivity.' },
  50173: {
    error: 'invalid_grant',
    message:
      'The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.',
  },
  70008: { error: 'invalid_grant', message: 'The provided authorization code or refresh token has expired.' },
  70000: { error: 'invalid_grant', message: 'The provided grant has been revoked or is not valid.' },
  65001: {
    error: 'invalid_grant',
    message: 'The user or administrator has not consented to use the application.',
  },
  50057: { error: 'invalid_grant', message: 'The user account is disabled.' },
  50076: {
    error: 'interaction_required',
    message: 'Due to a configuration change, you must use multi-factor authentication.',
  },
  50079: {
    error: 'interaction_required',
    message: 'The user is required to use multi-factor authentication.',
  },
  53003: {
    error: 'interaction_required',
    message: 'Access has been blocked by Conditional Access policies.',
  },
}

export function createGrants({ clock, behaviour }: Pick<World, 'clock' | 'behaviour'>): Grants {
  const codes = new Map<string, Code>()
  const refreshTokens = new Map<string, RefreshToken>()
  const accessTokens = new Map<string, { grant: Grant; expires: Date }>()
  const token = (prefix: string, bytes: number) => `${prefix}${randomBytes(bytes).toString('base64url')}`

  return {
    issueCode: (code) => {
      const text = token('0.A', 120)
      codes.set(text, { ...code, expires: new Date(clock.now().getTime() + CODE_LIFE), isUsed: false })
      return text
    },
    takeCode: (text) => {
      const code = codes.get(text)
      if (code === undefined) {
        throw new TokenRefusal('invalid_grant', 9002313, 'Invalid request. Request is malformed or invalid.')
      }
      if (code.isUsed) {
        throw new TokenRefusal(
          'invalid_grant',
          54005,
          'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
        )
      }
      if (code.expires <= clock.now()) throw refusalFor(70008)
      code.isUsed = true
      return code
    },
    issueAccessToken: (grant) => {
      const text = token('EwB', 300)
      const expires = new Date(clock.now().getTime() + behaviour.accessTokenSeconds * 1000)
      accessTokens.set(text, { grant, expires })
      return text
    },
    issueRefreshToken: (grant) => {
      const text = token('1.A', 400)
      refreshTokens.set(text, { grant, issuedAt: clock.now(), isUsed: false })
      return text
    },
    takeRefreshToken: (text) => {
      const known = refreshTokens.get(text)
      if (known === undefined) throw refusalFor(70000)
      const { refusal } = known.grant.account
      if (refusal !== undefined) throw refusalFor(refusal)
      if (clock.now().getTime() - known.issuedAt.getTime() > INACTIVE_DAYS * DAY) throw refusalFor(700082)
      if (known.isUsed && behaviour.oldRefreshTokens === 'REFUSED') throw refusalFor(70000)
      known.isUsed = true
      return known.grant
    },
    findAccess: (text) => {
      const known = accessTokens.get(text)
      if (known === undefined) return undefined
      return known.expires > clock.now() ? known.grant : 'EXPIRED'
    },
    endAccessTokens: (account) => {
      for (const known of accessTokens.values()) {
        if (known.grant.account === account) known.expires = clock.now()
      }
    },
  }
}

function refusalFor(code: NonNullable<Account['refusal']>): TokenRefusal {
  const { error, message } = FAILURES[code]
  return new TokenRefusal(error, code, message)
}
