// The product's own calendar, for agents without Google or Outlook. Its events are the meetings themselves,
// which the slot engine reads from the database anyway; so there is nothing to write elsewhere.
import type { CalendarProvider } from './calendar-provider.ts'

export const builtInCalendar: CalendarProvider = {
  writeEvent: async () => ({ conferenceUrl: null }),
  removeEvent: async () => {},
}
