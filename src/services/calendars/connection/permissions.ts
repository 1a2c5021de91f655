// What is asked of an agent's account, and what each permission is for.
import type { OutsideProvider } from '../../ports/calendar-provider.ts'

/** LEAST: the least that works. FULL: what the documentation of the product this one is modelled on lists. */
export type ScopeSet = 'LEAST' | 'FULL'

const GOOGLE_EVENTS = 'https://www.googleapis.com/auth/calendar.events'
const GOOGLE_CALENDAR = 'https://www.googleapis.com/auth/calendar'

export const SCOPE_SETS: Record<OutsideProvider, Record<ScopeSet, string[]>> = {
  GOOGLE: {
    LEAST: ['openid', 'email', GOOGLE_EVENTS],
    FULL: ['openid', 'email', 'profile', GOOGLE_CALENDAR],
  },
  MICROSOFT: {
    LEAST: ['openid', 'email', 'profile', 'offline_access', 'Calendars.ReadWrite', 'MailboxSettings.Read'],
    FULL: [
      ...['openid', 'email', 'profile', 'offline_access', 'User.Read'],
      ...['Calendars.ReadWrite', 'MailboxSettings.Read'],
    ],
  },
}

/** Without one of each, the calendar cannot be used. */
const NEEDED: Record<OutsideProvider, string[][]> = {
  GOOGLE: [[GOOGLE_EVENTS, GOOGLE_CALENDAR]],
  MICROSOFT: [['Calendars.ReadWrite'], ['MailboxSettings.Read']],
}

/** Microsoft leaves `offline_access` out of what it says was granted, and puts its own address before names. */
const GRAPH = 'https://graph.microsoft.com/'

/** @param granted as in the provider's answer, separated by blanks */
export function parseScopes(granted: string): string[] {
  const scopes = granted.split(' ').filter((scope) => scope !== '')
  return scopes.map((scope) => (scope.startsWith(GRAPH) ? scope.slice(GRAPH.length) : scope))
}

/** @returns the permissions that were not given, as people know them; none: all is well */
export function missingPermissions(provider: OutsideProvider, granted: readonly string[]): string[] {
  return NEEDED[provider]
    .filter((oneOf) => !oneOf.some((scope) => granted.includes(scope)))
    .map(([scope = '']) => DESCRIPTIONS[scope] ?? scope)
}

const DESCRIPTIONS: Record<string, string> = {
  openid: 'See which account it is.',
  email: "Read the account's e-mail address, to show which calendar is connected.",
  profile: "Read the account's name.",
  'https://www.googleapis.com/auth/userinfo.email':
    "Read the account's e-mail address, to show which calendar is connected.",
  'https://www.googleapis.com/auth/userinfo.profile': "Read the account's name.",
  [GOOGLE_EVENTS]: 'View the events of the calendar, to know when you are busy, and write meetings into it.',
  [GOOGLE_CALENDAR]:
    'See and change the calendar and its events, to know when you are busy and to write meetings into it.',
  'Calendars.ReadWrite':
    'View the events of the calendar, to know when you are busy, and write meetings into it.',
  'MailboxSettings.Read': 'Read the time zone of the mailbox, to place events that last whole days.',
  'User.Read': 'Sign you in and read your profile.',
  offline_access: 'Use the calendar while you are away.',
}

export interface GrantedPermission {
  /** As the provider calls it. */
  scope: string
  description: string
}

export function describePermissions(scopes: readonly string[]): GrantedPermission[] {
  return scopes.map((scope) => ({ scope, description: DESCRIPTIONS[scope] ?? 'Not used.' }))
}
