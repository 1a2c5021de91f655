// What agents allow us to do with their calendars, as the provider calls it and as people understand it.

/** What a provider with OAuth can be asked for. */
export interface OAuthPermissions {
  /** By how much this installation asks for. */
  scopes: Readonly<Record<'least' | 'full', string[]>>
  /** Without one scope of each group the calendar cannot be used. */
  needed: readonly (readonly string[])[]
  /** What each is for. */
  descriptions: Readonly<Record<string, string>>
}

/** Those of OpenID Connect. */
export const OPENID_DESCRIPTIONS = {
  openid: 'See which account it is.',
  email: "Read the account's e-mail address, to show which calendar is connected.",
  profile: "Read the account's name.",
}

/** @returns what each of the missing permissions is for; none: all is well */
export function missingPermissions(
  { needed, descriptions }: OAuthPermissions,
  granted: readonly string[],
): string[] {
  return needed
    .filter((oneOf) => !oneOf.some((scope) => granted.includes(scope)))
    .map(([scope = '']) => descriptions[scope] ?? scope)
}

interface GrantedPermission {
  /** As the provider calls it. */
  scope: string
  description: string
}

/** @param descriptions of the provider's permissions */
export function describePermissions(
  descriptions: Readonly<Record<string, string>>,
  scopes: readonly string[],
): GrantedPermission[] {
  return scopes.map((scope) => ({ scope, description: descriptions[scope] ?? 'Not used.' }))
}
