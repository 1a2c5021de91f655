// The part of the configuration that is about Google and Microsoft: how this installation is registered there, and where
// they are. docs/calendars.md describes the variables.
import { z } from 'zod'
import type { OAuthRegistration } from '../connection/oauth.ts'
import { SCOPE_SETS, type ScopeSet } from '../connection/permissions.ts'

const webAddress = (byDefault: string) => z.url({ protocol: /^https?$/ }).default(byDefault)

export const calendarVariables = {
  CALENDAR_PERMISSIONS: z.enum(['least', 'full']).default('least'),
  GOOGLE_CLIENT_ID: z.string().min(1).optional(),
  GOOGLE_CLIENT_SECRET: z.string().min(1).optional(),
  GOOGLE_AUTHORIZATION_URL: webAddress('https://accounts.google.com/o/oauth2/v2/auth'),
  GOOGLE_TOKEN_URL: webAddress('https://oauth2.googleapis.com/token'),
  GOOGLE_REVOCATION_URL: webAddress('https://oauth2.googleapis.com/revoke'),
  GOOGLE_API_URL: webAddress('https://www.googleapis.com'),
  MICROSOFT_CLIENT_ID: z.string().min(1).optional(),
  MICROSOFT_CLIENT_SECRET: z.string().min(1).optional(),
  MICROSOFT_TENANT: z.string().min(1).default('common'),
  MICROSOFT_LOGIN_URL: webAddress('https://login.microsoftonline.com'),
  MICROSOFT_GRAPH_URL: webAddress('https://graph.microsoft.com'),
}

const variables = z.object(calendarVariables)
type Variables = z.output<typeof variables>

export interface CalendarsConfig {
  /** null: not set up. */
  google: { apiUrl: string; oauth: OAuthRegistration } | null
  microsoft: { graphUrl: string; oauth: OAuthRegistration } | null
}

/** Whether something is wrong, with what to say. */
export function calendarFaults(env: Variables): [boolean, string][] {
  const isHalf = (one?: string, other?: string) => (one === undefined) !== (other === undefined)
  return [
    [
      isHalf(env.GOOGLE_CLIENT_ID, env.GOOGLE_CLIENT_SECRET),
      'GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET: must be set together.',
    ],
    [
      isHalf(env.MICROSOFT_CLIENT_ID, env.MICROSOFT_CLIENT_SECRET),
      'MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET: must be set together.',
    ],
  ]
}

export function toCalendars(env: Variables): CalendarsConfig {
  const set: ScopeSet = env.CALENDAR_PERMISSIONS === 'least' ? 'LEAST' : 'FULL'
  return { google: googleOf(env, set), microsoft: microsoftOf(env, set) }
}

function googleOf(env: Variables, set: ScopeSet): CalendarsConfig['google'] {
  const { GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret } = env
  if (clientId === undefined || clientSecret === undefined) return null
  return {
    apiUrl: env.GOOGLE_API_URL,
    oauth: {
      ...{ clientId, clientSecret },
      authorizationUrl: env.GOOGLE_AUTHORIZATION_URL,
      tokenUrl: env.GOOGLE_TOKEN_URL,
      revocationUrl: env.GOOGLE_REVOCATION_URL,
      scopes: SCOPE_SETS.GOOGLE[set],
      // A permission that lasts is given with a consent only.
      parameters: { access_type: 'offline', prompt: 'consent', include_granted_scopes: 'false' },
    },
  }
}

function microsoftOf(env: Variables, set: ScopeSet): CalendarsConfig['microsoft'] {
  const { MICROSOFT_CLIENT_ID: clientId, MICROSOFT_CLIENT_SECRET: clientSecret } = env
  if (clientId === undefined || clientSecret === undefined) return null
  const base = `${env.MICROSOFT_LOGIN_URL.replace(/\/$/, '')}/${env.MICROSOFT_TENANT}/oauth2/v2.0`
  return {
    graphUrl: env.MICROSOFT_GRAPH_URL,
    oauth: {
      ...{ clientId, clientSecret },
      authorizationUrl: `${base}/authorize`,
      tokenUrl: `${base}/token`,
      revocationUrl: null,
      scopes: SCOPE_SETS.MICROSOFT[set],
      parameters: { prompt: 'select_account' },
    },
  }
}
