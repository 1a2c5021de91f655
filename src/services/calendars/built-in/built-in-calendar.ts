// The built-in calendar. Its events are the meetings themselves, which slots are computed from anyway, so there is
// nothing else to read or to write.
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
  openChannel: async () => null,
  closeChannel: async () => {},
}
