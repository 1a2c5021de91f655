import { createOAuthConnector } from '../connection/oauth-connector.ts'
import type { CalendarDefinition } from '../provider/definition.ts'
import { createGoogleCalendar } from './google-calendar.ts'
import { GOOGLE_PERMISSIONS, OFFLINE } from './permissions.ts'
import { googleRegistration } from './registration.ts'
import { readWebhook } from './webhook.ts'

export const google: CalendarDefinition = {
  title: 'Google',
  description: 'Google Calendar.',
  slug: 'google',
  permissions: GOOGLE_PERMISSIONS.descriptions,
  lastingAccess: OFFLINE,
  conference: { title: 'Google Meet', sampleUrl: 'https://meet.google.com/abc-defg-hij' },
  readWebhook,
  registration: googleRegistration.transform(
    (registered) =>
      registered && {
        api: createGoogleCalendar(registered),
        connector: createOAuthConnector(registered.oauth, GOOGLE_PERMISSIONS),
      },
  ),
}
