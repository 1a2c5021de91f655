// The product's own calendar. Its events are the meetings themselves, which the slot engine reads from the database
// anyway, so there is nothing to read or to write elsewhere.
import type { CalendarApi } from '../../ports/calendar-provider.ts'

export const builtInCalendar: CalendarApi = {
  read: async () => ({ busy: [], own: [], timeZone: 'UTC' }),
  findEvent: async () => null,
  writeEvent: async (_access, { meetingId }) => ({
    eventId: meetingId,
    iCalUid: null,
    version: '',
    conferenceUrl: null,
    conferencePending: false,
  }),
  removeEvent: async () => {},
  watch: async () => null,
  stopWatching: async () => {},
}
