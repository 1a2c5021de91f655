// Reads from the environment how this installation is registered with Google. docs/calendars.md describes the
// variables.
import { z } from 'zod'
import type { OAuthRegistration } from '../connection/oauth-client.ts'
import { calendarPermissions, webAddress } from '../provider/definition.ts'
import { GOOGLE_PERMISSIONS } from './permissions.ts'

interface GoogleRegistration {
  apiUrl: string
  oauth: OAuthRegistration
}

const variables = z.object({
  CALENDAR_PERMISSIONS: calendarPermissions,
  GOOGLE_CLIENT_ID: z.string().min(1).optional(),
  GOOGLE_CLIENT_SECRET: z.string().min(1).optional(),
  GOOGLE_AUTHORIZATION_URL: webAddress('https://accounts.google.com/o/oauth2/v2/auth'),
  GOOGLE_TOKEN_URL: webAddress('https://oauth2.googleapis.com/token'),
  GOOGLE_REVOCATION_URL: webAddress('https://oauth2.googleapis.com/revoke'),
  GOOGLE_API_URL: webAddress('https://www.googleapis.com'),
})

/** null: not registered. */
export const googleRegistration = variables
  .refine(
    (env) => (env.GOOGLE_CLIENT_ID === undefined) === (env.GOOGLE_CLIENT_SECRET === undefined),
    'GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET: must be set together.',
  )
  .transform((env): GoogleRegistration | null => {
    const { GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret } = env
    if (clientId === undefined || clientSecret === undefined) return null
    return {
      apiUrl: env.GOOGLE_API_URL,
      oauth: {
        clientId,
        clientSecret,
        authorizationUrl: env.GOOGLE_AUTHORIZATION_URL,
        tokenUrl: env.GOOGLE_TOKEN_URL,
        revocationUrl: env.GOOGLE_REVOCATION_URL,
        scopes: GOOGLE_PERMISSIONS.scopes[env.CALENDAR_PERMISSIONS],
        scopePrefix: '',
        // Google grants a refresh token only with a consent.
        parameters: { access_type: 'offline', prompt: 'consent', include_granted_scopes: 'false' },
      },
    }
  })
