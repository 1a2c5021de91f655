import { createOAuthConnector } from '../connection/oauth-connector.ts'
import type { CalendarDefinition } from '../provider/definition.ts'
import { createMicrosoftCalendar } from './microsoft-calendar.ts'
import { MICROSOFT_PERMISSIONS } from './permissions.ts'
import { microsoftRegistration } from './registration.ts'
import { readWebhook } from './webhook.ts'

export const microsoft: CalendarDefinition = {
  title: 'Outlook',
  description: 'Outlook, with Microsoft 365 or outlook.com.',
  slug: 'microsoft',
  permissions: MICROSOFT_PERMISSIONS.descriptions,
  lastingAccess: 'offline_access',
  conference: { title: 'Teams', sampleUrl: 'https://teams.microsoft.com/l/meetup-join/example' },
  readWebhook,
  registration: microsoftRegistration.transform(
    (registered) =>
      registered && {
        api: createMicrosoftCalendar(registered),
        connector: createOAuthConnector(registered.oauth, MICROSOFT_PERMISSIONS),
      },
  ),
}
