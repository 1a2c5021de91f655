// The permissions that agents grant for their calendars, with descriptions for people.
import type { ProviderFacts } from '../../ports/calendar-provider.ts'

/** The permissions of a provider that uses OAuth. */
export interface OAuthPermissions {
  /** Requested from agents, by CALENDAR_PERMISSIONS. */
  scopes: Readonly<Record<'least' | 'full', string[]>>
  /** The calendar can be used only with a scope of each group. */
  needed: readonly (readonly string[])[]
  /** What each scope is for. */
  descriptions: Readonly<Record<string, string>>
}

/** What lasting access is for. */
export const LASTING_ACCESS = 'Use the calendar while you are away.'

/** For the scopes of OpenID Connect. */
export const OPENID_DESCRIPTIONS = {
  openid: 'See which account it is.',
  email: "Read the account's e-mail address, to show which calendar is connected.",
  profile: "Read the account's name, language and picture.",
}

/** @returns what each missing permission is for; empty when none is missing */
export function missingPermissions(
  { needed, descriptions }: OAuthPermissions,
  granted: readonly string[],
): string[] {
  return needed
    .filter((oneOf) => !oneOf.some((scope) => granted.includes(scope)))
    .map(([scope = '']) => descriptions[scope] ?? scope)
}

interface GrantedPermission {
  /** The provider's name for it. */
  scope: string
  description: string
}

/** @param scopes those that were granted; none: the calendar is used without permissions */
export function describePermissions(
  { permissions, lastingAccess }: Pick<ProviderFacts, 'permissions' | 'lastingAccess'>,
  scopes: readonly string[],
): GrantedPermission[] {
  const always = scopes.length === 0 || lastingAccess === null ? [] : [lastingAccess]
  return [...new Set([...scopes, ...always])].map((scope) => ({
    scope,
    description: permissions[scope] ?? 'Not used.',
  }))
}
