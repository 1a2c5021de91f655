// Connects calendars of providers that use OAuth 2: turns the agent's consent into a grant.
import type { CalendarConnector, Grant } from '../../ports/calendar-provider.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { createOAuthClient, type OAuthGrant, type OAuthRegistration } from './oauth-client.ts'
import { missingPermissions, type OAuthPermissions } from './permissions.ts'

export function createOAuthConnector(
  registration: OAuthRegistration,
  permissions: OAuthPermissions,
): CalendarConnector {
  const client = createOAuthClient(registration)
  return {
    begin: ({ state, verifier, callbackUrl, accountHint }) =>
      client.authorizationUrl({ state, verifier, redirectUri: callbackUrl, loginHint: accountHint }),
    complete: async ({ parameters, verifier, callbackUrl }) => {
      const code = parameters.get('code')
      const error = parameters.get('error')
      if (error !== null || code === null) throw refused(denial(error))
      const exchanged = client.exchange({ code, verifier, redirectUri: callbackUrl })
      return requireComplete(await exchanged.catch(explainSpentCode), permissions)
    },
    renew: (refreshToken) => client.refresh(refreshToken),
    revoke: (refreshToken) => client.revoke(refreshToken),
  }
}

const refused = (message: string) => new CalendarFault('REFUSED', message)

function denial(error: string | null): string {
  if (error === 'access_denied') return 'Access to the calendar was not allowed.'
  if (error === 'consent_required' || error === 'admin_consent_required') {
    return "Your organisation's administrator must allow this application first."
  }
  return 'The provider did not grant access to the calendar.'
}

function explainSpentCode(error: unknown): never {
  const isSpent = error instanceof CalendarFault && error.kind === 'REAUTHENTICATE'
  throw isSpent ? refused('The provider does not accept the code. Please start again.') : error
}

/** @throws CalendarFault REFUSED when the grant is not enough to use the calendar */
function requireComplete(granted: OAuthGrant, permissions: OAuthPermissions): Grant {
  const { refreshToken, account } = granted
  const missing = missingPermissions(permissions, granted.scopes)
  if (missing.length > 0) {
    throw refused(`A permission is missing: ${missing.join(' ')} Please start again and allow it.`)
  }
  if (refreshToken === null) throw refused('The provider granted no lasting access. Please start again.')
  if (account === null) throw refused('The provider does not say which account it is.')
  return { ...granted, refreshToken, account }
}
