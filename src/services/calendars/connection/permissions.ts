// The permissions that agents grant for their calendars, with descriptions for people.

/** The permissions of a provider that uses OAuth. */
export interface OAuthPermissions {
  /** Requested from agents, by CALENDAR_PERMISSIONS. */
  scopes: Readonly<Record<'least' | 'full', string[]>>
  /** The calendar can be used only with a scope of each group. */
  needed: readonly (readonly string[])[]
  /** What each scope is for. */
  descriptions: Readonly<Record<string, string>>
}

/** For the scopes of OpenID Connect. */
export const OPENID_DESCRIPTIONS = {
  openid: 'See which account it is.',
  email: "Read the account's e-mail address, to show which calendar is connected.",
  profile: "Read the account's name.",
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

/** @param descriptions for the permissions of the provider */
export function describePermissions(
  descriptions: Readonly<Record<string, string>>,
  scopes: readonly string[],
): GrantedPermission[] {
  return scopes.map((scope) => ({ scope, description: descriptions[scope] ?? 'Not used.' }))
}
