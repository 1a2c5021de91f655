import type { CalendarProvider } from '../../ports/calendar-provider.ts'
import { builtInCalendar } from './built-in-calendar.ts'

/** For agents without a calendar at another provider. Every installation has it. */
export const builtIn: CalendarProvider = {
  title: 'built-in',
  description:
    'Switchboard itself, for agents without another calendar. The built-in calendar holds booked meetings only, and the invitations are sent by mail.',
  slug: null,
  permissions: {},
  lastingAccess: null,
  conference: null,
  readWebhook: null,
  api: builtInCalendar,
  connector: null,
}
