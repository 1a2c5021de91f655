// Composes the iCalendar object in the mail about a meeting (RFC 5545, RFC 5546). Both sides get the same event, whose
// description and link are the reader's. The same facts give the same bytes: no clock, no random values. Times are in
// UTC, which needs no VTIMEZONE.
import ical, { ICalAttendeeStatus, ICalCalendarMethod, ICalEventStatus } from 'ical-generator'
import type { Mail } from '../../ports/mailer.ts'
import { cancelsEntry, type MeetingMailFacts } from './meeting-mail-facts.ts'
import { senderName, visitorsLink, wordCalendarDescription } from './meeting-mail-wording.ts'

/** The revision is the SEQUENCE, by which calendars ignore an older mail that arrives later.
 * @param uid identifies the meeting in calendars (RFC 7986, section 5.3) */
export function composeCalendarPart(facts: MeetingMailFacts, uid: string): Mail['calendar'] {
  const isCancelled = cancelsEntry(facts.kind)
  const url = facts.conferenceUrl ?? visitorsLink(facts)
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
    url: url === null ? null : withoutListSeparators(url),
    organizer: { name: senderName(facts), email: facts.organizer },
  })
  for (const { name, email } of [facts.agent, facts.visitor]) {
    const status = ICalAttendeeStatus.NEEDSACTION
    event.createAttendee({ name: name || email, email, status, rsvp: !isCancelled })
  }
  return { method: isCancelled ? 'CANCEL' : 'REQUEST', content: `${calendar.toString()}\r\n` }
}

/** Percent-encodes commas and semicolons: ical-generator escapes them as in a text, which is invalid in a URI value. */
function withoutListSeparators(url: string): string {
  return url.replaceAll(',', '%2C').replaceAll(';', '%3B')
}
