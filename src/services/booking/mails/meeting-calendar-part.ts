// The iCalendar object in the mail about a meeting (RFC 5545, RFC 5546). The same for both sides, and for the
// same facts the same to the byte: no clock, no random value, times in UTC, which need no VTIMEZONE.
import ical, { ICalAttendeeStatus, ICalCalendarMethod, ICalEventStatus } from 'ical-generator'
import type { Mail } from '../../ports/mailer.ts'
import { type MeetingMailFacts, takesBack } from './meeting-mail-facts.ts'
import { wordCalendarDescription } from './meeting-mail-wording.ts'

/** The revision orders what is said about the meeting.
 * @param uid its UID in calendars, for life (RFC 7986, section 5.3) */
export function composeCalendarPart(facts: MeetingMailFacts, uid: string): Mail['calendar'] {
  const isCancelled = takesBack(facts.kind)
  const calendar = ical({
    prodId: { company: 'Switchboard', product: 'Meetings', language: 'EN' },
    method: isCancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST,
  })
  const event = calendar.createEvent({
    id: uid,
    sequence: facts.revision,
    stamp: facts.sentAt,
    start: facts.startsAt,
    end: facts.endsAt,
    status: isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    summary: facts.entry.subject,
    description: wordCalendarDescription(facts),
    location: facts.conferenceUrl,
    url: facts.conferenceUrl === null ? null : withoutListSeparators(facts.conferenceUrl),
    organizer: { name: facts.agent.name || facts.agent.email, email: facts.agent.email },
  })
  event.createAttendee({
    name: facts.visitor.name || facts.visitor.email,
    email: facts.visitor.email,
    status: ICalAttendeeStatus.NEEDSACTION,
    rsvp: !isCancelled,
  })
  return { method: isCancelled ? 'CANCEL' : 'REQUEST', content: `${calendar.toString()}\r\n` }
}

/** ical-generator escapes commas and semicolons as in a text, which a URI value must not have. */
function withoutListSeparators(url: string): string {
  return url.replaceAll(',', '%2C').replaceAll(';', '%3B')
}
