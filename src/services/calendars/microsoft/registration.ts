// Reads from the environment how this installation is registered with Microsoft. docs/calendars.md describes the
// variables.
import { z } from 'zod'
import type { OAuthRegistration } from '../connection/oauth-client.ts'
import { calendarPermissions, webAddress } from '../provider/definition.ts'
import { MICROSOFT_PERMISSIONS } from './permissions.ts'

interface MicrosoftRegistration {
  graphUrl: string
  oauth: OAuthRegistration
}

const variables = z.object({
  CALENDAR_PERMISSIONS: calendarPermissions,
  MICROSOFT_CLIENT_ID: z.string().min(1).optional(),
  MICROSOFT_CLIENT_SECRET: z.string().min(1).optional(),
  MICROSOFT_TENANT: z.string().min(1).default('common'),
  MICROSOFT_LOGIN_URL: webAddress('https://login.microsoftonline.com'),
  MICROSOFT_GRAPH_URL: webAddress('https://graph.microsoft.com'),
})

/** null: not registered. */
export const microsoftRegistration = variables
  .refine(
    (env) => (env.MICROSOFT_CLIENT_ID === undefined) === (env.MICROSOFT_CLIENT_SECRET === undefined),
    'MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET: must be set together.',
  )
  .transform((env): MicrosoftRegistration | null => {
    const { MICROSOFT_CLIENT_ID: clientId, MICROSOFT_CLIENT_SECRET: clientSecret } = env
    if (clientId === undefined || clientSecret === undefined) return null
    const base = `${env.MICROSOFT_LOGIN_URL.replace(/\/$/, '')}/${env.MICROSOFT_TENANT}/oauth2/v2.0`
    return {
      graphUrl: env.MICROSOFT_GRAPH_URL,
      oauth: {
        clientId,
        clientSecret,
        authorizationUrl: `${base}/authorize`,
        tokenUrl: `${base}/token`,
        revocationUrl: null,
        scopes: MICROSOFT_PERMISSIONS.scopes[env.CALENDAR_PERMISSIONS],
        scopePrefix: 'https://graph.microsoft.com/',
        parameters: { prompt: 'select_account' },
      },
    }
  })
